import { describe, expect, test } from 'vitest';
import { exampleDigest } from '../../cli/example-digest.ts';
import type { Digest, DigestAccount } from '../../functions/alerts/digest.ts';
import { publishInput } from '../../functions/messages/publish.ts';
import { publishedSchema } from '../../functions/messages/slack/published.ts';
import { slackMessage } from '../../functions/messages/slack/slack.ts';

const name = `<!channel> ${'x'.repeat(300)}\u202e`;
const example = exampleDigest.digest as Digest;

/** Ten accounts with everything wrong that can be, and names that would be markup. */
const account: DigestAccount = {
  provider: 'northflank',
  account: name,
  currency: 'USD',
  lately: '123456789.12',
  change: '-0.5',
  color: 'amber',
  budget: {
    name,
    measure: 'usage',
    unit: name,
    limit: '50',
    actual: '45',
    percent: 90,
    forecast: '61',
  },
  firing: [{ kind: 'anomaly', meter: name, since: '2026-11-20T00:00:00Z' }],
  unreadSince: '2026-11-20T00:00:00Z',
  noDataSince: '2026-11-20T00:00:00Z',
  mutedUntil: '2026-11-30T00:00:00Z',
  mutedBecause: name,
  invalidParameters: 3,
  endedMonth: { month: '2026-10', amount: '123456789.12' },
};
const { budget, noDataSince: _, ...ofTotal } = { ...account, provider: 'totals', firing: [] };
const overTotal = { ...ofTotal, budget: { ...budget, unit: 'USD' } } as DigestAccount;
const unknownTotal: DigestAccount = {
  ...ofTotal,
  color: 'none',
  unknownBecause: `There is no account "northflank/${'x'.repeat(60)}" <!channel>.`,
};
const worst: Digest = {
  ...example,
  totals: ['USD', 'EUR', 'JPY'].map((currency) => ({
    currency,
    accounts: 10_000,
    unknown: 9_000,
    lately: '123456789.12',
    change: '-99999999.5',
    month: '1',
    monthChange: '2',
    forecast: '3',
  })),
  totalBudgets: [
    ...Array<DigestAccount>(5).fill(overTotal),
    ...Array<DigestAccount>(5).fill(unknownTotal),
  ],
  accounts: Array(10).fill(account),
  counts: {
    ...example.counts,
    accounts: 10_000,
    totals: 12,
    red: 5_000,
    amber: 700,
    unread: 9_000,
    invalid: 8,
  },
  movers: Array(3).fill({
    provider: 'northflank',
    account: name,
    meter: name,
    currency: 'USD',
    lately: '1',
    change: '2',
  }),
  slackProblem: 'no webhook',
};

type Bodies = Readonly<Record<'email' | 'sms' | 'lambda' | 'sqs' | 'https', string>>;

function published(digest: Digest) {
  const { Subject = '', Message = '' } = publishInput({ ...exampleDigest, digest }, 'arn');
  return { subject: Subject, bodies: JSON.parse(Message) as Bodies };
}

describe.each([
  ['the example', example],
  ['the worst', worst],
])('of %s', (_, digest) => {
  const { subject, bodies } = published(digest);
  const slack = slackMessage({ message: bodies.lambda }, 'eu-west-1').message;

  test('subject and SMS keep to their lengths', () => {
    expect(subject).toMatch(/^[\x20-\x7e]{20,99}$/);
    expect(bodies.sms).toMatch(/^[\x20-\x7e]{20,140}$/);
  });

  test('the email is one screen of lines that no mail program breaks', () => {
    const lines = bodies.email.trimEnd().split('\n');

    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(78);
    expect(lines.length).toBeLessThanOrEqual(digest === example ? 25 : 180);
  });

  test('Slack takes it, mentions nobody, and counts what it leaves out', () => {
    const texts = JSON.stringify(slack);

    expect(slack.blocks.length).toBeLessThanOrEqual(50);
    expect(JSON.stringify(slack.blocks).length).toBeLessThan(13_000);
    expect(texts).not.toContain('<!channel>');
    const shown = slack.blocks.filter((block) => JSON.stringify(block).includes('█')).length;
    if (digest === worst) expect(texts).toContain('and 2 more totals');
    const rest = digest.counts.accounts - shown;
    if (rest > 0) expect(texts).toContain(`and ${rest.toLocaleString('en')} more account`);
  });

  test('programs get it whole, and post-to-slack reads it back', () => {
    expect(publishedSchema.parse(JSON.parse(bodies.sqs))).toMatchObject({ digest });
    expect(slackMessage({ message: bodies.sqs }, 'eu-west-1').kind).toBe('notices');
  });

  test('the chat notification keeps to the limits of its service', () => {
    const { content, metadata } = JSON.parse(bodies.https);

    expect(content.title.length).toBeLessThanOrEqual(250);
    expect(content.description.length).toBeLessThanOrEqual(2_900);
    expect(content.description).not.toContain('<!channel>');
    expect(metadata.threadId).toMatch(/^[\w./:+-]{1,64}$/);
  });
});

test('the first digest after a month says what it cost, and how to compare it with the bill, in every form', () => {
  const [first, ...others] = example.accounts;
  if (!first) throw new Error('expected an account');
  const endedMonth = { month: '2026-10', amount: '203.17' };
  const { bodies } = published({ ...example, accounts: [{ ...first, endedMonth }, ...others] });

  const slack = JSON.stringify(slackMessage({ message: bodies.lambda }, 'eu-west-1').message);
  for (const text of [bodies.email, bodies.https, slack]) {
    const line = text.replaceAll(/\s+/g, ' ');
    expect(line).toContain('October 2026: 203.17 USD');
    expect(line).toContain('Compare with the bill of October 2026, account by account:');
    expect(line).toContain(
      'npx cost-alerts reconcile northflank/acme --month 2026-10 --invoice TOTAL',
    );
  }
  expect(published(example).bodies.email).not.toContain('bill');
});

test('a digest that is not whole is shown as it is', () => {
  const broken = { ...exampleDigest, digest: { ...example, totals: [{ currency: 'USD' }] } };

  expect(slackMessage({ message: JSON.stringify(broken) }, 'eu-west-1').kind).toBe('other');
});

test('says what is wrong where nobody would look: Slack without a webhook, and costs that are not known', () => {
  const unknown = { ...example.totals[0], unknown: 2 } as Digest['totals'][number];
  const { email } = published({ ...worst, totals: [unknown] }).bodies;

  expect(email).toContain('Slack: no webhook.');
  expect(email).toMatch(/without\s2\sof\s4\saccounts/);
});

test('an account that is not read is never shown as within its budgets', () => {
  const { email, sqs } = published(example).bodies;
  const slack = JSON.stringify(slackMessage({ message: sqs }, 'eu-west-1').message);

  expect(email).toMatch(/^\? {2}tpstreams\/school: .*\n +not read since /m);
  expect(slack).toContain('⚪ *tpstreams/school*');
  expect(slack).toContain('🟢 *influxdb/metrics*');
});

test('a total is listed in every form: its amount, limit, percent and forecast, or why it is not known', () => {
  const reason = 'influxdb/metrics has not been read yet.';
  const muted: DigestAccount = { ...unknownTotal, account: 'eu', unknownBecause: reason };
  const known = published(example).bodies;
  const unknown = published({ ...example, totalBudgets: [muted] }).bodies;

  for (const bodies of [known, unknown]) {
    const forms = [
      bodies.email.replaceAll(/\n */g, ' '),
      JSON.stringify(slackMessage({ message: bodies.sqs }, 'eu-west-1').message),
      bodies.https,
    ];
    for (const form of forms) {
      if (bodies === known) {
        expect(form).toContain('Total all: 373 of 600 USD (62.2 %), forecast 555 USD');
        continue;
      }
      expect(form).toContain(
        'Total eu: not known: influxdb/metrics has not been read yet; unknown',
      );
      expect(form).toContain('muted until 30 November 2026, 00:00 (UTC): ');
    }
  }
  expect(JSON.parse(known.sqs).digest.totalBudgets).toMatchObject([{ account: 'all' }]);
});
