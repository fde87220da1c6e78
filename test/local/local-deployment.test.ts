import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deployLocally, type LocalDeployment } from '../../functions/local/local-deployment.ts';
import { runCheck } from '../../functions/local/run-check.ts';
import { terminalOn } from '../../functions/local/terminal.ts';
import { northflank } from '../../functions/providers/northflank.ts';
import type { Provider } from '../../functions/providers/provider.ts';
import { cliOn } from '../cli/command-run.ts';

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
    usage: [{ meter: 'gpu', start: now - 1, end: now, cost: '300' }],
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
    expect(first.invocations).toMatchObject([{ summary: { complete: 1, published: 1 } }]);
    expect(second.published).toEqual([]);
    expect(written.match(/Subject: /g)).toHaveLength(1);
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
