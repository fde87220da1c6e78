import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import flags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { beforeEach, describe, expect, test } from 'vitest';
import cdk from '../../cdk.json' with { type: 'json' };
import { newFolder } from '../support/run-folder.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = newFolder();
const outdir = join(folder, 'cdk.out');
const settingsFile = join(folder, 'cost-alerts.json');

beforeEach(() => {
  rmSync(settingsFile, { force: true });
  rmSync(outdir, { recursive: true, force: true });
});

/**
 * Starts the app as the CDK's command line does, in a folder of its own: context and output directory in the environment.
 * CDK's check of the template takes longer than all the rest.
 */
function synthesize(context: Record<string, unknown>, { bundles = false, validates = false } = {}) {
  const [command, script = ''] = cdk.app.split(' ');
  expect(command).toBe('node');
  // A deployment names the stacks that it bundles; none is called like this, which saves the time.
  const stacks = bundles ? ['NoStack'] : [];
  const env = {
    CDK_CONTEXT_JSON: JSON.stringify({
      ...cdk.context,
      'aws:cdk:bundling-stacks': stacks,
      ...context,
    }),
    CDK_OUTDIR: outdir,
    CDK_VALIDATION: String(validates),
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
  };
  const args = [join(root, script)];
  return spawnSync(process.execPath, args, { cwd: folder, env, encoding: 'utf8' });
}

function template(stack: string) {
  return JSON.parse(readFileSync(join(outdir, `${stack}.template.json`), 'utf8'));
}

function outputsOf(stack: string) {
  return template(stack).Outputs;
}

const email = 'ops@example.com';
const deploying = { bundles: true };

test('writes the template of the stack, and of no other', () => {
  const result = synthesize({ email });

  expect(result).toMatchObject({ status: 0, stderr: '' });
  expect(existsSync(join(outdir, 'CostAlerts.template.json'))).toBe(true);
  expect(existsSync(join(outdir, 'CostAlertsChat.template.json'))).toBe(false);
});

test('CDK finds all stacks valid; Amazon Q is in its own, and the stack of the checks does not depend on it', () => {
  const ids = { slackWorkspaceId: 'T0123ABCD', slackChannelId: 'C0123ABCD' };

  const result = synthesize({ email, slack: true, ...ids }, { validates: true });

  expect(result).toMatchObject({ status: 0, stderr: '' });

  const typesIn = (stack: string) =>
    Object.values<{ Type: string }>(template(stack).Resources).map(({ Type }) => Type);
  const configuration = 'AWS::Chatbot::SlackChannelConfiguration';
  expect(typesIn('CostAlertsChat')).toContain(configuration);
  expect(typesIn('CostAlerts')).not.toContain(configuration);
  const { artifacts } = JSON.parse(readFileSync(join(outdir, 'manifest.json'), 'utf8'));
  expect(artifacts.CostAlerts.dependencies ?? []).not.toContain('CostAlertsChat');
  expect(JSON.stringify(template('CostAlerts'))).not.toContain('"Export"');
});

describe('the settings of a deployment', () => {
  const flags = { email, slack: 'true', root: '/my-root' };
  const kept = JSON.stringify({ email: [email], root: '/my-root', slack: true });

  test('are saved in a file, so that the next deploy needs no flag', () => {
    const first = synthesize(flags, deploying);

    expect(first).toMatchObject({
      status: 0,
      stderr:
        'saved "email": ["ops@example.com"], "root": "/my-root", "slack": true in cost-alerts.json for the next deploys; commit it\n',
    });
    expect(outputsOf('CostAlerts').PostToSlack).toBeDefined();
    expect(JSON.parse(readFileSync(settingsFile, 'utf8'))).toEqual(JSON.parse(kept));

    const next = synthesize({}, deploying);

    expect(next).toMatchObject({ status: 0, stderr: '' });
    expect(outputsOf('CostAlerts').PostToSlack).toBeDefined();
    expect(outputsOf('CostAlerts').ParameterRoot.Value).toBe('/my-root');
  });

  test('are kept when another flag is given alone', () => {
    writeFileSync(settingsFile, kept);

    const next = synthesize({ schedule: 'rate(2 hours)' }, deploying);

    expect(next.stderr).toBe(
      'saved "schedule": "rate(2 hours)" in cost-alerts.json for the next deploys; commit it\n',
    );
    expect(outputsOf('CostAlerts').PostToSlack).toBeDefined();
    expect(JSON.parse(readFileSync(settingsFile, 'utf8'))).toEqual({
      email: [email],
      root: '/my-root',
      slack: true,
      schedule: 'rate(2 hours)',
    });
  });

  test('are not changed by another flag, which is reported', () => {
    writeFileSync(settingsFile, kept);

    const next = synthesize({ root: '/other' }, deploying);

    expect(next.stderr).toBe(
      '-c root applies to this deploy only: "root": "/other", in cost-alerts.json "root": "/my-root"\n',
    );
    expect(outputsOf('CostAlerts').ParameterRoot.Value).toBe('/other');
    expect(readFileSync(settingsFile, 'utf8')).toBe(kept);
  });

  test('are not written by what deploys nothing, such as cdk ls', () => {
    synthesize(flags);

    expect(existsSync(settingsFile)).toBe(false);
  });

  test.each([
    ['{"email": "ops@example.com",}', 'not JSON, line 1, column 29: expected'],
    ['["ops@example.com"]', 'expected a JSON object, got an array'],
  ])('are not guessed from a file such as %s', (text, message) => {
    writeFileSync(settingsFile, text);

    const result = synthesize({ email }, deploying);

    expect(result.status).toBe(1);
    expect(result.stderr).toMatch(/^[^\n]+\n$/);
    expect(result.stderr).toContain(`cost-alerts.json: ${message}`);
    expect(readFileSync(settingsFile, 'utf8')).toBe(text);
  });
});

test.each([
  [
    { 'aws:cdk:bundling-stacks': ['**'] },
    'email: no address given; write -c email=ops@example.com (several: email=a@example.com,b@example.com)',
  ],
  [
    { email, schedule: 'rate(10 seconds)' },
    'schedule: "rate(10 seconds)" is not a rate of 1 or more whole minutes, hours or days; write -c schedule="rate(1 hour)" or schedule="cron(0 * * * ? *)"',
  ],
])('fails with one line and no stack trace for %o', (context, message) => {
  const result = synthesize(context);

  expect(result).toMatchObject({ status: 1, stderr: `${message}\n`, stdout: '' });
});

test('cdk.json decides on every feature flag, so that the command line does not ask for it', () => {
  expect(Object.keys(cdk.context)).toEqual(expect.arrayContaining(Object.keys(flags)));
});
