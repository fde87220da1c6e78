/** What a provider of the user's own has to be. */
import { expect, test } from 'vitest';
import { providerProblem } from '../../functions/providers/own-provider.ts';
import { tpstreams } from '../../functions/providers/vendors/tpstreams.ts';

test.each(['slack', 'totals', 'digest'])('%s is no id for a provider', (id) => {
  expect(providerProblem({ ...tpstreams, id })).toBe(`id: expected no reserved name, got "${id}"`);
});

test.each([10, 20.5, 10_001])(
  '%s accounts at once are no number of functions',
  (accountsAtOnce) => {
    expect(providerProblem({ ...tpstreams, accountsAtOnce })).toBe(
      `accountsAtOnce: expected a whole number from 20 to 10,000, got ${accountsAtOnce}`,
    );
  },
);
