import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { report } from '../../functions/checks/report.ts';
import { consoleLogging, redirectLog } from '../../functions/local/handler-log.ts';

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
  checks: [
    {
      account: 'acme',
      fetch: { status: 'failed' as const, remarks: ['Northflank answered HTTP 401.'] },
      readings: [],
    },
  ],
  problems: [
    {
      provider: 'northflank',
      account: 'wrong',
      versions: 'config@1',
      messages: ['/cost-alerts/northflank/wrong/token: missing'],
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
      report('northflank', run, { log: logger, metrics: new Metrics({ namespace: 'CostAlerts' }) }),
    ).toThrow('the log says why');

    expect(lines).toEqual([
      '/cost-alerts/northflank/wrong/token: missing',
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
