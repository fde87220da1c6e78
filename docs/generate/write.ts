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
import { withGenerated } from './generated-part.ts';
import { messageSamples } from './message-samples.ts';

const SCHEMAS = {
  config: configJsonSchema(providers),
  total: totalJsonSchema(),
  accounts: accountsJsonSchema(providers),
};

for (const [name, schema] of Object.entries(SCHEMAS)) {
  const file = new URL(`../../functions/config/${name}.schema.json`, import.meta.url);
  await writeFile(file, schemaText(schema));
}
await writePart('configuration.md', 'config-reference', configReference(providers));
await writePart('messages.md', 'samples', messageSamples());
await writePart('construct.md', 'construct-reference', constructReference());

async function writePart(page: string, name: string, text: string): Promise<void> {
  const file = new URL(`../${page}`, import.meta.url);
  await writeFile(file, withGenerated(await readFile(file, 'utf8'), name, text));
}
