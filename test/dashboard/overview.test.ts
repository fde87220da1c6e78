/** The overview in CloudWatch, as a browser shows it. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OverviewDeps, showOverview } from '../../functions/dashboard/show-overview.ts';
import type { AccountSummary, BudgetSummary } from '../../functions/ledger/account-summary.ts';
import { launchChromium, noBrowser } from '../support/chromium.ts';

const now = Date.parse('2026-11-21T10:10:00Z');
const DAY_MS = 86_400_000;

const budget: BudgetSummary = {
  name: 'everything',
  measure: 'cost',
  unit: 'USD',
  per: 'month',
  limit: '200',
  start: Date.parse('2026-11-01T00:00Z'),
  end: Date.parse('2026-12-01T00:00Z'),
  timeZone: 'UTC',
  actual: '203.17',
  percent: 101.6,
  forecast: { point: '305.5', low: '280.1', high: '335' },
};

const summary: AccountSummary = {
  currency: 'USD',
  dayZone: 'UTC',
  settlesAfterHours: 48,
  billingUrl: 'https://app.northflank.com/bill?a=1&b="x"',
  readAt: now - 300_000,
  dataUntil: now - 3_600_000,
  costs: { from: '2026-10-01', total: Array<string>(52).fill('10'), meters: [] },
  forecast: { point: '300', low: '280', high: '320' },
  budgets: [budget],
  firing: [{ kind: 'budget', budget: 'everything', threshold: 100 }],
  problems: {},
};

const { forecast: _, ...withoutForecast } = budget;
const within = { ...withoutForecast, name: 'gpu', actual: '20', percent: 10 };
const { actual: __, percent: ___, ...unknown } = withoutForecast;

const watched = {
  totals: {
    platform: {
      currency: 'USD',
      dayZone: 'UTC',
      readAt: now,
      budgets: [{ ...unknown, name: 'platform', unknownBecause: 'There is no rate from <AED>.' }],
      mutedUntil: now + DAY_MS,
      mutedBecause: 'audit',
      firing: [],
      problems: {},
    },
  },
  northflank: {
    acme: summary,
    quiet: { ...summary, firing: [], budgets: [within] },
    stuck: {
      ...summary,
      firing: [],
      budgets: [],
      readAt: now - 3 * DAY_MS,
      problems: { unreadableSince: now - 3 * DAY_MS },
    },
  },
} satisfies Watched;

type Watched = Readonly<Record<string, Readonly<Record<string, AccountSummary>>>>;

function depsOf(all: Watched): OverviewDeps {
  return {
    async *readSummaries(provider) {
      for (const [account, one] of Object.entries(all[provider] ?? {})) {
        yield { provider, account, summary: one };
      }
    },
    providers: Object.keys(all).filter((one) => one !== 'totals'),
    region: 'eu-west-1',
    parameterRoot: '/cost-alerts',
  };
}

const show = (theme: string, all: Watched = watched) =>
  showOverview({ widgetContext: { theme } }, depsOf(all), now) as Promise<string>;

describe('the overview', () => {
  test('has no script, no handler, and nothing from elsewhere', async () => {
    const html = await show('light');

    expect(html).not.toMatch(/<script|<iframe|<use|\son\w+=|@import|url\(|src=/i);
    expect(html).toContain('There is no rate from &lt;AED&gt;.');
    expect(html).toContain('href="https://app.northflank.com/bill?a=1&amp;b=&quot;x&quot;"');
  });

  test('says what it is to whoever adds a widget', async () => {
    expect(await showOverview({ describe: true }, depsOf(watched), now)).toEqual({
      markdown: expect.stringContaining('## cost-alerts'),
    });
  });

  test('shows what fires and is unreadable first, then by percent', async () => {
    const html = await show('light');
    const at = (name: string) => html.indexOf(`northflank/${name}<`);

    expect(at('acme')).toBeLessThan(at('quiet'));
    expect(at('stuck')).toBeLessThan(at('quiet'));
    expect(html).toContain('1 total and 3 accounts, as of 21 November 2026, 10:10 (UTC).');
    expect(html).toContain('<li>muted until 22 November 2026, 10:10 (UTC): audit</li>');
    expect(html).toContain('3 of them need a look');
  });

  test('says so where nothing fires, and where there is nothing', async () => {
    const quiet = { northflank: { quiet: watched.northflank.quiet } };

    expect(await show('light', quiet)).toContain('Nothing fires.');
    expect(await show('light', { northflank: {} })).toContain('No account has been checked yet.');
  });

  test('shows what is left of prepaid credit, or why that is not known', async () => {
    const credit = { name: 'credit', days: 7, balance: '42.10', runsOutOn: '2026-12-03' };
    const unknownBecause = 'OpenRouter answered <HTTP 403>.';
    const accounts = {
      chat: { ...summary, budgets: [], balances: [credit] },
      other: { ...summary, budgets: [], balances: [{ ...credit, unknownBecause }] },
    };

    const html = await show('light', { openrouter: accounts });

    expect(html).toContain('<span>42.10 USD left, runs out on 3 December</span>');
    expect(html).toContain('not known: OpenRouter answered &lt;HTTP 403&gt;.');
    expect(html).not.toContain('no budget');
  });

  test('of a thousand accounts shows the worst hundred', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 1_000 }, (_, index) => [
        `a${index}`,
        { ...summary, budgets: [{ ...within, percent: index / 10 }], firing: [] },
      ]),
    );

    const html = await show('light', { northflank: many });

    expect(html.match(/<tr class/g)).toHaveLength(100);
    expect(html).toContain('northflank/a999<');
    expect(html).toContain('and 900 more, none worse');
    expect(Buffer.byteLength(html)).toBeLessThan(500_000);
  });
});

describe.skipIf(noBrowser !== undefined)('in a browser', () => {
  let browser: Browser;
  let pages: Record<'light' | 'dark', Page>;

  beforeAll(async () => {
    browser = await launchChromium();
    pages = { light: await open('light'), dark: await open('dark') };
  });

  afterAll(() => browser?.close());

  const axeSource = readFileSync(
    createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
    'utf8',
  );
  const backgrounds = { light: '#ffffff', dark: '#161d26' };

  async function open(theme: 'light' | 'dark'): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
    const content = await show(theme);
    await page.setContent(
      // A document may also be of the kind in which tables inherit neither color nor font.
      `<html lang="en"><title>x</title><body style="background:${backgrounds[theme]}"><main><h1 hidden>x</h1>${content}</main>`,
    );
    return page;
  }

  test.each(['light', 'dark'] as const)('nobody is kept from reading it, %s', async (theme) => {
    const page = pages[theme];

    await page.evaluate(axeSource);
    const { violations } = (await page.evaluate('axe.run("main")')) as AxeResults;

    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  });

  test('a bar ends where its amount is, beside the limit and in its forecast', async () => {
    const bar = pages.light.getByRole('img', {
      name: /^203 of 200 USD \(101\.6 %\), forecast 306/,
    });
    const edges = await bar.evaluate((svg) => {
      const box = (selector: string) => svg.querySelector(selector)?.getBoundingClientRect();
      return {
        used: box('.used')?.right,
        limit: box('.limit')?.x,
        from: box('.range')?.left,
        to: box('.range')?.right,
        end: box('.track')?.right,
        start: box('.track')?.left,
      };
    });
    const { start = 0, end = 0, used = 0, limit = 0, from = 0, to = 0 } = edges;
    const amountAt = (x: number) => ((x - start) / (end - start)) * 335 * 1.05;

    expect(amountAt(used)).toBeCloseTo(203.17, 0);
    expect(Math.abs(amountAt(limit) - 200)).toBeLessThan(2);
    expect(amountAt(from)).toBeCloseTo(280.1, 0);
    expect(amountAt(to)).toBeCloseTo(335, 0);
  });

  test('it fits a dashboard 1200 wide, and links to the parameter', async () => {
    const page = pages.dark;

    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(1200);
    const link = page.getByRole('row', { name: 'northflank/acme' }).getByText('parameter');
    expect(await link.getAttribute('href')).toBe(
      'https://eu-west-1.console.aws.amazon.com/systems-manager/parameters/cost-alerts/northflank/acme/config/description?region=eu-west-1',
    );
  });
});
