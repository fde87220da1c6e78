/** `npm run schema`: writes the JSON Schemas of parameters and of `accounts.yaml`, and the generated parts of `docs/`. */
import { readFile, writeFile } from 'node:fs/promises';
import { providers } from '../../functions/providers/registry.ts';
import {
  accountsJsonSchema,
  configJsonSchema,
  configReference,
  schemaText,
  totalJsonSchema,
} from './config-schema.ts';
import { constructReference } from './construct-reference.ts';
import { messageSamples } from './message-samples.ts';

if (import.meta.main) await writeAll();

async function writeAll(): Promise<void> {
  const schemas = {
    config: configJsonSchema(providers),
    total: totalJsonSchema(),
    accounts: accountsJsonSchema(providers),
  };
  for (const [name, schema] of Object.entries(schemas)) {
    const file = new URL(`../${name}.schema.json`, import.meta.url);
    await writeFile(file, schemaText(schema));
  }
  await writePart('configuration.md', 'config-reference', configReference(providers));
  await writePart('messages.md', 'samples', messageSamples());
  await writePart('construct.md', 'construct-reference', constructReference());
}

async function writePart(page: string, name: string, text: string): Promise<void> {
  const file = new URL(`../${page}`, import.meta.url);
  await writeFile(file, withGenerated(await readFile(file, 'utf8'), name, text));
}

/** The page with the text between its markers `<!-- name:start -->` and `<!-- name:end -->`. Throws an Error if it lacks them. */
export function withGenerated(page: string, name: string, text: string): string {
  const start = `<!-- ${name}:start -->`;
  const from = page.indexOf(start);
  const to = page.indexOf(`<!-- ${name}:end -->`, from);
  if (from < 0 || to < 0) throw new Error(`no "${start}" with its end in the page`);
  return `${page.slice(0, from + start.length)}\n\n${text}\n\n${page.slice(to)}`;
}
