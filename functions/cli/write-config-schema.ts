/** `npm run schema`: writes the JSON Schema of configs, and their reference into the README where it has the markers. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { configJsonSchemaText } from '../config/config-json-schema.ts';
import { configReference, withReference } from '../config/config-reference.ts';
import { providers } from '../providers/registry.ts';

const schemaFile = new URL('../config/config.schema.json', import.meta.url);
const readmeFile = new URL('../../README.md', import.meta.url);

await writeFile(schemaFile, configJsonSchemaText(providers));
if (existsSync(readmeFile)) {
  const readme = await readFile(readmeFile, 'utf8');
  await writeFile(readmeFile, withReference(readme, configReference(providers)) ?? readme);
}
