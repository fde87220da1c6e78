import { describe, expect, test } from 'vitest';
import { optionsOf } from '../../../../cli/commands/init/ask-account.ts';
import { watchable } from '../../../../cli/commands/init/ask-budget.ts';
import { type AccountDraft, described, readDraft } from '../../../../cli/commands/init/session.ts';
import { customApi } from '../../../../cli/demo/vendors/custom.ts';
import type { Provider } from '../../../../functions/providers/provider.ts';
import { providers } from '../../../../functions/providers/registry.ts';
import { openai } from '../../../../functions/providers/vendors/openai.ts';

/** What an id looks like where not any text is one. */
const ids: Readonly<Record<string, string>> = {
  accountSid: `AC${'1'.repeat(32)}`,
  billingUrl: 'https://costs.example.com/',
  api: JSON.stringify(customApi()),
};

/** A draft with an answer for every option that has to be there. */
function draftAt(provider: Provider): AccountDraft {
  const required = optionsOf(provider).filter((option) => option.required);
  const config = Object.fromEntries(
    required.map((option) => [
      option.key,
      option.read(option.choices?.[0] ?? ids[option.key] ?? 'some-id'),
    ]),
  );
  const baseUrl = provider.hosts.length === 0 && { baseUrl: 'https://llm.example.com' };
  return described({
    provider: baseUrl ? { ...provider, hosts: ['llm.example.com'] } : provider,
    name: 'acme',
    token: 'a-token',
    config: { ...config, ...baseUrl },
    root: '/cost-alerts',
  });
}

function choicesAt(provider: Provider) {
  return optionsOf(provider).flatMap((option) =>
    (option.choices ?? []).map((choice) => ({ [option.key]: option.read(choice) })),
  );
}

test('there are choices, and a list is typed with commas', () => {
  expect(providers.flatMap(choicesAt).length).toBeGreaterThan(5);
  const [projects] = optionsOf(openai);
  expect(projects?.read('proj_a, proj_b')).toEqual(['proj_a', 'proj_b']);
});

describe.each(providers.map((provider) => [provider.id, provider] as const))(
  'of %s',
  (_, provider) => {
    test('every option has a description, and the required ones come first', () => {
      const options = optionsOf(provider);

      expect(new Set(options.map(({ key }) => key))).toEqual(
        new Set(Object.keys(provider.options)),
      );
      for (const { key, description } of options) expect(description).not.toBe(key);
      const required = options.map((option) => option.required);
      expect(required).toEqual(required.toSorted((a, b) => Number(b) - Number(a)));
    });

    test('every choice is one that the config allows', () => {
      const draft = draftAt(provider);
      const choices = choicesAt(provider);

      for (const choice of choices) {
        const config = { ...draft.config, ...choice, budgets: [] };
        expect(readDraft({ ...draft, config }).problems).toBeUndefined();
      }
    });

    test('everything that can be watched is a valid budget', () => {
      const draft = draftAt(provider);

      const choices = watchable(draft);

      expect(choices.length).toBeGreaterThan(0);
      for (const { value } of choices) {
        const limit = value.measure === 'balance' ? {} : { limit: 1, per: 'day' };
        const budget = { ...value, name: 'x', ...limit };
        const read = readDraft({ ...draft, config: { ...draft.config, budgets: [budget] } });
        expect(read.problems).toBeUndefined();
      }
    });
  },
);
