/** Links between the pages lead somewhere, the files and scripts that they name are there, and the runbook has all its sections. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { exampleMessages } from '../../cli/example-messages.ts';
import { runbookSections } from '../../infra/self-monitoring.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'SECURITY.md',
  ...readdirSync(`${root}docs`)
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
];

/** Here each path in backticks is one of this repository; elsewhere it may be a reader's own, unless it begins with a folder of ours. */
const aboutCode = ['CONTRIBUTING.md', 'docs/architecture.md'];
const folders = ['functions', 'cli', 'infra', 'test', 'docs', 'bench'];
const files = folders.flatMap((folder) =>
  readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' }).map(
    (file) => `${folder}/${file}`,
  ),
);
const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));

function isRooted(path: string): boolean {
  return folders.some((folder) => path.startsWith(`${folder}/`));
}

function isPath(path: string): boolean {
  return /^[\w<>…*./-]+(\/|\.(ts|js|json|md|ya?ml|css))$/.test(path);
}

/** Any part of a name may stand for `<id>`, `*` and `…`; a path without one of our folders may be in any of them. */
function isThere(path: string): boolean {
  const named = path
    .replace(/\/$/, '')
    .replaceAll('.', '\\.')
    .replaceAll(/<\w+>|\*|…/g, '[^/]+');
  const pattern = new RegExp(`${isRooted(path) ? '^' : '(^|/)'}${named}(/|$)`);
  return existsSync(`${root}${path}`) || files.some((file) => pattern.test(file));
}

/** Without what is in fences, where nothing is a link or a heading. */
function proseOf(page: string): string {
  return readFileSync(`${root}${page}`, 'utf8').replaceAll(/^ *```.*?^ *```$/gms, '');
}

/** As GitHub makes them of headings. */
function anchorsOf(page: string): string[] {
  return [...proseOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function linksOf(page: string): string[] {
  return [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^https?:/.test(link));
}

describe.each(pages)('%s', (page) => {
  test('links to files and headings that there are', () => {
    for (const link of linksOf(page)) {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : normalize(join(dirname(page), path));
      expect(existsSync(`${root}${target}`), link).toBe(true);
      if (anchor !== undefined) expect(anchorsOf(target), link).toContain(anchor);
    }
  });

  test('names files and folders that there are', () => {
    const named = [...proseOf(page).matchAll(/`([^`\s]+)`/g)]
      .map(([, path = '']) => path)
      .filter((path) => isRooted(path) || (aboutCode.includes(page) && isPath(path)));

    expect(named.filter((path) => !isThere(path))).toEqual([]);
  });

  test('names scripts and benchmarks that there are', () => {
    const text = readFileSync(`${root}${page}`, 'utf8');
    const scripts = [...text.matchAll(/npm run ([\w-]+)/g)].map(([, name = '']) => name);
    const benches = [...text.matchAll(/npm run bench ([\w-]+)/g)].map(([, name]) => name);

    expect(scripts.filter((name) => !Object.hasOwn(manifest.scripts, name))).toEqual([]);
    expect(benches.filter((name) => !isThere(`bench/${name}.ts`))).toEqual([]);
  });
});

test.each([
  ['functions/checks/outbox/', true],
  ['functions/outbox/', false],
  ['outbox/', true],
  ['inbox/', false],
  ['cli/commands', true],
  ['cli/command', false],
  ['http/client.ts', true],
  ['client.js', false],
  ['functions/providers/vendors/<id>-prices.json', true],
  ['functions/providers/<id>-prices.json', false],
])('%s is there: %s', (path, expected) => {
  expect(isThere(path)).toBe(expected);
});

test('docs/architecture.md has a row for every folder of functions/ and cli/', () => {
  const [, tables = ''] = proseOf('docs/architecture.md').split('## One check of one account');
  const inside = ['functions', 'cli'].flatMap((folder) =>
    readdirSync(`${root}${folder}`, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `${folder}/${name}/`),
  );

  expect(inside.length).toBeGreaterThan(15);
  expect(inside.filter((folder) => !tables.includes(`| \`${folder}\` |`))).toEqual([]);
});

test('every page is linked from the README', () => {
  const linked = linksOf('README.md').map((link) => link.split('#')[0]);

  expect(linked).toEqual(expect.arrayContaining(pages.filter((page) => page !== 'README.md')));
});

describe('the runbook in docs/running.md', () => {
  const page = readFileSync(`${root}docs/running.md`, 'utf8');
  const runbook = page.slice(page.indexOf('\n## Runbook\n'));
  const headings = [...runbook.matchAll(/^### (.+)$/gm)].map(([, heading]) => heading);

  test.each(Object.values(runbookSections))('the alarm has a section: %s', (heading) => {
    expect(headings).toContain(heading);
  });

  test('every kind has a section', () => {
    const kinds = new Set(
      exampleMessages.flatMap(({ notices }) => notices.map(({ kind }) => kind)),
    );

    expect(headings).toEqual(expect.arrayContaining([...kinds]));
    expect(kinds.size).toBeGreaterThan(6);
  });

  test('each heading of the page occurs once, so that each anchor leads to its section', () => {
    const all = [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading);

    expect(new Set(all).size).toBe(all.length);
  });
});
