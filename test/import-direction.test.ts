/**
 * What may import what: the folders of `functions/` are the steps of a check, and a step knows only those before it;
 * `cli/`, which nothing deployed knows, may know them all.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildSync, type Metafile } from 'esbuild';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** In the order of a check. */
const steps = [
  'config',
  'providers',
  'ledger',
  'pricing',
  'budgets',
  'foresight',
  'alerts',
  'messages',
  'checks',
  'totals',
  'digest',
  'dashboard',
  'handlers',
];

/** The imports between the project's own files, types included. */
function importGraph(): Metafile['inputs'] {
  const { metafile } = buildSync({
    absWorkingDir: root,
    entryPoints: ['functions', 'cli', 'infra'].flatMap(sourceFiles),
    outdir: 'never-written',
    write: false,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    metafile: true,
    logLevel: 'silent',
  });
  return metafile.inputs;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => `${folder}/${file}`);
}

/** Types are gone from a bundle's graph, so what a file says it imports counts as well. */
function importsOf(file: string, graph: Metafile['inputs']): string[] {
  const written = readFileSync(`${root}${file}`, 'utf8').matchAll(/\bfrom '(\.{1,2}\/[^']+)'/g);
  const named = [...written].map(([, path = '']) =>
    new URL(path, `file:///${file}`).pathname.slice(1),
  );
  const bundled = (graph[file]?.imports ?? []).filter(({ external }) => !external);
  return [...new Set([...named, ...bundled.map(({ path }) => path)])];
}

/** One for each import that closes a circle, `a.ts → b.ts → a.ts`, among the files that are given. */
function cyclesOf(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const cycles: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
    else if (!done.has(file)) {
      for (const imported of imports.get(file) ?? []) visit(imported, [...path, file]);
      done.add(file);
    }
  };
  for (const file of imports.keys()) visit(file, []);
  return cycles;
}

function stepOf(file: string): number {
  return steps.indexOf(file.split('/')[1] ?? '');
}

describe('the import graph', () => {
  const graph = importGraph();
  const files = sourceFiles('functions');

  test('knows every folder of functions/', () => {
    const folders = new Set(files.map((file) => file.split('/')[1]));

    expect([...folders].filter((folder) => !steps.includes(folder ?? ''))).toEqual([]);
    expect(files.length).toBeGreaterThan(50);
  });

  test('leads from each step only to itself and the steps before it', () => {
    const backwards = files.flatMap((file) =>
      importsOf(file, graph)
        .filter((imported) => stepOf(imported) > stepOf(file) || !imported.startsWith('functions/'))
        .map((imported) => `${file} imports ${imported}`),
    );

    expect(backwards).toEqual([]);
  });

  test('leads nowhere back to where it came from, by types either', () => {
    const all = ['functions', 'cli', 'infra'].flatMap(sourceFiles);
    const imports = all.map((file) => [file, importsOf(file, graph)] as const);

    expect(cyclesOf(new Map(imports))).toEqual([]);
  });

  test('keeps the infrastructure apart from what runs on one machine only', () => {
    const local = sourceFiles('infra').flatMap((file) =>
      importsOf(file, graph).filter((imported) => imported.startsWith('cli/')),
    );

    expect(local).toEqual([]);
  });

  test('leads to big.js in one place only, so that all decimals are of one constructor', () => {
    const importers = [...files, ...sourceFiles('cli')].filter(
      (file) =>
        !file.startsWith('cli/demo/vendors/') &&
        (graph[file]?.imports ?? []).some(({ path }) => path === 'big.js'),
    );

    expect(importers).toEqual(['functions/config/decimal.ts']);
  });

  test('leads from the pure steps to no clock, environment, network or SDK', () => {
    const pure = files.filter((file) =>
      /^functions\/(pricing|budgets|foresight|alerts)\//.test(file),
    );
    const impure = pure.flatMap((file) => {
      const text = readFileSync(`${root}${file}`, 'utf8');
      const found = text.match(
        /Date\.now\(|new Date\(\)|process\.env|@aws-sdk|undici|node:(?!crypto)/g,
      );
      return (found ?? []).map((what) => `${file}: ${what}`);
    });

    expect(impure).toEqual([]);
  });
});
