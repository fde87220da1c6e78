/** Links between the pages lead somewhere, the files that they name are there, and the runbook has all its sections. */
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
