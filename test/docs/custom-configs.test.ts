/** The configs that the docs show for an API without an adapter, on answers of such APIs. */
import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import {
  type Answer,
  jsonAnswer,
  type SimulatedRequest,
  startSimulatedServer,
} from '../../cli/demo/vendors/server.ts';
import { formatNamed } from '../../cli/export/formats.ts';
import { type Account, isValid } from '../../functions/config/account.ts';
import { readAccounts } from '../../functions/config/read-accounts.ts';
import { decimal } from '../../functions/pricing/money.ts';
import { custom } from '../../functions/providers/vendors/custom.ts';
import { vercel } from '../../functions/providers/vendors/vercel.ts';
import { shownUsage } from '../support/fetched-usage.ts';
import { recordedWaits } from '../support/provider-waits.ts';

const docs = readFileSync(new URL('../../docs/providers.md', import.meta.url), 'utf8');
const [, section = ''] = docs.split('\n## Custom API\n');
const token = 'sk-0123456789abcdef';
const now = Date.UTC(2026, 10, 21, 10, 20);

function documentedAccount(index: number): Account {
  const [, text = ''] = [...section.matchAll(/```json\n(.*?)```/gs)][index] ?? [];
  const folder = '/cost-alerts/custom/acme';
  const [account] = readAccounts(
    [
      { name: `${folder}/token`, value: token, type: 'SecureString', version: 1 },
      { name: `${folder}/config`, value: text, type: 'String', version: 1 },
    ],
    { ...custom, hosts: ['llm.example.com', 'costs.example.com'] },
    '/cost-alerts',
  );
  return account && isValid(account) ? account : expect.fail(JSON.stringify(account?.invalid));
}

async function usageFrom(account: Account, answer: (request: SimulatedRequest) => Answer) {
  const server = await startSimulatedServer(answer);
  onTestFinished(server.close);
  const { currency, options } = account.config;
  const fetched = await custom.fetchUsage({
    account: { name: 'acme', token, baseUrl: server.url, currency, options },
    window: { start: Date.UTC(2026, 10, 19), end: Date.UTC(2026, 10, 22) },
    now,
    signal: new AbortController().signal,
    timeLeftMs: 60_000,
    http: recordedWaits().settings,
  });
  return { fetched, requests: server.requests };
}

test('the one for LiteLLM reads the spend of each day, which may be on two pages', async () => {
  const day = (date: string, spend: number) => ({
    date,
    metrics: { spend, prompt_tokens: 17, completion_tokens: 4, total_tokens: 21, api_requests: 1 },
    breakdown: { models: { 'zeta-5': { metrics: { spend } } } },
  });
  const pages = [
    [day('2026-11-21', 0.1), day('2026-11-20', 1.000000000000001)],
    [day('2026-11-20', 2), day('2026-11-19', 7e-7)],
  ];

  const { fetched, requests } = await usageFrom(documentedAccount(0), ({ url, headers }) => {
    if (headers.authorization !== `Bearer ${token}`) return jsonAnswer({ detail: 'no key' }, 401);
    const page = Number(url.searchParams.get('page'));
    const metadata = { total_spend: 3.1, page, total_pages: 2, has_more: page < 2 };
    return jsonAnswer({ results: pages[page - 1], metadata });
  });

  expect(shownUsage(fetched)).toEqual([
    '2026-11-21 usage 0.1',
    '2026-11-20 usage 3.000000000000001',
    '2026-11-19 usage 0.0000007',
  ]);
  expect(requests.map(({ url }) => `${url.pathname}${url.search}`)).toEqual(
    [1, 2].map(
      (page) =>
        `/user/daily/activity?start_date=2026-11-19&end_date=2026-11-21&page_size=1000&page=${page}`,
    ),
  );
});

test('the one for FOCUS reads back what export writes, to the same sums', async () => {
  const { head, rowText } = formatNamed('focus-1.2', [vercel]);
  const costs = [
    ['usage', '2026-11-19', '12.34567890123456789', 'Functions, "edge"'],
    ['usage', '2026-11-19', '0.00000000000000001', 'Images'],
    ['seats', '2026-11-20', '20', undefined],
    ['credits', '2026-11-20', '-20.5', undefined],
    ['tax', '2026-11-21', '3.1', undefined],
    ['usage', '2026-10-31', '1000', 'of the month before'],
  ] as const;
  const lines = costs.map(([id, date, cost, label]) => {
    const meter = vercel.meters.find((one) => one.id === id) ?? expect.fail(id);
    const start = Date.parse(date);
    const row = {
      provider: vercel,
      account: 'site',
      meter,
      ...(label && { label }),
      isSettled: true,
    };
    return rowText({
      ...row,
      start,
      end: start + 86_400_000,
      cost: decimal(cost),
      basis: 'billed',
      currency: 'USD',
    });
  });

  const { fetched } = await usageFrom(documentedAccount(1), () => ({
    status: 200,
    headers: { 'content-type': 'text/csv' },
    body: [head, ...lines].join(''),
  }));

  expect(shownUsage(fetched)).toEqual([
    '2026-11-19 usage 12.3456789012345679',
    '2026-11-20 purchases 20',
    '2026-11-20 credits -20.5',
    '2026-11-21 tax 3.1',
  ]);
});
