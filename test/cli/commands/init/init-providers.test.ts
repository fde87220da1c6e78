/** What a terminal shows of `init` at a provider, with a token that is refused and then one that is accepted. */
import { expect, onTestFinished, test } from 'vitest';
import { onLoopback } from '../../../../cli/demo/local-provider.ts';
import { startSimulatedAnthropic } from '../../../../cli/demo/vendors/anthropic.ts';
import { customApi, startSimulatedCustom } from '../../../../cli/demo/vendors/custom.ts';
import { startSimulatedGithub } from '../../../../cli/demo/vendors/github.ts';
import { startSimulatedOpenrouter } from '../../../../cli/demo/vendors/openrouter.ts';
import type { SimulatedServer } from '../../../../cli/demo/vendors/server.ts';
import { simulatedAccountSid, startSimulatedTwilio } from '../../../../cli/demo/vendors/twilio.ts';
import { startSimulatedVercel } from '../../../../cli/demo/vendors/vercel.ts';
import { providers } from '../../../../functions/providers/registry.ts';
import { fixedNow, keys, openTerminal } from '../../command-run.ts';
import { token, useInitWorld } from './init-world.ts';

const { enter } = keys;
const world = useInitWorld();
const served = { token, now: () => fixedNow };
const beforeLastWeek = fixedNow - 10 * 86_400_000;
const apiKeySid = `SK${'2'.repeat(32)}`;

/** So much tells what is used; of more the suggestion of a limit would replay it all. */
function lately<Row>(row: Row) {
  return (at: string | number) => (new Date(at).getTime() < beforeLastWeek ? undefined : row);
}

interface Dialogue {
  readonly provider: string;
  readonly start: () => Promise<SimulatedServer>;
  readonly wrongToken: string;
  /** Answers to the questions about the account, which are the keys of its config. */
  readonly options: Readonly<Record<string, string>>;
  /** What the terminal shows, in this order. */
  readonly shows: readonly string[];
  readonly config: object;
}

const dialogues: Readonly<Record<string, Dialogue>> = {
  anthropic: {
    provider: 'Anthropic',
    start: () =>
      startSimulatedAnthropic({
        ...served,
        history: lately([{ cents: '250', costType: 'tokens', tokenType: 'output_tokens' }]),
      }),
    wrongToken: 'sk-ant-api03-of-a-workspace',
    options: {},
    shows: [
      'Anthropic needs a key that can only read analytics (scope read:analytics), or an Admin API key',
      'Anthropic answered HTTP 401: "invalid x-api-key"; the token has to be a key that can only',
      "the key of a workspace or of an individual account can't read costs.",
      'Anthropic accepts the token. Last 7 days: Output tokens.',
    ],
    config: {},
  },
  openrouter: {
    provider: 'OpenRouter',
    start: () => startSimulatedOpenrouter({ ...served, history: lately({ credits: '0.1' }) }),
    wrongToken: 'sk-or-v1-model-key',
    options: {},
    shows: [
      'OpenRouter needs a management key, which is made at openrouter.ai/settings/management-keys;',
      'OpenRouter answered HTTP 403: "Only management keys can perform this operation"; the token has',
      'OpenRouter accepts the token. Last 7 days: Inference.',
    ],
    config: {},
  },
  github: {
    provider: 'GitHub',
    start: () =>
      startSimulatedGithub({
        ...served,
        history: lately([{ product: 'Actions', sku: 'Actions Linux', net: '2' }]),
      }),
    wrongToken: 'ghp_of-a-member',
    options: { owner: 'acme', ownerType: '' },
    shows: [
      'GitHub needs a fine-grained token of the organization, made by an owner or a billing manager,',
      'GitHub answered HTTP 404: "Not Found"; check "owner" and "ownerType" in the config; the token',
      'can only read "Administration" (of a user: "Plan"), or GitHub answers as if there were nothing.',
      'GitHub accepts the token. Last 7 days: Actions.',
    ],
    config: { owner: 'acme' },
  },
  vercel: {
    provider: 'Vercel',
    start: () =>
      startSimulatedVercel({ ...served, history: lately([{ service: 'Functions', cost: '20' }]) }),
    wrongToken: 'of-somebody-else',
    options: { team: 'acme', includedCredit: '20', creditRenewsOn: '' },
    shows: [
      'Vercel needs a token that is scoped to the team, of a member with the role Billing (or Owner,',
      'Vercel answered HTTP 403: "Not authorized"; check "team" in the config; the token has to be',
      'Vercel accepts the token. Last 7 days: Usage.',
      'Periods start in time zone America/Los_Angeles',
    ],
    config: { team: 'acme', includedCredit: 20 },
  },
  twilio: {
    provider: 'Twilio',
    start: () =>
      startSimulatedTwilio({ ...served, apiKeySid, history: lately({ parts: { sms: '12' } }) }),
    wrongToken: 'of-a-standard-key',
    options: { accountSid: simulatedAccountSid, apiKeySid },
    shows: [
      'Twilio needs the secret of a main API key (its SID goes into "apiKeySid"), or the Auth Token',
      'Twilio answered HTTP 401: "Authenticate"; the token has to be the secret of a main API key',
      'a standard or restricted key reads no usage.',
      'Twilio accepts the token. Last 7 days: SMS.',
    ],
    config: { accountSid: simulatedAccountSid, apiKeySid },
  },
  custom: {
    provider: 'Custom API',
    start: () =>
      startSimulatedCustom({ ...served, history: lately([{ service: 'gpu', cost: '1.25' }]) }),
    wrongToken: 'of-another-team',
    options: { billingUrl: 'https://costs.example.com/', api: JSON.stringify(customApi()) },
    shows: [
      'Custom API needs one that the API accepts in the header that the config names',
      'Custom API answered HTTP 401',
      'Custom API accepts the token. Last 7 days:',
      'The first rows, as they were read:',
      'By day (UTC): 2026-11-',
    ],
    config: { billingUrl: 'https://costs.example.com/', api: customApi() },
  },
};

test.each(Object.entries(dialogues))('%s', async (id, dialogue) => {
  const { provider, options, wrongToken, shows, config } = dialogue;
  const server = await dialogue.start();
  onTestFinished(server.close);
  const terminal = openTerminal(['init', `${id}/acme`, '--base-url', server.url], {
    providers: providers.map(onLoopback),
  });

  await terminal.answers(`API token of ${provider}`, `${wrongToken}${enter}`);
  for (const [key, answer] of Object.entries(options)) {
    await terminal.answers(`? ${key}`, `${answer}${enter}`);
  }
  await terminal.answers('What next?', enter);
  await terminal.answers(`API token of ${provider}`, `${token}${enter}`);
  await terminal.answers('What should the budget limit?', enter);
  await terminal.answers('Limit per', enter);
  await terminal.answers('Name of the budget', enter);
  await terminal.answers('Limit in USD per month', `300${enter}`);
  await terminal.answers('Write this?', enter);

  expect(await terminal.ended).toBe(0);
  const shown = terminal.shown().replaceAll(/\s+/g, ' ');
  let from = 0;
  for (const text of shows) {
    expect(shown.slice(from)).toContain(text);
    from = shown.indexOf(text, from) + text.length;
  }
  for (const secret of [wrongToken, token]) expect(shown).not.toContain(secret);
  const { value = '' } = world.aws.parameters.get(`/cost-alerts/${id}/acme/config`) ?? {};
  expect(JSON.parse(value)).toEqual({
    ...config,
    baseUrl: server.url,
    budgets: [{ name: 'everything', limit: 300, per: 'month' }],
  });
});
