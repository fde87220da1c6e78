import { afterEach, describe, expect, test, vi } from 'vitest';
import { providers } from '../../functions/providers/registry.ts';
import { searchFor, textsIn } from '../support/secrets/search.ts';
import { functionIn, rolesOf, type Statement, statementsOf, synthesize } from './synthesize.ts';

const props = {
  parameterRoot: '/my-root',
  slack: true,
};
const { alerts, template, ref, stack } = synthesize(props);
const ids = providers.map((provider) => provider.id);
const webhook = '/my-root/slack/webhook-url';
const roles = Object.keys(template.findResources('AWS::IAM::Role'));

function roleOf(functionName: unknown): string {
  return functionIn(template, ref(functionName)).role;
}

/** Whether any of a role's statements lets it read a parameter, by IAM's idea of a wildcard. */
function mayRead(role: string, parameter: string): boolean {
  const arn = flat(
    stack.resolve(
      stack.formatArn({ service: 'ssm', resource: 'parameter', resourceName: parameter.slice(1) }),
    ),
  );
  return statementsOf(template, role)
    .filter((statement) => [statement.Action].flat().some((action) => /^(ssm:|\*)/.test(action)))
    .some((statement) => resourcesOf(statement).some((resource) => matches(resource, arn)));
}

function resourcesOf({ Resource }: Statement): string[] {
  return [Resource].flat().map(flat);
}

function matches(pattern: string, arn: string): boolean {
  const literals = pattern.split('*').map((part) => part.replace(/[^\w]/g, '\\$&'));
  return new RegExp(`^${literals.join('.*')}$`).test(arn);
}

/** A reference as `<AWS::Region>`. */
function flat(value: unknown): string {
  if (typeof value === 'string') return value;
  const { 'Fn::Join': join, Ref: name } = value as {
    'Fn::Join'?: [string, unknown[]];
    Ref?: string;
  };
  return join ? join[1].map(flat).join(join[0]) : `<${name}>`;
}

describe.each(ids)('the function that checks %s', (id) => {
  const role = roleOf(alerts.functions[id]?.functionName);

  test('reads its own tokens and configs', () => {
    expect(mayRead(role, `/my-root/${id}/acme/token`)).toBe(true);
    expect(mayRead(role, `/my-root/${id}/acme/config`)).toBe(true);
  });

  test('reads neither the webhook nor anything of a provider other than its own', () => {
    const others = ids.filter((other) => other !== id);

    for (const other of [...others, `${id}-2`, id.slice(0, -1), 'slack']) {
      expect(mayRead(role, `/my-root/${other}/acme/token`)).toBe(false);
    }
    expect(mayRead(role, webhook)).toBe(false);
    expect(mayRead(role, `/my-root-2/${id}/acme/token`)).toBe(false);
    expect(mayRead(role, '/my-root')).toBe(false);
  });
});

test.each([
  ['posts to Slack', alerts.postToSlack],
  ['sends the digest', alerts.sendDigest],
])('the function that %s reads the webhook and no token', (_, fn) => {
  const role = roleOf(fn?.functionName);

  expect(mayRead(role, webhook)).toBe(true);
  for (const id of ids) expect(mayRead(role, `/my-root/${id}/acme/token`)).toBe(false);
});

test('the function that evaluates totals reads their parameters, no webhook and no token', () => {
  const role = roleOf(alerts.checkTotals.functionName);

  expect(mayRead(role, '/my-root/totals/all')).toBe(true);
  expect(mayRead(role, webhook)).toBe(false);
  for (const id of ids) expect(mayRead(role, `/my-root/${id}/acme/token`)).toBe(false);
});

test('no other role reads any parameter', () => {
  const { functions: checks, checkTotals, postToSlack, sendDigest } = alerts;
  const functions = [...Object.values(checks), checkTotals, postToSlack, sendDigest];
  const readers = functions.map((fn) => roleOf(fn?.functionName));
  const others = roles.filter((role) => !readers.includes(role));

  expect(others).toHaveLength(ids.length + 2);
  expect(new Set(others)).toEqual(new Set(rolesOf(template, 'scheduler.amazonaws.com')));
  const actions = others.flatMap((role) => statementsOf(template, role)).flatMap((s) => s.Action);
  expect(actions.filter((action) => /^(ssm:|\*)/.test(action))).toEqual([]);
});

test('no action of any role has a wildcard, and no resource is just any', () => {
  const statements = roles.flatMap((role) => statementsOf(template, role));

  expect(statements.length).toBeGreaterThan(0);
  expect(
    statements.flatMap(({ Action }) => Action).filter((action) => action.includes('*')),
  ).toEqual([]);
  expect(statements.flatMap(resourcesOf)).not.toContain('*');
});

function namesFor(variables: Record<string, unknown>): string[] {
  const ledger = ['TABLE_NAME', 'TOPIC_ARN'];
  if ('DIGEST' in variables) {
    return [...ledger, 'PROVIDERS', 'DIGEST', 'DIGEST_TIME_ZONE', 'WEBHOOK_PARAMETER'];
  }
  if ('PROVIDERS' in variables) {
    return [...ledger, 'PROVIDERS', 'PARAMETER_ROOT', 'SILENT_AFTER_MINUTES'];
  }
  if ('WEBHOOK_PARAMETER' in variables) return ['WEBHOOK_PARAMETER'];
  const ofAny = 'CUSTOM_HOSTS' in variables ? ['CUSTOM_HOSTS'] : [];
  return [...ledger, 'PARAMETER_ROOT', ...ofAny];
}

describe('the template', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  test('names a function’s parameters and not their values', () => {
    const functions = Object.values(template.findResources('AWS::Lambda::Function'));
    const variables = functions.map(({ Properties }) => Properties.Environment.Variables);

    expect(functions).toHaveLength(ids.length + 3);
    for (const each of variables) {
      const own = namesFor(each);
      expect(new Set(Object.keys(each))).toEqual(new Set([...own, 'POWERTOOLS_SERVICE_NAME']));
    }
  });

  test('has CloudFormation read no parameter either', () => {
    const made = template.toJSON();

    expect(JSON.stringify(made)).toContain(webhook);
    expect(JSON.stringify(made)).not.toContain('{{resolve:');
    // The version of the CDK's own bootstrap stack, as in every stack.
    expect(Object.keys(made.Parameters)).toEqual(['BootstrapVersion']);
  });

  test('takes nothing over from the environment that it is made in', () => {
    const secrets = {
      NORTHFLANK_TOKEN: 'q7Zk9mW3/x+Tp5Rb8Vc2Hd6Ls4',
      SLACK_WEBHOOK_URL: 'hK4tY7uB2nM9/pQ6rJ8sV3zC1fD5gW0aE',
      AWS_SECRET_ACCESS_KEY: 'wJ8xT2vG6/kN4bL9+yR1hS5mP7',
      AWS_SESSION_TOKEN: 'uE9oI3aK7/zX5wC1+tB8nV4jM6',
    };
    for (const [name, secret] of Object.entries(secrets)) vi.stubEnv(name, secret);

    const made = synthesize(props).template.toJSON();

    expect(searchFor(secrets).findIn(textsIn(made))).toEqual([]);
  });
});
