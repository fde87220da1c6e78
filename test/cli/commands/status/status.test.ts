/** What `status` shows after whole checks on the embedded AWS, and what it says of what it cannot ask. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { checkTotals as checkTotalsOnce } from '../../../../functions/totals/check-totals.ts';
import { connectTotals } from '../../../../functions/totals/environment.ts';
import { newFolder } from '../../../support/run-folder.ts';
import { startWatchedWorld, topicName, type WatchedWorld } from '../../../support/watched-world.ts';
import { openTerminal, runCommand } from '../../command-run.ts';

const now = Date.parse('2026-11-21T10:20:00Z');
const month = { budgets: [{ name: 'everything', limit: 200, per: 'month' }] };

let world: WatchedWorld;
let root: string;
let queue: string;

beforeAll(async () => {
  world = await startWatchedWorld();
  world.aws.createTopic(topicName, [{ protocol: 'email', endpoint: 'ops@example.com' }]);
});

afterAll(() => world.close());

beforeEach(async () => {
  await world.reset('2026-11-21T10:05:00Z');
  const { aws } = world;
  const environment = world.environment();
  root = String(environment.PARAMETER_ROOT);
  queue = `${aws.endpoint}/000000000000/dead-letters`;
  aws.sqs.createQueue(queue);
  aws.alarms.clear();
  aws.alarms.set('CostAlerts - Northflank checks fail', 'OK');
  aws.alarms.set('CostAlertsOfOthers - Northflank checks fail', 'ALARM');
  deploy();
});

function deploy(more: Record<string, string> = {}): void {
  const environment = world.environment();
  world.aws.createStack('CostAlerts', {
    TopicArn: String(environment.TOPIC_ARN),
    TableName: String(environment.TABLE_NAME),
    ParameterRoot: root,
    Schedule: 'rate(1 hour)',
    Digest: 'weekly Europe/Berlin',
    DeadLetterQueueUrl: queue,
    ...more,
  });
}

function spent(gpu: string): void {
  world.setRows([{ start: Date.parse('2026-11-05T10:00Z'), amounts: { gpu } }]);
}

function status(...args: string[]) {
  return runCommand(['status', '--root', root, ...args], { now });
}

describe('accounts', () => {
  test('where nothing fires, all is read, and all is known, it is well', async () => {
    world.putAccount('acme', month);
    spent('50');
    await world.check();

    const { exitCode, stdout, stderr } = await status();

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toBe(
      [
        'Status on 21 November 2026, 10:20 (UTC)',
        '',
        'Account and budget     Actual              Limit  Percent  Forecast',
        'northflank/acme',
        '  read on 21 November 2026, 10:05, usage until 5 November 2026, 11:00 (UTC)',
        '  everything        50.00 USD  200 USD per month   25.0 %         -',
        '',
        'Checks         rate(1 hour), next about 21 November 2026, 11:05 (UTC)',
        'Digest         none yet, next 23 November 2026, 07:00 (UTC)',
        'Subscriptions  1 confirmed',
        'Slack          off; npx cdk deploy --all -c slack=true',
        'Dead letters   none',
        'Alarms         none of 1 in ALARM',
        '',
        'Nothing fires, and 1 account read.',
        '',
      ].join('\n'),
    );
  });

  test('what fires, since when', async () => {
    world.putAccount('acme', month);
    spent('203.17');
    await world.check();

    const { exitCode, stdout } = await status();

    expect(exitCode).toBe(1);
    expect(stdout).toContain(
      '\n  ! everything over 100 %, firing since 21 November 2026, 10:05 (UTC)\n',
    );
    expect(stdout).toMatch(/\n1 alert firing\.\n$/);
  });

  test('a mute with its reason, and a budget that no check has seen', async () => {
    world.putAccount('acme', month);
    await world.check();
    world.putAccount('acme', {
      budgets: [...month.budgets, { name: 'gpu', meter: 'gpu', limit: 5, per: 'day' }],
      mutedUntil: '2026-11-24T10:05:00Z',
      mutedBecause: 'load test',
    });

    const { stdout } = await status();

    expect(stdout).toContain('\n  muted until 24 November 2026, 10:05 (UTC): load test\n');
    expect(stdout).toContain('\n  gpu: the next check reads it for the first time\n');
  });

  test('a config that was broken since the last check is invalid at once', async () => {
    world.putAccount('acme', month);
    await world.check();
    world.putAccount('acme', { budgets: 5 });

    const { exitCode, stdout } = await status();

    expect(exitCode).toBe(1);
    expect(stdout).toContain(`! ${root}/northflank/acme/config: budgets: expected`);
    expect(stdout).toContain('1 account not watched as configured.');
  });

  test('an account that cannot be read, since when, with what was known before', async () => {
    world.putAccount('acme', month);
    spent('50');
    await world.check();
    world.setClock('2026-11-21T11:05:00Z');
    world.northflank.faults.add(({ response }) => response.writeHead(403).end());
    await world.check();

    const { exitCode, stdout } = await status();

    expect(exitCode).toBe(1);
    expect(stdout).toContain('! unreadable since 21 November 2026, 11:05 (UTC)');
    expect(stdout).toContain('50.00 USD');
  });

  test.each([
    ['2026-11-21T13:05:00Z', 0],
    ['2026-11-21T13:05:01Z', 1],
  ])('at %s three hours without a check are late: %d', async (time, expected) => {
    world.putAccount('acme', month);
    await world.check();

    const { exitCode, stdout } = await runCommand(['status', '--root', root], {
      now: Date.parse(time),
    });

    expect(exitCode).toBe(expected);
    expect(stdout.includes('! no complete check since 21 November 2026, 10:05')).toBe(
      expected === 1,
    );
    expect(stdout).toContain('due since 21 November 2026, 11:05 (UTC)');
  });

  test('a budget whose period is over is not shown as the new one', async () => {
    world.putAccount('acme', month);
    spent('150');
    await world.check();

    const { stdout } = await runCommand(['status', '--root', root], {
      now: Date.parse('2026-12-01T00:30:00Z'),
    });

    expect(stdout).not.toContain('150.00');
    expect(stdout).toContain('unknown: no check since its period ended on 1 December 2026, 00:00');
  });

  test('one that no check has seen, and one whose parameters are gone, are not well', async () => {
    world.putAccount('gone', month);
    await world.check();
    world.deleteAccount('gone');
    world.putAccount('fresh', month);

    const { exitCode, stdout } = await status();

    expect(exitCode).toBe(1);
    expect(stdout).toContain('northflank/fresh\n  no complete check yet\n');
    expect(stdout).toContain('northflank/gone\n  its parameters are gone; the next check reports');
  });

  test('where there is none, says what to do next, and shows the deployment', async () => {
    const { exitCode, stdout } = await status();

    expect(exitCode).toBe(1);
    expect(stdout).toContain(
      `\n\nNo account below ${root} in Parameter Store in us-east-1; set one up with "npx cost-alerts init".\n\nChecks         on rate(1 hour)\n`,
    );
    expect(stdout).toMatch(/\nNothing is watched yet\.\n$/);
  });

  test('only those named, with "did you mean" for a name that there is not', async () => {
    world.putAccount('acme', month);
    world.putAccount('shop', month);
    await world.check();

    const { stdout } = await status('northflank/shop');
    const wrong = await status('northflank/shpo');

    expect(stdout).toContain('northflank/shop');
    expect(stdout).not.toContain('northflank/acme');
    expect(wrong.exitCode).toBe(2);
    expect(wrong.stderr).toContain('did you mean northflank/shop?');
  });
});

const total = { limit: 300, currency: 'USD', per: 'month' };

/** As the function does after the checks. */
async function checkTotals(): Promise<void> {
  const connected = connectTotals({ ...world.environment(), PROVIDERS: 'northflank' });
  const signal = AbortSignal.timeout(5_000);
  await checkTotalsOnce(
    connected({ now: Date.parse('2026-11-21T10:10:00Z'), signal, timeLeftMs: 60_000 }),
  );
}

describe('totals', () => {
  test('are shown as accounts are, with what keeps one from being known', async () => {
    world.putAccount('acme', month);
    world.putAccount('shop', month);
    spent('170');
    await world.check();
    world.aws.parameters.put(`${root}/totals/all`, JSON.stringify(total));
    world.aws.parameters.put(`${root}/totals/bad`, JSON.stringify({ ...total, limit: 0 }));
    await checkTotals();

    const { exitCode, stdout } = await status();

    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/\ntotals\/all\n.*\n {2}all +340\.00 USD +300 USD per month +113\.3 %/);
    expect(stdout).toContain('! all over 100 %, firing since 21 November 2026, 10:10 (UTC)');
    expect(stdout).toContain(`! ${root}/totals/bad: limit: expected`);
    expect(stdout).not.toContain('One budget over all');
  });

  test('one is offered where there are two accounts and none', async () => {
    world.putAccount('acme', month);
    world.putAccount('shop', month);
    await world.check();

    expect((await status()).stdout).toContain('One budget over all 2 accounts:');
    expect((await status('northflank/acme')).stdout).not.toContain('One budget over all');
  });

  test('are shown by name, too', async () => {
    world.putAccount('acme', month);
    world.aws.parameters.put(`${root}/totals/all`, JSON.stringify(total));

    const { stdout } = await status('totals/all');

    expect(stdout).toContain('totals/all\n  no complete check yet\n');
    expect(stdout).not.toContain('northflank/acme');
  });

  test('that were never evaluated are not well', async () => {
    world.putAccount('acme', month);
    await world.check();
    world.aws.parameters.put(`${root}/totals/all`, JSON.stringify(total));

    const { exitCode, stdout } = await status();

    expect(exitCode).toBe(1);
    expect(stdout).toContain('totals/all\n  no complete check yet\n');
  });
});

describe('the deployment', () => {
  beforeEach(async () => {
    world.putAccount('acme', month);
    await world.check();
  });

  test.each([
    ['cloudformation:DescribeStacks', 'Spend, alerts and delivery: unknown, no permission'],
    ['dynamodb:Query', 'Spend and alerts: unknown, no permission (dynamodb:Query)'],
    ['dynamodb:GetItem', 'Digest         unknown, no permission (dynamodb:GetItem)'],
    ['sns:ListSubscriptionsByTopic', 'Subscriptions  unknown, no permission (sns:ListSub'],
    ['sns:GetSubscriptionAttributes', 'Subscriptions  unknown, no permission (sns:ListSub'],
    ['sqs:GetQueueAttributes', 'Dead letters   unknown, no permission (sqs:GetQueueAttributes)'],
    ['cloudwatch:DescribeAlarms', 'Alarms         unknown, no permission (cloudwatch:Describe'],
  ] as const)('without %s is not well: "%s"', async (action, said) => {
    world.aws.faults.set(action, 'deny');

    const { exitCode, stdout } = await status();

    expect(exitCode).toBe(1);
    expect(stdout).toContain(said);
    expect(stdout).not.toContain('Nothing fires');
  });

  test('that drops connections is unknown, too', async () => {
    world.aws.faults.set('sqs', 'down');

    const { exitCode, stdout } = await status();

    expect(exitCode).toBe(1);
    expect(stdout).toContain('Dead letters   unknown, AWS cannot be reached (');
  });

  test('with dead letters, an alarm and lost alarms is not well', async () => {
    world.aws.sqs.createQueue(queue, ['one', 'two']);
    world.aws.alarms.set('CostAlerts - no successful Northflank check', 'ALARM');

    const { exitCode, stdout } = await status();

    expect(exitCode).toBe(1);
    expect(stdout).toContain('Dead letters   2 events failed after all retries\n');
    expect(stdout).toContain('Alarms         no successful Northflank check\n');
    expect(stdout).toContain('No alert fires, but see above.');
    world.aws.alarms.clear();
    expect((await status()).stdout).toContain('Alarms         the stack has none\n');
  });

  test.each([
    [undefined, 'there is no parameter /cost-alerts'],
    ['https://example.com/x', 'is not the URL of a Slack incoming webhook'],
  ])('with Slack and the webhook %s says what is missing', async (webhook, said) => {
    deploy({ PostToSlack: 'post' });
    if (webhook) world.aws.parameters.put(`${root}/slack/webhook-url`, webhook, 'SecureString');

    const { exitCode, stdout } = await status();

    expect(exitCode).toBe(1);
    expect(stdout).toContain(said);
    expect(stdout).not.toContain('example.com');
  });

  test('that is missing, or watches another root, leaves the accounts unknown', async () => {
    const missing = await status('--stack', 'Nope');
    world.aws.createStack('Other', {
      TopicArn: 'x',
      TableName: 'y',
      ParameterRoot: '/elsewhere',
    });
    const other = await status('--stack', 'Other');

    expect(missing.exitCode).toBe(1);
    expect(missing.stdout).toContain('unknown, no stack Nope in us-east-1');
    expect(other.stdout).toContain(
      'unknown, stack Other watches /elsewhere: add --root /elsewhere',
    );
  });

  test.each([
    [
      'cron(0 8 ? * MON-FRI *)',
      'cron(0 8 ? * MON-FRI *), next about 23 November 2026, 08:00 (UTC)',
    ],
    ['cron(0 8 ? * 6L *)', 'on cron(0 8 ? * 6L *), in UTC'],
  ])('checked on %s says when that is next', async (schedule, said) => {
    deploy({ Schedule: schedule });

    expect((await status()).stdout).toContain(`Checks         ${said}\n`);
  });

  test('as JSON', async () => {
    world.aws.faults.set('sqs', 'deny');

    const { stdout } = await status('--json');

    expect(JSON.parse(stdout)).toMatchObject({
      at: '2026-11-21T10:20:00Z',
      accounts: [
        {
          name: 'northflank/acme',
          state: 'ok',
          readAt: '2026-11-21T10:05:00Z',
          budgets: [{ name: 'everything', limit: '200', actual: '0' }],
          firing: [],
        },
      ],
      nextCheckAt: '2026-11-21T11:05:00Z',
      deployment: {
        digest: { nextAt: '2026-11-23T07:00:00Z' },
        deadLetters: { unknown: 'no permission (sqs:GetQueueAttributes)' },
        alarms: { all: 1, firing: [] },
      },
    });
  });
});

describe('--page', () => {
  let folder: string;

  beforeEach(() => {
    folder = newFolder();
  });

  /** What a reader sees of the page that was written. */
  async function written(...args: string[]) {
    const file = join(folder, 'now.html');
    const run = await status('--page', file, ...args);
    const page = await readFile(file, 'utf8');
    const text = page.replaceAll(/<(script|style).*?<\/\1>/gs, '').replaceAll(/<[^>]*>/g, ' ');
    return { ...run, page, text: text.replaceAll(/\s+/g, ' ') };
  }

  test('shows what each account and total is now, and what fires', async () => {
    world.putAccount('acme', { ...month, mutedUntil: '2026-11-22T00:00:00Z' });
    spent('203.17');
    await world.check();
    world.putAccount('fresh', month);
    world.aws.parameters.put(
      `${root}/totals/all`,
      JSON.stringify({ limit: 300, currency: 'USD', per: 'month' }),
    );

    const { exitCode, stdout, text, page } = await written();

    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/\nPage: file:\/\/\/.*now\.html\n$/);
    expect(text).toContain('Your budgets now');
    expect(text).toMatch(/everything 203\.17 USD 101\.6 % 200 USD per month/);
    expect(text).toContain('Muted until 22 November 2026, 00:00 (UTC).');
    expect(text).toContain(
      'Not shown northflank/fresh: no complete check yet totals/all: no complete check yet',
    );
    expect(page).toContain('default-src &#39;none&#39;');
  });

  test('shows what a total cost by day and account', async () => {
    world.putAccount('acme', month);
    world.putAccount('shop', month);
    spent('170');
    await world.check();
    world.aws.parameters.put(`${root}/totals/all`, JSON.stringify(total));
    await checkTotals();

    const { text } = await written();

    expect(text).toContain('totals/all Total in USD: read 21 November 2026, 10:10 (UTC).');
    expect(text).toMatch(
      /Spend by day and account: 340\.00 USD in total, at most 340\.00 USD on 5 November 2026/,
    );
    expect(text).toContain('5 November 2026 170.00 USD 170.00 USD 340.00 USD');
  });

  test('with --json is named in the document', async () => {
    world.putAccount('acme', month);
    await world.check();

    const { stdout } = await written('--json');

    expect(JSON.parse(stdout)).toMatchObject({ page: join(folder, 'now.html') });
  });

  test.each([
    [['--page', '/nowhere/now.html'], '--page: expected a file in an existing folder'],
    [['--page', 'x.html', '--watch'], "'--watch [seconds]' cannot be used with option '--page"],
  ] as const)('%j is one line', async (args, said) => {
    world.putAccount('acme', month);
    await world.check();

    const { exitCode, stderr } = await status(...args);

    expect(exitCode).toBe(2);
    expect(stderr).toContain(said);
  });

  test('is not written where nothing is known', async () => {
    world.putAccount('acme', month);
    const file = join(folder, 'now.html');

    const before = await status('--page', file);
    world.aws.faults.set('dynamodb:Query', 'deny');
    const denied = await status('--page', file);

    expect(before).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('before a check'),
    });
    expect(denied.stderr).toContain('there is nothing to show: no permission (dynamodb:Query)');
    expect(existsSync(file)).toBe(false);
  });
});

describe('--watch', () => {
  test('refreshes until Ctrl-C, and keeps the last status while AWS does not answer', async () => {
    world.putAccount('acme', month);
    await world.check();
    const stop = new AbortController();

    const terminal = openTerminal(['status', '--root', root, '--watch', '0.05'], {
      now,
      signal: stop.signal,
    });
    expect(await terminal.ended).toBe(2);
    expect(terminal.shown()).toContain('expected whole seconds, 5 at least, got "0.05"');

    const watching = openTerminal(['status', '--root', root, '--watch', '5'], {
      now,
      signal: stop.signal,
    });
    while (!watching.stdout().includes('Nothing fires')) await setTimeout(10);
    world.aws.faults.set('ssm', 'deny');
    while (!watching.stdout().includes('Not refreshed: AWS does not allow it'))
      await setTimeout(50);
    stop.abort();
    expect(await watching.ended).toBe(130);
    expect(watching.stdout().match(/Status on/g)).toHaveLength(2);
  }, 20_000);
});
