import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import flags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { beforeEach, expect, test } from 'vitest';
import cdk from '../../cdk.json' with { type: 'json' };
import { readSettingsFile } from '../../infra/settings.ts';
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

function typesIn(stack: string): string[] {
  return Object.values<{ Type: string }>(template(stack).Resources).map(({ Type }) => Type);
}

const email = 'ops@example.com';

test('what deploys nothing, such as cdk ls, writes the template of the stack, of no other, and no settings', () => {
  const result = synthesize({ email, slack: 'true' });

  expect(result).toMatchObject({ status: 0, stderr: '' });
  expect(existsSync(join(outdir, 'CostAlerts.template.json'))).toBe(true);
  expect(existsSync(join(outdir, 'CostAlertsChat.template.json'))).toBe(false);
  expect(existsSync(settingsFile)).toBe(false);
});

test('a deployment is valid to CDK, with Amazon Q in its own stack; its settings are saved, so that the next one needs no flag', () => {
  const ids = { slackWorkspaceId: 'T0123ABCD', slackChannelId: 'C0123ABCD' };
  const flags = { email, slack: 'true', root: '/my-root', ...ids };

  const first = synthesize(flags, { bundles: true, validates: true });

  expect(first).toMatchObject({
    status: 0,
    stderr:
      'saved "email": ["ops@example.com"], "root": "/my-root", "slack": true, "slackWorkspaceId": "T0123ABCD", "slackChannelId": "C0123ABCD" in cost-alerts.json for the next deploys; commit it\n',
  });
  const kept = readFileSync(settingsFile, 'utf8');
  expect(JSON.parse(kept)).toEqual({ email: [email], root: '/my-root', slack: true, ...ids });
  const configuration = 'AWS::Chatbot::SlackChannelConfiguration';
  expect(typesIn('CostAlertsChat')).toContain(configuration);
  expect(typesIn('CostAlerts')).not.toContain(configuration);
  const { artifacts } = JSON.parse(readFileSync(join(outdir, 'manifest.json'), 'utf8'));
  expect(artifacts.CostAlerts.dependencies ?? []).not.toContain('CostAlertsChat');
  expect(JSON.stringify(template('CostAlerts'))).not.toContain('"Export"');

  const next = synthesize({ schedule: 'rate(2 hours)', root: '/other' }, { bundles: true });

  expect(next.stderr).toBe(
    `-c root applies to this deploy only: "root": "/other", in cost-alerts.json "root": "/my-root"
saved "schedule": "rate(2 hours)" in cost-alerts.json for the next deploys; commit it
`,
  );
  expect(template('CostAlerts').Outputs.PostToSlack).toBeDefined();
  expect(template('CostAlerts').Outputs.ParameterRoot.Value).toBe('/other');
  const changed = { ...JSON.parse(kept), schedule: 'rate(2 hours)' };
  expect(JSON.parse(readFileSync(settingsFile, 'utf8'))).toEqual(changed);
});

test.each([
  ['{"email": "ops@example.com",}', 'not JSON, line 1, column 29: expected'],
  ['["ops@example.com"]', 'expected a JSON object, got an array'],
])('settings are not guessed from a file such as %s', (text, message) => {
  const before = process.cwd();
  writeFileSync(settingsFile, text);
  try {
    process.chdir(folder);

    expect(() => readSettingsFile()).toThrow(
      expect.objectContaining({
        name: 'SettingsError',
        message: expect.stringContaining(`cost-alerts.json: ${message}`),
      }),
    );
  } finally {
    process.chdir(before);
  }
});

test('what is wrong fails with one line and no stack trace, and is not saved', () => {
  const wrong = { email, schedule: 'rate(10 seconds)' };

  const result = synthesize(wrong, { bundles: true });

  expect(result).toMatchObject({
    status: 1,
    stdout: '',
    stderr:
      'schedule: "rate(10 seconds)" is not a rate of 1 or more whole minutes, hours or days; write -c schedule="rate(1 hour)" or schedule="cron(0 * * * ? *)"\n',
  });
  expect(existsSync(settingsFile)).toBe(false);
});

test('cdk.json decides on every feature flag, so that the command line does not ask for it', () => {
  expect(Object.keys(cdk.context)).toEqual(expect.arrayContaining(Object.keys(flags)));
});
