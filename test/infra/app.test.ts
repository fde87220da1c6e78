import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import flags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { afterAll, expect, test } from 'vitest';
import cdk from '../../cdk.json' with { type: 'json' };

const root = fileURLToPath(new URL('../..', import.meta.url));
const outdir = mkdtempSync(join(tmpdir(), 'cost-alerts-app-'));

afterAll(() => rmSync(outdir, { recursive: true }));

/** Starts the app as the CDK's command line does: context and output directory in the environment. */
function synthesize(context: Record<string, unknown>) {
  const [command, ...args] = cdk.app.split(' ');
  expect(command).toBe('node');
  const env = {
    CDK_CONTEXT_JSON: JSON.stringify({ ...cdk.context, 'aws:cdk:bundling-stacks': [], ...context }),
    CDK_OUTDIR: outdir,
  };
  return spawnSync(process.execPath, args, { cwd: root, env, encoding: 'utf8' });
}

test('writes the template of the stack', () => {
  const result = synthesize({ email: 'ops@example.com' });

  expect(result).toMatchObject({ status: 0, stderr: '' });
  expect(existsSync(join(outdir, 'CostAlerts.template.json'))).toBe(true);
});

test.each([
  [
    { 'aws:cdk:bundling-stacks': ['**'] },
    'email: no address is given; write -c email=ops@example.com (several: email=a@example.com,b@example.com)',
  ],
  [
    { email: 'ops@example.com', schedule: 'rate(10 seconds)' },
    'schedule: "rate(10 seconds)" is not a rate of 1 or more whole minutes, hours or days; write -c schedule="rate(1 hour)" or schedule="cron(0 * * * ? *)"',
  ],
])('fails with one line and no stack trace for %o', (context, message) => {
  const result = synthesize(context);

  expect(result).toMatchObject({ status: 1, stderr: `${message}\n`, stdout: '' });
});

test('cdk.json decides on every feature flag, so that the command line does not ask for it', () => {
  expect(Object.keys(cdk.context)).toEqual(expect.arrayContaining(Object.keys(flags)));
});
