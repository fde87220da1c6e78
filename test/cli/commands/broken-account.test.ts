/** Every command that needs an account says the same of one that it cannot read. */
import { expect, test } from 'vitest';
import { runCommand } from '../command-run.ts';
import { useDeployedWorld } from '../deployed-world.ts';

const now = '2026-11-21T10:05:00Z';
const budgets = [{ name: 'everything', limit: 200, per: 'month' }];

const world = useDeployedWorld(now);

const commands = [
  'list',
  'probe northflank/acme',
  'backtest northflank/acme',
  'backtest northflank/acme --try {"name":"all","limit":15,"per":"day"}',
  'export northflank/acme --from 2026-11-01 --to 2026-11-20',
  'reconcile northflank/acme --month 2026-10 --invoice 203.17',
];

test.each(commands)('%s', async (command) => {
  const { PARAMETER_ROOT: root = '' } = world.environment();
  const folder = `${root}/northflank/acme`;
  const { parameters } = world.aws;
  const said = async () => {
    const run = await runCommand([...command.split(' '), '--root', root], { now: Date.parse(now) });
    return `${run.stdout}${run.stderr}`.replaceAll(/\s+/g, ' ');
  };

  // Written a moment ago: the functions would still wait for the other one.
  parameters.put(`${folder}/config`, JSON.stringify({ budgets }));
  expect(await said()).toContain(`${folder}/token: missing, expected a SecureString`);

  parameters.put(`${folder}/token`, 'nf-0123456789abcdef', 'SecureString');
  parameters.delete(`${folder}/config`);
  expect(await said()).toContain(`${folder}/config: missing, expected a String that holds JSON`);

  world.putAccount('acme', { budgets: [{ ...budgets[0], limit: -1 }] });
  expect(await said()).toContain(
    `${folder}/config: budgets[0].limit: expected a number above 0, got -1`,
  );
});
