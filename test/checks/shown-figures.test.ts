/** What the figures of a message read like in every form, by whole checks. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { answering } from '../../cli/demo/vendors/server.ts';
import { slackMessage } from '../../functions/messages/slack/slack.ts';
import { startWatchedWorld, type WatchedWorld } from '../support/watched-world.ts';

let world: WatchedWorld;

beforeAll(async () => {
  world = await startWatchedWorld();
});

afterAll(() => world.close());

beforeEach(() => world.reset('2026-11-21T10:00:00Z'));

/** Checks an account with one budget, and returns each form of what is published then. */
async function formsOf(budget: object, costs: Readonly<Record<string, string>>, config = {}) {
  world.putAccount('acme', {
    ...config,
    budgets: [{ name: 'everything', per: 'month', thresholds: [50], ...budget }],
  });
  world.setRows(
    Object.entries(costs).map(([start, gpu]) => ({ start: Date.parse(start), amounts: { gpu } })),
  );
  await world.check();
  return lastForms();
}

function lastForms() {
  const { subject = '', bodies = {} } = world.aws.published.at(-1) ?? {};
  const {
    email = '',
    sms = '',
    https: chat = '',
    lambda: programs = '',
  }: Partial<Record<string, string>> = bodies;
  const slack = JSON.stringify(slackMessage({ message: programs }, 'eu-west-1').message);
  return { subject, email: email.replace(/\s+/g, ' '), sms, chat, slack, programs };
}

const noon = (date: string) => `${date}T12:00:00Z`;

test('a period is over when its time is, not when its percent rounds up', async () => {
  world.setClock('2026-11-30T23:50:00Z');

  const { email, chat, slack } = await formsOf({ limit: 200 }, { [noon('2026-11-05')]: '150' });

  for (const form of [email, chat, slack]) {
    expect(form).toContain('(UTC), 99.9 % passed');
    expect(form).not.toContain('(UTC), over');
  }
});

test.each([
  ['199.996', 200, '199.996', '199.996'],
  ['0.0061', 0.005, '0.006', '0.006'],
  ['0.0049', 0.005, '0.0049', '0.0049'],
  ['150.5', 200, '150.50', '151'],
])(
  '%s of a limit of %d is %s of it in every form, or %s in short',
  async (cost, limit, long, short) => {
    const { subject, email, sms, chat, slack } = await formsOf(
      { limit },
      { [noon('2026-11-05')]: cost },
    );

    for (const form of [email, chat, slack]) expect(form).toContain(`${long} of ${limit} USD`);
    for (const form of [subject, sms]) expect(form).toContain(`${short} of ${limit} USD`);
  },
);

test('every form with room for it says that the forecast is an average, continued', async () => {
  const forms = await formsOf(
    { limit: 200 },
    { [noon('2026-10-25')]: '1', [noon('2026-11-05')]: '150' },
  );

  for (const form of [forms.email, forms.chat, forms.slack]) {
    expect(form).toContain('by 30 November: the average so far, continued');
  }
  expect(forms.sms).toMatch(/Forecast [\d.]+ USD by 30 Nov\.$/);
});

test('a time that the clocks show twice has its offset', async () => {
  world.setClock('2026-10-25T10:00:00Z');

  const { email, slack, programs } = await formsOf(
    { limit: 10, per: 'day', thresholds: [100] },
    { '2026-10-25T00:00:00Z': '15' },
    { timeZone: 'Europe/Berlin' },
  );

  for (const form of [email, slack]) {
    expect(form).toContain('on 25 October, 02:00 +01:00');
    expect(form).toMatch(/Data until(:\*)? 25 October 2026, 02:00 \+01:00 \(Europe\/Berlin\)/);
  }
  expect(programs).toContain('"reachesLimitAt":"2026-10-25T02:00+01:00"');
});

test('moments read alike in every sentence, and are ISO 8601 for programs only', async () => {
  world.northflank.faults.add(answering({ status: 401, body: '' }));
  world.putAccount('acme', { budgets: [{ name: 'everything', limit: 1, per: 'month' }] });
  await world.check();
  const unreadable = lastForms();

  expect(unreadable.email).toContain('is unreadable, since 21 November 2026, 10:00 (UTC):');
  expect(unreadable.email.replace(/"mutedUntil": "[^"]+"/, '')).not.toMatch(/\d{4}-\d{2}-\d{2}/);
  expect(unreadable.programs).toContain('/read-error/2026-11-21T10:00:00Z');
});

describe('the link to the parameter', () => {
  test.each([
    ['eu-west-1', 'eu-west-1.console.aws.amazon.com'],
    ['cn-north-1', 'cn-north-1.console.amazonaws.cn'],
    ['us-gov-west-1', 'us-gov-west-1.console.amazonaws-us-gov.com'],
  ])('leads to the console of the partition of %s', async (region, host) => {
    world.putAccount('acme', { budgets: [{ name: 'everything', limit: 1, per: 'month' }] });
    world.setRows([{ start: Date.parse(noon('2026-11-05')), amounts: { gpu: '5' } }]);

    await world.check({ region });

    const { email, chat, slack } = lastForms();
    for (const form of [email, chat, slack]) {
      expect(form).toContain(`https://${host}/systems-manager/parameters/cost-alerts-`);
      expect(form).toContain(`/config/description?region=${region}`);
    }
  });
});
