import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Notice } from '../../functions/alerts/notice.ts';
import { chatNotification } from '../../functions/messages/chat.ts';
import { anyMessage } from './any-message.ts';
import {
  healthNotice,
  manyAccounts,
  messageOf,
  overBudget,
  resolved,
  writesForecast,
} from './examples.ts';

test('is a custom notification of version 1.0', () => {
  const { version, source, id, content } = chatNotification(messageOf(overBudget));

  expect({ version, source, textType: content.textType }).toEqual({
    version: '1.0',
    source: 'custom',
    textType: 'client-markdown',
  });
  expect(id).toBe(messageOf(overBudget).id);
});

test('holds the numbers, the drivers and what to do', () => {
  const { title, description, nextSteps, keywords } = chatNotification(
    messageOf(overBudget),
  ).content;

  expect(title).toBe(':red_circle: northflank/acme over budget: 203 of 200 USD (101.6 %)');
  expect(description.split('\n')).toEqual([
    overBudget.reason,
    '*Forecast:* 306 USD by 30 November: the average so far, continued',
    '*By meter, against the whole month before:* gpu 151.20 USD (+111.10), memory 41.97 USD (+2.97), load-balancer 10.00 USD',
    '*Budget:* "everything": cost of all meters, 200 USD per month',
    '*Period:* 1 November 2026 to 30 November 2026 (UTC), 66.5 % passed',
    '*Figures:* billed by the provider',
    '*Data until:* 21 November 2026, 09:00 (UTC)',
  ]);
  expect(nextSteps).toEqual([
    overBudget.nextStep,
    `Bill: ${overBudget.links.provider}`,
    `Budgets and mute: ${overBudget.links.parameter}`,
  ]);
  expect(keywords).toEqual(['critical', 'budget', 'northflank']);
});

test('is addressed for custom actions', () => {
  const { metadata } = chatNotification(messageOf(overBudget));

  expect(metadata).toMatchObject({
    summary: '[critical] northflank/acme over budget: 203 of 200 USD (101.6 %)',
    eventType: 'cost-alerts-budget',
    relatedResources: ['northflank/acme'],
    additionalContext: {
      severity: 'critical',
      kind: 'budget',
      provider: 'northflank',
      account: 'acme',
      budget: 'everything',
    },
  });
});

describe('the thread', () => {
  const threadOf = (notice: Notice) => chatNotification(messageOf(notice)).metadata.threadId;

  test('is the same for all thresholds of a budget in a period', () => {
    expect(threadOf({ ...overBudget, threshold: 80, id: 'other' })).toBe(threadOf(overBudget));
    expect(threadOf(resolved)).toBe(threadOf(overBudget));
  });

  test('is another one for another budget, account or period', () => {
    const others = [
      { ...overBudget, budget: 'gpu' },
      { ...overBudget, account: 'beta' },
      { ...overBudget, period: { ...overBudget.period, start: '2026-12-01T00:00:00Z' } },
    ];

    const threads = new Set([overBudget, ...others].map((notice) => threadOf(notice)));

    expect(threads.size).toBe(4);
  });

  test('of what is not about a budget is its own', () => {
    const again = { ...healthNotice('read-error'), id: 'northflank/acme/read-error/2026-11-22' };

    expect(threadOf(again)).not.toBe(threadOf(healthNotice('read-error')));
  });

  test('keeps long names apart', () => {
    const name = 'n'.repeat(500);

    expect(threadOf({ ...overBudget, budget: `${name}1` })).not.toBe(
      threadOf({ ...overBudget, budget: `${name}2` }),
    );
  });
});

test('several notices follow each other, the gravest first', () => {
  const { title, description } = chatNotification(
    messageOf(resolved, writesForecast, overBudget),
  ).content;

  expect(title).toContain('over budget: 203 of 200 USD (101.6 %) (+2 more)');
  const titles = description
    .split('\n')
    .filter((line) => line.startsWith('*') && line.endsWith('*'));
  expect(titles).toEqual([
    '*northflank/acme over budget: 203 of 200 USD (101.6 %)*',
    '*influxdb/metrics forecast over budget for data-in: 137 of 50 GB*',
    '*northflank/acme back below 100 % of budget: 190 of 200 USD (95.0 %)*',
  ]);
});

test('says how many notices it has no room for', () => {
  const { description } = chatNotification(manyAccounts(10_000)).content;

  const shown = description.split('\n').filter((line) => line.startsWith('*Budget:*')).length;
  expect(description).toMatch(new RegExp(`_and ${10_000 - shown} more_$`));
});

test('a name is no markup', () => {
  const { title, description } = chatNotification(
    messageOf({ ...overBudget, account: '<!channel> & co', budget: '<@U1>', reason: '<!here>' }),
  ).content;

  expect(title).toContain('&lt;!channel&gt; &amp; co');
  expect(description).not.toMatch(/[<>]/);
});

test('a name mentions nobody', () => {
  const notice = {
    ...overBudget,
    account: '@channel',
    budget: '@here',
    reason: 'See @here.',
    nextStep: '@Everyone',
  };

  const { title, description, nextSteps } = chatNotification(messageOf(notice)).content;

  for (const text of [title, description, ...nextSteps]) {
    expect(text).not.toMatch(/@(channel|here|everyone)/i);
  }
  expect(title.replaceAll('\u2060', '')).toContain('@channel');
});

test('a link too long for a step is left out, not cut', () => {
  const links = { ...overBudget.links, provider: `https://example.com/${'x'.repeat(400)}` };

  const { nextSteps } = chatNotification(messageOf({ ...overBudget, links })).content;

  expect(nextSteps.join('\n')).not.toContain('https://example.com');
  expect(nextSteps).toHaveLength(2);
});

test('of any message is within the limits of the service', () => {
  fc.assert(
    fc.property(anyMessage, (message) => {
      const { id, content, metadata } = chatNotification(message);

      expect(id.length).toBeLessThanOrEqual(64);
      expect(content.title.length).toBeLessThanOrEqual(250);
      expect(content.description.length).toBeLessThanOrEqual(3_000);
      expect(content.description.length).toBeGreaterThan(0);
      expect(content.nextSteps.every((step) => step.length <= 350)).toBe(true);
      expect(content.keywords.every((word) => word.length <= 75)).toBe(true);
      expect(metadata.threadId).toMatch(/^[\w./:+-]{1,64}$/);
      expect(metadata.summary.length).toBeLessThanOrEqual(250);
    }),
  );
});
