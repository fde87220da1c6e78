import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join, parse } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { providers } from '../../functions/providers/registry.ts';
import { CostAlerts } from '../../infra/cost-alerts.ts';
import { checkUsageBundle, postToSlackBundle } from '../support/functions/bundled-functions.ts';
import { newFolder } from '../support/run-folder.ts';

const ids = providers.map((provider) => provider.id);
const directory = newFolder();

describe.each(ids)('the bundle of %s', (id) => {
  const { file, inputs } = checkUsageBundle(id);

  test('holds its own adapter and nothing of the others', () => {
    const others = ids.filter((other) => other !== id);
    const ofOthers = (input: string) =>
      others.some((other) => input.startsWith(`functions/providers/vendors/${other}`));

    expect(inputs).toContain(`functions/providers/vendors/${id}.ts`);
    expect(inputs.filter(ofOthers)).toEqual([]);
  });

  test('holds no source that does not run in Lambda', () => {
    const foreign =
      /^(infra|test|bench|cli)\/|node_modules\/(aws-cdk-lib|constructs|esbuild|dynalite)\//;

    expect(inputs).toContain('functions/handlers/check-usage.ts');
    expect(inputs.filter((input) => foreign.test(input))).toEqual([]);
  });

  test('is small: under 4 MB unpacked', () => {
    expect(statSync(file).size).toBeLessThan(4_000_000);
  });

  test('loads in a bare Node.js, away from node_modules, and exports the handler', () => {
    const script = `import(${JSON.stringify(file)}).then((m) => console.log(typeof m.handler))`;
    const env = {
      AWS_REGION: 'us-east-1',
      TABLE_NAME: 'table',
      TOPIC_ARN: 'arn:aws:sns:us-east-1:123456789012:topic',
      PARAMETER_ROOT: '/cost-alerts',
    };

    const output = execFileSync(process.execPath, ['-e', script], { cwd: directory, env });

    expect(output.toString().trim()).toBe('function');
  });
});

describe('the bundle of post-to-slack', () => {
  const { file, inputs } = postToSlackBundle();

  test('holds what makes messages, and nothing that reads usage or the ledger', () => {
    const foreign =
      /^(infra|test|bench|cli)\/|^functions\/(ledger|pricing\/(?!money|shown-digits)|budgets\/(?!dates)|providers\/registry)|node_modules\/(@aws-sdk\/(client|lib)-(?!ssm)|aws-cdk-lib|constructs)/;
    const adapters = ids.map((id) => `functions/providers/vendors/${id}`);

    expect(inputs).toContain('functions/handlers/post-to-slack.ts');
    expect(inputs.filter((input) => foreign.test(input))).toEqual([]);
    expect(inputs.filter((input) => adapters.some((adapter) => input.startsWith(adapter)))).toEqual(
      [],
    );
  });

  test('is small: under 4 MB unpacked', () => {
    expect(statSync(file).size).toBeLessThan(4_000_000);
  });

  test('loads in a bare Node.js, away from node_modules, and exports the handler', () => {
    const script = `import(${JSON.stringify(file)}).then((m) => console.log(typeof m.handler))`;
    const env = { AWS_REGION: 'us-east-1', WEBHOOK_PARAMETER: '/cost-alerts/slack/webhook-url' };

    const output = execFileSync(process.execPath, ['-e', script], { cwd: directory, env });

    expect(output.toString().trim()).toBe('function');
  });
});

test('at synthesis each function gets its own bundle', () => {
  const app = new App({
    outdir: join(directory, 'cdk.out'),
    builtinCloudFormationValidation: false,
  });
  const stack = new Stack(app, 'Test');
  const some = ids.slice(0, 2);

  const alerts = new CostAlerts(stack, 'Alerts', { emails: [], providers: some, slack: true });

  const functions = Template.fromStack(stack).findResources('AWS::Lambda::Function');
  const bundleOf = (functionName: unknown) => {
    const { Ref: logicalId = '' } = stack.resolve(functionName);
    const hash = parse(functions[logicalId]?.Properties.Code.S3Key).name;
    return digest(join(app.outdir, `asset.${hash}`, 'index.cjs'));
  };
  for (const id of some) {
    expect(bundleOf(alerts.functions[id]?.functionName)).toBe(digest(checkUsageBundle(id).file));
  }
  expect(bundleOf(alerts.postToSlack?.functionName)).toBe(digest(postToSlackBundle().file));
});

/** Two bundles side by side in a failure would be megabytes. */
function digest(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
