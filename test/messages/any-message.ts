/** Any message that the types allow, names of any script and of absurd lengths included, for property tests. */
import fc from 'fast-check';
import type { Message, Notice } from '../../functions/alerts/notice.ts';
import { healthNotice, overBudget } from './examples.ts';

const sign = fc.constantFrom(
  'a',
  'ß',
  '漢',
  '🎉',
  '"',
  '\\',
  '&',
  '<',
  '\n',
  '\u0000',
  '\ud800',
  ' ',
);

const text = fc.oneof(
  { weight: 4, arbitrary: fc.string({ minLength: 1, maxLength: 30 }) },
  { weight: 4, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(sign, fc.integer({ min: 1, max: 5_000 }))
      .map(([repeated, times]) => repeated.repeat(times)),
  },
);

const decimal = fc
  .tuple(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), fc.nat({ max: 999_999 }))
  .map(([whole, fraction]) => `${whole}.${String(fraction).padStart(6, '0')}`);

const base = {
  id: text,
  status: fc.constantFrom('firing', 'resolved'),
  account: text,
  reason: text,
  nextStep: text,
  links: fc.record({ provider: text, parameter: text }),
  severity: fc.constantFrom('info', 'warning', 'critical'),
  provider: fc.oneof(fc.constantFrom('northflank', 'influxdb', 'tpstreams', 'totals'), text),
} as const;

const baseKeys = Object.keys(base) as (keyof typeof base)[];

const driver = fc.record(
  {
    account: text,
    meter: text,
    amount: decimal,
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  },
  { requiredKeys: ['amount', 'share'] },
);

const total = fc.record(
  {
    accounts: fc.nat(),
    late: fc.array(fc.record({ account: text, from: fc.constant('2026-11-20') })),
    conversions: fc.array(
      fc.record({ currency: text, on: fc.constant('2026-11-20') }, { requiredKeys: ['currency'] }),
    ),
  },
  { requiredKeys: ['accounts'] },
);

const budgetNotice = fc
  .record({
    ...base,
    kind: fc.constantFrom('budget', 'forecast', 'total'),
    budget: text,
    unit: text,
    measure: fc.constantFrom('cost', 'usage'),
    limit: decimal,
    actual: decimal,
    percent: fc.double({ min: -1e6, max: 1e9, noNaN: true }),
    drivers: fc.array(driver, { maxLength: 5 }),
    mainDriver: fc.record({ meter: text, amount: decimal }),
    unpriced: fc.array(text, { maxLength: 15 }),
    total: fc.option(total),
  })
  .map(
    ({ total: of, ...values }): Notice => ({
      ...overBudget,
      ...values,
      ...(of !== null && { total: of }),
    }),
  );

const balanceNotice: fc.Arbitrary<Notice> = fc.record(
  {
    ...base,
    kind: fc.constant('balance'),
    budget: text,
    unit: text,
    balance: decimal,
    at: fc.constant('2026-11-21T10:00:00Z'),
    perDay: decimal,
    runsOutOn: fc.constant('2026-12-03'),
    days: fc.integer({ min: 1, max: 90 }),
  },
  {
    noNullPrototype: true,
    requiredKeys: [...baseKeys, 'kind', 'budget', 'unit', 'balance', 'at', 'days'],
  },
);

const otherNotice = fc
  .record({
    ...base,
    kind: fc.constantFrom(
      'read-error',
      'no-data',
      'mismatch',
      'invalid-config',
      'unwatched',
      'muted',
    ),
  })
  .map(
    (values): Notice => ({
      ...healthNotice(values.kind),
      ...values,
      ...(values.kind === 'read-error' && { of: 'balance' }),
    }),
  );

export const anyMessage: fc.Arbitrary<Message> = fc.record(
  {
    schema: fc.constant('cost-alerts/1'),
    id: text,
    at: fc.constant('2026-11-21T10:00:00Z'),
    severity: base.severity,
    notices: fc.array(fc.oneof(budgetNotice, balanceNotice, otherNotice), { maxLength: 12 }),
    test: fc.constant(true),
  },
  { requiredKeys: ['schema', 'id', 'at', 'severity', 'notices'] },
);
