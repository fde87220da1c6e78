/** Answers in which one value has become one of another kind: they are read as what they say, or not at all. */
import { describe, expect, test } from 'vitest';
import { onLoopback } from '../../cli/demo/local-provider.ts';
import { customApi } from '../../cli/demo/vendors/custom.ts';
import { northflankRow } from '../../cli/demo/vendors/northflank-history.ts';
import { jsonAnswer, startSimulatedServer } from '../../cli/demo/vendors/server.ts';
import type { Provider, UsageFetch } from '../../functions/providers/provider.ts';
import { providers } from '../../functions/providers/registry.ts';
import { apiSchema } from '../../functions/providers/vendors/custom/api.ts';

interface Answered {
  readonly answer: unknown;
  readonly options: Readonly<Record<string, unknown>>;
}

const HOUR_MS = 3_600_000;
const start = Date.UTC(2026, 10, 20, 9);
const amounts = {
  cpu: '1.5',
  memory: '0.25',
  gpu: '151.2',
  byoc: '7',
  egressIp: '1',
  loadBalancer: '2',
  other: '0.5',
};

function northflankAnswer(row: object): Answered {
  const answer = { data: { usage: [row] }, pagination: { hasNextPage: false, count: 1 } };
  return { answer: JSON.parse(JSON.stringify(answer)), options: {} };
}

function withoutPart({ part: _, ...api }: ReturnType<typeof customApi>): object {
  return api;
}

/** By provider. InfluxDB answers no JSON. */
const valid: Readonly<Record<string, Readonly<Record<string, Answered>>>> = {
  northflank: {
    ...Object.fromEntries(
      (['legacy', 'current', 'both'] as const).map((version) => [
        version,
        northflankAnswer(northflankRow(start, amounts, { version, currency: 'usd' })),
      ]),
    ),
    'without totals': northflankAnswer({
      timestamp: start / 1000,
      currency: 'usd',
      paas: { price: { cpu: 1.5, nat: 2 }, usage: { cpu: 3 } },
      egressIp: { price: { total: 1 } },
    }),
  },
  tpstreams: {
    'one day': {
      answer: {
        count: 1,
        next: null,
        previous: null,
        results: [
          {
            id: 1,
            date: '2026-11-20',
            bandwidth_used: 245_540_965,
            subtitle_generation_cost: 12.5,
            live_stream_usage: 4,
            active_storage_bytes: 5.5,
            deleted_storage_bytes: 1,
            total_storage_bytes: 6.5,
          },
        ],
      },
      options: { organizationId: 'school' },
    },
  },
  openai: {
    'two days': {
      answer: {
        object: 'page',
        data: [start - 33 * HOUR_MS, start - 9 * HOUR_MS].map((at) => ({
          object: 'bucket',
          start_time: at / 1000,
          end_time: at / 1000 + 86_400,
          results: ['zeta-5, input', 'zeta-5, output'].map((line_item) => ({
            object: 'organization.costs.result',
            amount: { value: 1.5, currency: 'usd' },
            line_item,
          })),
        })),
        has_more: false,
        next_page: null,
      },
      options: {},
    },
  },
  anthropic: {
    'one day': {
      answer: {
        data: ['uncached_input_tokens', 'output_tokens', 'cache_read_input_tokens'].map(
          (token_type) => ({
            starting_at: '2026-11-19T00:00:00Z',
            ending_at: '2026-11-20T00:00:00Z',
            cost: { amount: '123.45', currency: 'USD' },
            group: { cost_type: 'tokens', token_type },
          }),
        ),
        has_more: false,
        data_refreshed_at: '2026-11-20T00:00:00Z',
      },
      options: {},
    },
  },
  openrouter: {
    'two hours': {
      answer: {
        data: {
          data: ['2026-11-19 10:00:00', '2026-11-19 11:00:00'].map((date__hour) => ({
            date__hour,
            credits_usage: 1.5,
            request_count: 3,
            tokens_prompt: 17,
            tokens_completion: 19,
          })),
          metadata: { row_count: 2, truncated: false },
        },
      },
      options: {},
    },
  },
  github: {
    'three items': {
      answer: {
        usageItems: ['Actions', 'Packages', 'Copilot'].map((product) => ({
          date: '2026-11-19T00:00:00Z',
          product,
          sku: `${product} Linux`,
          grossAmount: 1.5,
          discountAmount: 0,
          netAmount: 1.5,
        })),
      },
      options: { owner: 'acme', ownerType: 'organization' },
    },
  },
  twilio: {
    'four records': {
      answer: {
        usage_records: ['sms', 'calls', 'phonenumbers', 'totalprice'].map((category) => ({
          category,
          start_date: '2026-11-19',
          end_date: '2026-11-19',
          price: category === 'totalprice' ? 20 : 1.5,
          price_unit: 'usd',
        })),
        next_page_uri: null,
      },
      options: { accountSid: `AC${'1'.repeat(32)}` },
    },
  },
  custom: {
    'three days': {
      answer: {
        data: ['2026-11-18', '2026-11-19', '2026-11-20'].map((date) => ({
          date,
          results: ['gpu', 'disk'].map((service) => ({
            service,
            amount: { value: 1.5, currency: 'usd' },
          })),
        })),
        meta: { next: null, more: false },
      },
      // A part may be a number as well as a text.
      options: { api: apiSchema.parse(withoutPart(customApi({ paging: 'cursor' }))) },
    },
  },
  influxdb: {},
  vercel: {},
};

/** One of each kind in JSON; null is left out, as for the providers it is the same as no field. */
const others: readonly unknown[] = [true, false, 0, 151.2, '', 'x', [], [1], [{}], {}, { a: 1 }];

interface Mutation {
  readonly path: string;
  readonly answer: unknown;
}

function* mutations(value: unknown, path = 'answer'): Generator<Mutation, void> {
  for (const other of others) if (kindOf(other) !== kindOf(value)) yield { path, answer: other };
  if (typeof value !== 'object' || value === null) return;
  for (const [key, field] of Object.entries(value)) {
    for (const mutation of mutations(field, `${path}.${key}`)) {
      const answer = Array.isArray(value) ? [...value] : { ...value };
      Reflect.set(answer, key, mutation.answer);
      yield { path: mutation.path, answer };
    }
  }
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

test('every provider is there', () => {
  expect(new Set(Object.keys(valid))).toEqual(new Set(providers.map(({ id }) => id)));
});

describe.each(providers.filter(({ id }) => Object.keys(valid[id] ?? {}).length > 0))(
  '$id',
  (provider) => {
    test.each(Object.entries(valid[provider.id] ?? {}))(
      'has not less usage with a value of another kind: %s',
      { timeout: 60_000 },
      async (_name, { answer, options }) => {
        let current: unknown = answer;
        const server = await startSimulatedServer(() => jsonAnswer(current));
        const fetchUsage = () => fetchFrom(provider, server.url, options);
        const right = await fetchUsage();
        const usage = right.status === 'complete' ? right.usage : expect.fail(right.reason);
        expect(usage.length).toBeGreaterThan(2);

        let failed = 0;
        for (const mutation of mutations(answer)) {
          current = mutation.answer;
          const fetched = await fetchUsage();

          const what = `${mutation.path}: ${JSON.stringify(mutation.answer)}`;
          if (fetched.status === 'complete') expect(fetched.usage, what).toEqual(usage);
          else failed += 1;
        }

        await server.close();
        expect(failed).toBeGreaterThan(50);
      },
    );
  },
);

function fetchFrom(
  provider: Provider,
  baseUrl: string,
  options: Readonly<Record<string, unknown>>,
): Promise<UsageFetch> {
  return onLoopback(provider).fetchUsage({
    account: { name: 'acme', token: 'secret', baseUrl, currency: 'USD', options },
    window: { start: Date.UTC(2026, 10, 17), end: Date.UTC(2026, 10, 22) },
    now: start + 24 * 3_600_000,
    signal: new AbortController().signal,
    timeLeftMs: 60_000,
  });
}
