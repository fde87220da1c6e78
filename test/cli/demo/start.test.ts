/** `npm start` as a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, realpath, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type SimulatedNorthflank,
  startSimulatedNorthflank,
} from '../../../cli/demo/vendors/northflank.ts';
import { simulatedProviders } from '../../../cli/demo/vendors/vendors.ts';
import { newFolder } from '../../support/run-folder.ts';
import { costAlerts } from '../command-run.ts';

let folder: string;
/** Counts who connects; answers nothing. */
let trap: Server;
let trapUrl: string;
let trapped = 0;

beforeAll(async () => {
  folder = newFolder();
  trap = createServer((socket) => {
    trapped += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
  trapUrl = `http://127.0.0.1:${(trap.address() as AddressInfo).port}`;
});

afterAll(async () => {
  await new Promise((resolve) => trap.close(resolve));
});

async function write(name: string, content: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, content);
  return file;
}

function start(args: readonly string[], settings?: StartSettings): Promise<StartResult> {
  return startProcess(args, settings ?? { cwd: newFolder() }).ended;
}

describe('without options', () => {
  let replayed: StartResult;
  let cwd: string;

  beforeAll(async () => {
    cwd = newFolder();
    const settingsFile = await write(
      'aws-config',
      `[profile real]\nregion = eu-west-1\nendpoint_url = ${trapUrl}\n`,
    );
    replayed = await start([], {
      cwd,
      // The first of a month, on which no calendar month has any spend yet.
      now: '2026-12-01T00:10:00Z',
      environment: {
        AWS_PROFILE: 'real',
        AWS_CONFIG_FILE: settingsFile,
        AWS_ENDPOINT_URL_SSM: trapUrl,
        AWS_ENDPOINT_URL_SNS: trapUrl,
        AWS_ENDPOINT_URL_DYNAMODB: trapUrl,
        AWS_SESSION_TOKEN: 'a-real-session',
        AWS_USE_FIPS_ENDPOINT: 'true',
      },
    });
  }, 300_000);

  test('it ends by itself, and well', () => {
    expect(replayed).toMatchObject({ exitCode: 0, errors: '' });
  });

  test('a runaway is an anomaly first, then a forecast, then over budget; alerts of every severity fire, and one is resolved', () => {
    const subjects = replayed.output.match(/^ {2}\d\d:\d\d {2}\[.*$/gm);

    expect(subjects).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/\[warning\] northflank\/acme cost \d\d\.\d\d USD on .*, usually/),
        expect.stringMatching(
          /\[warning\] northflank\/acme forecast over budget: \d+ of 3\d\d USD/,
        ),
        expect.stringMatching(
          /\[critical\] northflank\/acme over budget: 3\d\d.* of 3\d\d USD \(10\d\.\d %\)/,
        ),
        expect.stringMatching(/\[info\] northflank\/platform-team back below 100 % of .*budget: /),
      ]),
    );
    const acme = subjects?.filter((subject) => subject.includes('northflank/acme')) ?? [];
    const order = ['cost', 'forecast over', 'over budget'].map((what) =>
      acme.findIndex((subject) => subject.includes(`acme ${what}`)),
    );
    expect(order).toEqual([0, 1, 2]);
  });

  test('each message is a line under its day, in order; the last one is there in full', () => {
    const lines = replayed.output.match(/^(?:\w+,? \d+ \w+ 2026| {2}\d\d:\d\d {2}\[.*)$/gm) ?? [];

    const days = lines.filter((line) => !line.startsWith(' '));
    expect(days).toEqual([
      'Saturday, 28 November 2026',
      'Sunday, 29 November 2026',
      'Monday, 30 November 2026',
      'Tuesday, 1 December 2026',
    ]);
    expect(lines.length - days.length).toBeGreaterThan(5);
    const last = lines.findLast((line) => line.startsWith(' '))?.slice('  00:10  '.length);
    expect(replayed.output).toContain(`\n  Subject: ${last}\n`);
    expect(replayed.output.match(/--- Email of /g)).toHaveLength(1);
  });

  test('the digest is a line of its own, about all accounts', () => {
    expect(replayed.output).toMatch(
      /^The digest of each Monday: \[info\] Weekly digest: \d+\.\d\d USD \(\+\d+\.\d\d\), \d\s+budgets\s+over/m,
    );
  });

  test('a table of the budgets comes last', () => {
    const table = replayed.output.slice(replayed.output.indexOf('Budgets on'));

    expect(table).toMatch(/^Budgets on 1 December 2026, 00:1\d \(UTC\):/);
    expect(table).toMatch(/Account and budget +Actual +Limit +Percent +Forecast\n/);
    expect(table).toMatch(
      /northflank\/acme\n {2}everything +\d+\.\d\d USD +3\d\d USD per month +1\d\d\.\d % +\d+ \(\d+–\d+\)\n/,
    );
    expect(table).toMatch(/northflank\/platform-team\n {2}everything .* 90 USD per week /);
    expect(table).toMatch(/\nDeploy it: .*\n$/);
  });

  test('the page of what was replayed is written, with three providers on it, and it is said where', async () => {
    const [, url = ''] = /on a page: (\S+)\n/.exec(replayed.output) ?? [];

    const page = await readFile(new URL(url), 'utf8');

    expect(url).toBe(pathToFileURL(join(await realpath(cwd), '.local/cost-alerts.html')).href);
    const shown = Object.keys(simulatedProviders).filter((id) => page.includes(`>${id}/`));
    expect(shown).toEqual(['northflank', 'influxdb', 'tpstreams']);
    expect(page).toMatch(/Your budgets, replayed/);
    expect(page).not.toContain('simulated-token');
  });

  test('lines fit a terminal 80 wide, links aside', () => {
    const wide = replayed.output.split('\n').filter((line) => line.length > 80);

    expect(wide.filter((line) => !/https:|file:|^ {2}(?:Subject:|\d\d:\d\d)/.test(line))).toEqual(
      [],
    );
  });

  test('no AWS setting of the user is used, and no token is shown', () => {
    expect(trapped).toBe(0);
    expect(replayed.output).not.toContain('simulated-token');
  });
});

describe('with --parameters', { timeout: 240_000 }, () => {
  let northflank: SimulatedNorthflank;
  let file: string;
  const token = 'a-token-of-northflank';

  beforeAll(async () => {
    const since = Date.now() - 3 * 86_400_000;
    northflank = await startSimulatedNorthflank({ token, since, history: () => ({ cpu: '100' }) });
    file = await write('parameters.json', JSON.stringify(parameters('acme', token)));
  });

  afterAll(() => northflank.close());

  /** The limit is crossed whenever the test runs, be it at the beginning of a year. */
  function parameters(account: string, itsToken: string) {
    const budgets = [{ name: 'everything', limit: 0.001, per: 'year' }];
    return {
      [`/cost-alerts/northflank/${account}/token`]: itsToken,
      [`/cost-alerts/northflank/${account}/config`]: { baseUrl: northflank.url, budgets },
    };
  }

  test('an account over its budget alerts once, and not again at a second start; what is wrong with others is said', async () => {
    const cwd = newFolder();
    const mixed = await write(
      'mixed.json',
      JSON.stringify({
        ...parameters('acme', token),
        ...parameters('rejected', 'another-token'),
        '/cost-alerts/northflank/wrong/token': token,
        '/cost-alerts/northflank/wrong/config': '{ "budgets": 5 }',
      }),
    );

    const first = await start(['--parameters', mixed], { cwd });
    const second = await start(['--parameters', mixed], { cwd });

    expect(first).toMatchObject({ exitCode: 0, errors: '' });
    expect(first.output.match(/\[critical\] northflank\/acme over yearly budget: /g)).toHaveLength(
      1,
    );
    expect(first.output).toContain('/cost-alerts/northflank/wrong/config: budgets: expected ');
    expect(first.output).toMatch(/northflank\/rejected: fetch failed: Northflank .*401/);
    expect(first.output).toMatch(/\nnorthflank\/rejected: .*401/);
    expect(second).toMatchObject({ exitCode: 0, errors: '' });
    expect(second.output).not.toContain('Subject:');
    expect(second.output).toContain('No alerts.');
    expect(second.output).toMatch(/\n {2}everything +[\d,.]+ USD +0\.001/);
    expect(first.output + second.output).not.toMatch(/another-token|a-token-of-northflank/);
  });

  test('where no account can be checked, it fails', async () => {
    const rejected = await write(
      'rejected.json',
      JSON.stringify(parameters('acme', 'another-token')),
    );

    const { exitCode, output, errors } = await start(['--parameters', rejected]);

    expect({ exitCode, errors }).toEqual({
      exitCode: 2,
      errors: 'cost-alerts: no account could be checked\n',
    });
    expect(output).toContain('401');
  });

  test('and --watch, it goes on until Ctrl-C, with its AWS within reach and its ledger to itself', async () => {
    const cwd = newFolder();
    const watching = startProcess(['--parameters', file, '--watch'], { cwd });
    const [, page = ''] = await watching.printed(/on a page: (\S+)/);
    const [, exported = ''] = await watching.printed(/export (AWS_ENDPOINT_URL=.*)/);
    const environment = Object.fromEntries(exported.split(' ').map((one) => one.split('=')));
    const endpoint = environment.AWS_ENDPOINT_URL;
    const live = await fetch(page);
    const status = await costAlerts(['status'], environment).ended;
    const alert = await costAlerts(['test-alert'], environment).ended;
    const second = await start(['--parameters', file], { cwd });

    watching.interrupt('SIGINT');

    expect(status).toMatchObject({ exitCode: 1, stderr: '' });
    expect(status.stdout).toMatch(/northflank\/acme\n.*Subscriptions {2}1 confirmed\n/s);
    expect(alert).toMatchObject({ exitCode: 0, stderr: '' });
    expect(alert.stdout).toMatch(/email +you@example\.com +sent/);
    expect(await live.text()).toContain('>northflank/acme</h2>');
    expect(second).toMatchObject({ exitCode: 2, errors: oneLine('.local/ledger') });
    expect(await watching.ended).toMatchObject({
      exitCode: 130,
      errors: '',
      output: expect.stringMatching(/over yearly budget: .*Budgets on.*Stopped\.\n$/s),
    });
    await expect(fetch(endpoint)).rejects.toThrow();
    await expect(fetch(page)).rejects.toThrow();
  });
});

describe('a play with --watch', () => {
  test('ends where it is asked to', async () => {
    const watching = startProcess(['--watch'], { cwd: newFolder() });
    await watching.printed(/Simulated providers/);

    watching.interrupt('SIGTERM');

    expect(await watching.ended).toMatchObject({ exitCode: 130, errors: '' });
  });
});

/** Exactly one line, with that text in it. */
function oneLine(part: string): unknown {
  return expect.toSatisfy(
    (text: string) => text.includes(part) && text.indexOf('\n') === text.length - 1,
    `one line with "${part}"`,
  );
}

interface StartSettings {
  /** Working directory: where its ledger is. */
  readonly cwd: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** ISO 8601; the process's clock starts there. Default: the real time. */
  readonly now?: string;
}

interface StartProcess {
  /** Resolves when that much of the output is there to match; rejects if the process ends before. */
  readonly printed: (pattern: RegExp) => Promise<RegExpExecArray>;
  readonly interrupt: (signal: 'SIGINT' | 'SIGTERM') => void;
  readonly ended: Promise<StartResult>;
}

interface StartResult {
  readonly exitCode: number | null;
  readonly output: string;
  /** Standard error. */
  readonly errors: string;
}

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));

function startProcess(args: readonly string[], settings: StartSettings): StartProcess {
  const { cwd, environment, now } = settings;
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const clock =
    now === undefined ? [] : ['--import', path('../../support/functions/fixed-date.ts')];
  const child = spawn(
    process.execPath,
    [...clock, path('../../../cli/launch.js'), 'demo', ...args],
    {
      cwd,
      env: { PATH, NODE_COMPILE_CACHE, TZ: 'UTC', ...environment, ...(now && { FIXED_NOW: now }) },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    output += chunk;
  });
  const errors = text(child.stderr);
  return {
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(output);
          if (match !== null) resolve(match);
        };
        child.stdout.on('data', look);
        child.on('close', () => reject(new Error(`ended without ${pattern}: ${output}`)));
        look();
      }),
    interrupt: (signal) => child.kill(signal),
    ended: once(child, 'close').then(async ([exitCode]) => ({
      exitCode,
      output,
      errors: await errors,
    })),
  };
}
