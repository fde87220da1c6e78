import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  deployLocally,
  type LocalDeployment,
  runCheck,
} from '../../../cli/demo/local-deployment.ts';
import { consoleLogging, redirectLog } from '../../../cli/demo/local-process.ts';
import { terminalOn } from '../../../cli/output.ts';
import { report } from '../../../functions/checks/report.ts';
import { decimal } from '../../../functions/pricing/money.ts';
import type { Provider } from '../../../functions/providers/provider.ts';
import { northflank } from '../../../functions/providers/vendors/northflank.ts';
import { cliOn } from '../command-run.ts';

describe('local deployment', () => {
  const complete = { status: 'complete', remarks: [] } as const;
  const brokenProvider: Provider = {
    ...northflank,
    fetchUsage: () => {
      throw new Error('out of\norder');
    },
  };
  const costlyProvider: Provider = {
    ...northflank,
    fetchUsage: async ({ now }) => ({
      ...complete,
      usage: [{ meter: 'gpu', start: now - 1, end: now, cost: decimal('300') }],
    }),
  };

  let deployment: LocalDeployment;
  let written: string;
  const session = {
    watch: false,
    full: true,
    cli: cliOn({ stdin: process.stdin, stdout: process.stdout, stderr: process.stderr }, {}),
    terminal: terminalOn({
      write: (text) => {
        written += text;
      },
    }),
  };

  beforeEach(() => {
    written = '';
  });

  afterEach(() => deployment.close());

  async function deploy(provider: Provider): Promise<void> {
    deployment = await deployLocally({ providers: [provider] });
    const budgets = [{ name: 'everything', limit: 200, per: 'year' }];
    deployment.parameters.put(
      '/cost-alerts/northflank/acme/token',
      'nf-secret-token',
      'SecureString',
    );
    deployment.parameters.put('/cost-alerts/northflank/acme/config', JSON.stringify({ budgets }));
  }

  describe('a check', () => {
    test('gives what was published in it, and not what was before', async () => {
      await deploy(costlyProvider);

      const first = await runCheck(deployment, session);
      const second = await runCheck(deployment, session);

      expect(first.published).toHaveLength(1);
      expect(first.invocations).toMatchObject([
        { summary: { complete: 1, published: 1 } },
        { remarks: [] },
      ]);
      expect(second.published).toEqual([]);
      expect(written.match(/Subject: /g)).toHaveLength(1);
    });

    test('evaluates totals after the accounts', async () => {
      await deploy(costlyProvider);
      const total = { limit: 10, currency: 'USD', per: 'year' };
      deployment.parameters.put('/cost-alerts/totals/all', JSON.stringify(total));

      const { published } = await runCheck(deployment, session);

      expect(published.map(({ subject }) => subject)).toEqual([
        expect.stringContaining('northflank/acme over yearly budget'),
        expect.stringContaining('total all over yearly budget'),
      ]);
    });

    test('whose handler throws prints what was logged, and ends in an error of one line', async () => {
      await deploy(brokenProvider);

      const checking = runCheck(deployment, session);

      await expect(checking).rejects.toThrow(
        /^northflank: the check failed: 1 of 1 accounts broke.*$/,
      );
      expect(written).toMatch(/^northflank\/acme: check broken: out of order\n/);
    });
  });

  test('the console is left as it was', async () => {
    const { warn } = console;
    await deploy(brokenProvider);

    await deployment.check();

    expect(console.warn).toBe(warn);
  });
});

describe('handler log', () => {
  let lines: string[];
  let restore: () => void;

  beforeEach(() => {
    for (const [name, value] of Object.entries(consoleLogging)) vi.stubEnv(name, value);
    lines = [];
    restore = redirectLog('northflank', (line) => lines.push(line));
  });

  afterEach(() => {
    restore();
    vi.unstubAllEnvs();
  });

  const run = {
    extent: 'all' as const,
    checks: [
      {
        account: 'acme',
        fetch: { status: 'failed' as const, remarks: ['Northflank answered HTTP 401.'] },
        readings: [],
      },
    ],
    invalidConfig: [
      {
        account: 'wrong',
        versions: ['token@0'],
        problems: [
          {
            parameter: '/cost-alerts/northflank/wrong/token',
            path: [],
            mistake: 'missing',
            expected: 'a SecureString',
          },
        ],
      },
    ],
    faults: [{ account: 'broken', error: new Error('the ledger is full') }],
    postponed: 0,
    delivery: { published: 0, failures: ['message 1: no topic'] },
  };

  describe('what a handler logs', () => {
    test('becomes a line for each thing that a person has to know', () => {
      const logger = new Logger({ logLevel: 'WARN' });

      expect(() =>
        report('northflank', run, {
          log: logger,
          metrics: new Metrics({ namespace: 'CostAlerts' }),
        }),
      ).toThrow('the log says why');

      expect(lines).toEqual([
        '/cost-alerts/northflank/wrong/token: missing, expected a SecureString',
        'northflank/acme: fetch failed: Northflank answered HTTP 401.',
        'northflank/broken: check broken: the ledger is full',
        'northflank: not published: message 1: no topic',
      ]);
    });

    test('below a warning, if the user has asked for it, stays as it is, on one line', () => {
      new Logger({ logLevel: 'INFO' }).info('run', { summary: { accounts: 1 } });

      expect(lines).toEqual([expect.stringMatching(/^\{"level":"INFO","message":"run",.*\}$/)]);
    });

    test('that is no JSON stays as it is', () => {
      console.warn('a library warns');

      expect(lines).toEqual(['a library warns']);
    });

    test('goes to the console again afterwards', () => {
      const { warn } = console;

      restore();

      expect(console.warn).not.toBe(warn);
    });
  });
});
