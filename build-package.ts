/** `npm pack`: what the package holds beside its texts, in `dist/`: JavaScript with types, and the functions bundled. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pageScript } from './cli/backtest/page/render-page.ts';
import { bundleFunction, functionNames } from './infra/function-code.ts';
import project from './package.json' with { type: 'json' };

const PROJECT = fileURLToPath(new URL('.', import.meta.url));
const DIST = join(PROJECT, 'dist');
const PAGE = 'cli/backtest/page';

rmSync(DIST, { recursive: true, force: true });
const tsc = join(
  dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
  'bin/tsc',
);
execFileSync(process.execPath, [tsc, '--project', join(PROJECT, 'tsconfig.build.json')], {
  stdio: 'inherit',
});
const { version, type } = project;
writeFileSync(join(DIST, 'package.json'), `${JSON.stringify({ version, type })}\n`);
cpSync(join(PROJECT, PAGE), join(DIST, PAGE), {
  recursive: true,
  filter: (path) => !path.endsWith('.ts'),
});
writeFileSync(join(DIST, PAGE, 'in-page.min.js'), pageScript());
// Where `function-code.ts` looks for them.
for (const name of functionNames) {
  const folder = join(DIST, 'bundles', name);
  mkdirSync(folder, { recursive: true });
  bundleFunction(name, join(folder, 'index.cjs'));
}
