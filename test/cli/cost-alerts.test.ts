import { accessSync, constants, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EmbeddedAws, startEmbeddedAws } from '../../cli/demo/aws/embedded-aws.ts';
import { costAlerts } from './command-run.ts';

let aws: EmbeddedAws;

beforeAll(async () => {
  aws = await startEmbeddedAws();
});

afterAll(() => aws.close());

const keys = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };

test('the package names it as its command, executable and run by node', () => {
  const root = new URL('../../', import.meta.url);
  const { bin } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));

  const file = fileURLToPath(new URL(bin['cost-alerts'], root));
  accessSync(file, constants.X_OK);
  expect(readFileSync(file, 'utf8')).toMatch(/^#!\/usr\/bin\/env (-S )?node\b/);
});

/** A module that runs before the command. */
function preloading(code: string): string[] {
  return ['--import', `data:text/javascript,${encodeURIComponent(code)}`];
}

describe('where it cannot run, one line says why', () => {
  test('an older Node.js', async () => {
    const older = `Object.defineProperty(process, 'versions', { value: { node: '20.20.2' } });`;

    const { ended } = costAlerts(['--help'], {}, preloading(older));

    expect(await ended).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        'cost-alerts: needs Node.js 24 or newer, this is 20.20.2; "npx cost-alerts" brings its own after "npm ci"\n',
    });
  });

  test('packages that are not installed', async () => {
    const missing = `
      import { registerHooks } from 'node:module';
      registerHooks({
        resolve: (name, context, next) => next(name === 'commander' ? 'not-installed' : name, context),
      });`;

    const { ended } = costAlerts(['--help'], {}, preloading(missing));

    expect(await ended).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `cost-alerts: Cannot find package 'not-installed'; run "npm ci" first\n`,
    });
  });
});

describe('what AWS does not let it do is one line and exit 2', () => {
  test.each([
    { what: 'no region', environment: {}, args: [], expected: /: no AWS region \(/ },
    {
      what: 'an unknown profile',
      environment: { AWS_REGION: 'eu-west-1' },
      args: ['--profile', 'nope'],
      expected: /: no AWS credentials were found for profile "nope"; give --profile/,
    },
    {
      what: 'nobody at the address',
      environment: { ...keys, AWS_ENDPOINT_URL: 'http://127.0.0.1:9' },
      args: ['--region', 'eu-west-1'],
      expected: /: AWS cannot be reached \(connect ECONNREFUSED 127\.0\.0\.1:9\)/,
    },
  ])('$what', async ({ environment, args, expected }) => {
    const { ended } = costAlerts(['validate', ...args], environment as Record<string, string>);

    const { exitCode, stdout, stderr } = await ended;

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(expected);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

test('a bug is shown with its stack, and is no finding', async () => {
  // The version is read of the package's own file.
  const broken = `
    const { parse } = JSON;
    JSON.parse = (text, ...more) => {
      if (String(text).includes('"name": "cost-alerts"')) throw new TypeError('broken');
      return parse(text, ...more);
    };`;

  const { ended } = costAlerts(['--help'], {}, preloading(broken));

  const { exitCode, stdout, stderr } = await ended;
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toMatch(/^cost-alerts: this is a bug, please report it: TypeError: broken\n +at /);
});

test('SIGINT ends it with 130 and without a word', async () => {
  aws.faults.latencyMs = 30_000;
  const { child, ended } = costAlerts(['check'], aws.environment);
  await expect.poll(() => aws.requests.size, { timeout: 20_000 }).toBeGreaterThan(0);

  child.kill('SIGINT');

  expect(await ended).toEqual({ exitCode: 130, stdout: '', stderr: '' });
  aws.faults.latencyMs = 0;
});

test('a reader that closes the pipe early ends it without an error', async () => {
  const { child, ended } = costAlerts(['--help']);

  child.stdout.destroy();

  expect(await ended).toEqual({ exitCode: 0, stdout: '', stderr: '' });
});
