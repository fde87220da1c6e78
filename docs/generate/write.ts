/** `npm run schema`: writes what is generated: the JSON Schema of configs, and the README's parts between its markers. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { providers } from '../../functions/providers/registry.ts';
import { configJsonSchemaText, configReference, withReference } from './config-schema.ts';
import { withKindsPage } from './kinds-page.ts';

const schemaFile = new URL('../../functions/config/config.schema.json', import.meta.url);
const readmeFile = new URL('../../README.md', import.meta.url);

await writeFile(schemaFile, configJsonSchemaText(providers));
if (existsSync(readmeFile)) {
  const readme = await readFile(readmeFile, 'utf8');
  const referenced = withReference(readme, configReference(providers)) ?? readme;
  await writeFile(readmeFile, withKindsPage(referenced) ?? referenced);
}
