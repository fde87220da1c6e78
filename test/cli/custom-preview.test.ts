/** What `init` and `check` show of an API that a config describes, and which hosts it may be at. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { checkLive } from '../../cli/commands/check.ts';
import { checkJson, checkText } from '../../cli/commands/check-report.ts';
import { testToken } from '../../cli/commands/init/ask-token.ts';
import { described, readDraft } from '../../cli/commands/init/session.ts';
import { onLoopback } from '../../cli/demo/local-provider.ts';
import { customApi, startSimulatedCustom } from '../../cli/demo/vendors/custom.ts';
import type { Cli } from '../../cli/output.ts';
import { providersHere } from '../../cli/providers-here.ts';
import { scratchLedger } from '../../cli/read-only-ledger.ts';
import type { AccountLedger } from '../../functions/checks/account/check-account.ts';
import { asDescribed } from '../../functions/config/config-rules.ts';
import { providers } from '../../functions/providers/registry.ts';
import { apiSchema } from '../../functions/providers/vendors/custom/api.ts';
import { custom } from '../../functions/providers/vendors/custom.ts';

const now = Date.UTC(2026, 10, 21, 10, 20);

const shown = [
  'The first rows, as they were read:',
  '  answer.data[0].results[0]: 2026-11-20T00:00:00Z, "gpu", 1.25 USD',
  '  answer.data[0].results[1]: 2026-11-20T00:00:00Z, "new", 0.5 USD',
  '  answer.data[1].results[0]: 2026-11-21T00:00:00Z, "gpu", 0.5381944444 USD',
  'By day (UTC):',
  '  2026-11-20: 1.75 USD',
  '  2026-11-21: 0.7534722221 USD',
];

async function start() {
  const rows = [
    { service: 'gpu', cost: '1.25' },
    { service: 'new', cost: '0.5' },
  ];
  const server = await startSimulatedCustom({
    token: 'a-token',
    now: () => now,
    history: (date) => (date < '2026-11-20' ? undefined : rows),
  });
  onTestFinished(server.close);
  const draft = described({
    provider: onLoopback(custom),
    name: 'acme',
    token: 'a-token',
    config: {
      baseUrl: server.url,
      billingUrl: 'https://costs.example.com/',
      api: customApi(),
      budgets: [],
    },
    root: '/cost-alerts',
  });
  const { account } = readDraft(draft);
  return { account: account ?? expect.fail(), provider: draft.provider };
}

describe('the first rows as mapped, and the sums by day, are shown', () => {
  test('by init, before anything is written', async () => {
    const { account, provider } = await start();

    const tested = await testToken(account, {
      provider,
      now,
      signal: new AbortController().signal,
    });

    expect(tested).toEqual({
      works: true,
      seen: 'Custom API accepts the token. Last 7 days: Compute, Other.',
      preview: shown,
    });
  });

  test('by check', async () => {
    const found = await start();
    const ledger: AccountLedger = scratchLedger();
    const deps = { ledger, ssm: {} as never, region: 'eu-west-1', now };

    const checked = await checkLive(found, deps);

    const result = { at: now, checks: [checked] };
    const text = checkText(result, { stdout: {} } as Cli);
    expect(text).toEqual(
      expect.arrayContaining(['custom/acme:', ...shown.map((line) => `  ${line}`)]),
    );
    expect(JSON.stringify(checkJson(result))).toContain(JSON.stringify(shown));
  });

  test('and why there are none', async () => {
    const { account, provider } = await start();
    const api = { ...customApi(), rows: 'items[]' };
    const options = { ...account.config.options, api: apiSchema.parse(api) };
    const other = { ...account, config: { ...account.config, options } };

    const tested = await testToken(other, { provider, now, signal: new AbortController().signal });

    expect(tested).toMatchObject({
      works: false,
      reason: expect.stringContaining('answer.items: expected a list, got nothing'),
    });
  });
});

test('hosts are those of the settings in the working directory, and none without', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cost-alerts-test-'));
  const before = process.cwd();
  onTestFinished(() => {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  });
  process.chdir(folder);
  const hostsOf = async (name: string) =>
    (await providersHere(providers)).find(({ id }) => id === name)?.hosts;

  expect(await hostsOf('custom')).toEqual([]);
  writeFileSync(
    'cost-alerts.json',
    '{"email": ["ops@example.com"], "customHosts": ["llm.example.com"]}',
  );
  expect(await hostsOf('custom')).toEqual(['llm.example.com']);
  expect(await hostsOf('openai')).toEqual(['api.openai.com']);
  writeFileSync('cost-alerts.json', '{"customHosts": 5}');
  await expect(hostsOf('custom')).rejects.toThrow(
    'cost-alerts.json: customHosts: expected a list of texts',
  );
});

test.each([
  ['https://llm.example.com', true],
  ['https://other.example.com', false],
  ['http://llm.example.com', false],
  ['https://llm.example.com:8443', false],
  ['https://user:password@llm.example.com', false],
  ['https://llm.example.com.', false],
  ['https://llm.example.com/v1', false],
  ['https://169.254.169.254', false],
  ['https://localhost', false],
  ['http://127.0.0.1:9001', false],
  ['https://[fd00:ec2::254]', false],
  [undefined, false],
])('an account may be at %s: %s', (baseUrl, isAllowed) => {
  const provider = asDescribed({ ...custom, hosts: ['llm.example.com'] }, { api: customApi() });
  const config = { billingUrl: 'https://costs.example.com/', api: customApi(), budgets: [] };

  const { problems = [] } = readDraft({
    provider,
    name: 'acme',
    token: 'a-token',
    config: { ...config, ...(baseUrl !== undefined && { baseUrl }) },
    root: '/cost-alerts',
  });

  expect(problems.map(({ path, expected }) => [path, expected])).toEqual(
    isAllowed ? [] : [[['baseUrl'], expect.stringContaining('"https://llm.example.com"')]],
  );
});
