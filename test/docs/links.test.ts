/** Links between the pages lead somewhere, and the files that they name are there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

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
    const named = [
      ...proseOf(page).matchAll(/`((?:functions|cli|infra|test|docs|bench)\/[^`\s*<]*)`/g),
    ].map(([, path = '']) => path);

    expect(named.filter((path) => !existsSync(`${root}${path}`))).toEqual([]);
  });
});

test('every page is linked from the README', () => {
  const linked = linksOf('README.md').map((link) => link.split('#')[0]);

  expect(linked).toEqual(expect.arrayContaining(pages.filter((page) => page !== 'README.md')));
});
