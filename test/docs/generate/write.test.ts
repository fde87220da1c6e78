import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { configReference } from '../../../docs/generate/config-schema.ts';
import { constructReference } from '../../../docs/generate/construct-reference.ts';
import { messageSamples } from '../../../docs/generate/message-samples.ts';
import { withGenerated } from '../../../docs/generate/write.ts';
import { providers } from '../../../functions/providers/registry.ts';

describe('withGenerated', () => {
  const page = '# A\n<!-- meters:start -->\nold\n<!-- meters:end -->\nB\n';

  test('replaces what is between the markers', () => {
    expect(withGenerated(page, 'meters', 'new')).toBe(
      '# A\n<!-- meters:start -->\n\nnew\n\n<!-- meters:end -->\nB\n',
    );
  });

  test('changes nothing the second time', () => {
    const once = withGenerated(page, 'meters', 'new');

    expect(withGenerated(once, 'meters', 'new')).toBe(once);
  });

  test.each([
    '',
    '# A',
    '<!-- meters:start -->',
    '<!-- meters:end -->',
    page.replaceAll('meters', 'kinds'),
  ])('refuses a page without both markers: %j', (text) => {
    expect(() => withGenerated(text, 'meters', 'new')).toThrow('no "<!-- meters:start -->"');
  });
});

test.each([
  ['configuration.md', 'config-reference', configReference(providers)],
  ['construct.md', 'construct-reference', constructReference()],
  ['messages.md', 'samples', messageSamples()],
])('docs/%s is what the code makes of its part %s', (file, name, text) => {
  const page = readFileSync(new URL(`../../../docs/${file}`, import.meta.url), 'utf8');

  expect(page, 'out of date: run `npm run schema`').toBe(withGenerated(page, name, text));
});
