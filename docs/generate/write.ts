/** `npm run schema`: writes the JSON Schema of configs and the generated parts of `docs/`. */
import { readFile, writeFile } from 'node:fs/promises';
import { providers } from '../../functions/providers/registry.ts';
import { configJsonSchemaText, configReference } from './config-schema.ts';
import { constructReference } from './construct-reference.ts';
import { withGenerated } from './generated-part.ts';
import { messageSamples } from './message-samples.ts';

const SCHEMA_FILE = new URL('../../functions/config/config.schema.json', import.meta.url);

await writeFile(SCHEMA_FILE, configJsonSchemaText(providers));
await writePart('configuration.md', 'config-reference', configReference(providers));
await writePart('messages.md', 'samples', messageSamples());
await writePart('construct.md', 'construct-reference', constructReference());

async function writePart(page: string, name: string, text: string): Promise<void> {
  const file = new URL(`../${page}`, import.meta.url);
  await writeFile(file, withGenerated(await readFile(file, 'utf8'), name, text));
}
