/** What a provider of the user's own has to be. */
import { expect, test } from 'vitest';
import { providerProblem } from '../../functions/providers/own-provider.ts';
import { tpstreams } from '../../functions/providers/tpstreams.ts';

test.each(['slack', 'totals', 'digest'])('%s is no id for a provider', (id) => {
  expect(providerProblem({ ...tpstreams, id })).toBe(`id: expected no reserved name, got "${id}"`);
});
