import { describe, expect, test } from 'vitest';
import { providers } from '../../functions/providers/registry.ts';
import { readOverrides, readSettings, SettingsError } from '../../infra/settings.ts';

const everyProvider = providers.map((provider) => provider.id);
const allProviders = everyProvider.filter((id) => id !== 'custom');

type Values = Readonly<Record<string, unknown>>;

function read(context: Values, file: Values = {}) {
  const { alerts, slackChannel } = readSettings({ context, file });
  const { schedule, ...others } = alerts;
  return { ...others, schedule: schedule.expressionString, ...slackChannel };
}

describe('what is not given has a default', () => {
  test('an address is enough', () => {
    expect(read({ email: 'ops@example.com' })).toEqual({
      emails: ['ops@example.com'],
      parameterRoot: '/cost-alerts',
      schedule: 'rate(1 hour)',
      providers: allProviders,
      customHosts: [],
      slack: false,
      digest: 'weekly',
      digestTimeZone: 'UTC',
      dashboard: false,
      fanOut: false,
      runbookUrl: 'docs/running.md',
    });
  });

  test('and not even that is needed where no stack is bundled, as in cdk bootstrap and cdk destroy', () => {
    expect(read({ 'aws:cdk:bundling-stacks': [] }).emails).toEqual([]);
    expect(() => read({ 'aws:cdk:bundling-stacks': ['**'] })).toThrow(SettingsError);
  });
});

describe('what is given is used', () => {
  test.each([
    [{ email: 'a@example.com,b@example.com' }, { emails: ['a@example.com', 'b@example.com'] }],
    [{ email: ' a@example.com, b@example.com, ' }, { emails: ['a@example.com', 'b@example.com'] }],
    [{ email: 'a@example.com,a@example.com' }, { emails: ['a@example.com'] }],
    [
      { email: 'first.last+cost@mail.example.co.uk' },
      { emails: ['first.last+cost@mail.example.co.uk'] },
    ],
    [{ email: ['a@example.com', 'b@example.com'] }, { emails: ['a@example.com', 'b@example.com'] }],
    [{ root: '/my-root' }, { parameterRoot: '/my-root' }],
    [{ root: '/Team_1/cost.alerts' }, { parameterRoot: '/Team_1/cost.alerts' }],
    [{ schedule: 'rate(15 minutes)' }, { schedule: 'rate(15 minutes)' }],
    [{ schedule: 'cron(30 7 * * ? *)' }, { schedule: 'cron(30 7 * * ? *)' }],
    [{ providers: 'northflank' }, { providers: ['northflank'] }],
    [{ slack: 'true' }, { slack: true }],
    [{ dashboard: 'true' }, { dashboard: true }],
    [{ fanOut: 'true' }, { fanOut: true }],
    [{ slack: true }, { slack: true }],
    [{ slack: 'false' }, { slack: false }],
    [
      { slackWorkspaceId: 'T0123ABCD', slackChannelId: 'C0123ABCD' },
      { slackWorkspaceId: 'T0123ABCD', slackChannelId: 'C0123ABCD' },
    ],
    [
      { slackWorkspaceId: 'T0123ABCD', slackChannelId: 'G0123ABCD' },
      { slackChannelId: 'G0123ABCD' },
    ],
    [
      { runbookUrl: 'https://git.example.com/ops/cost-alerts/docs/running.md' },
      { runbookUrl: 'https://git.example.com/ops/cost-alerts/docs/running.md' },
    ],
    [{ tableName: 'CostAlerts-Table0123-ABCD' }, { tableName: 'CostAlerts-Table0123-ABCD' }],
    [
      { customHosts: 'a.example.com, b.example.com' },
      { customHosts: ['a.example.com', 'b.example.com'], providers: everyProvider },
    ],
    [{ providers: ` ${allProviders.join(' , ')},` }, { providers: allProviders }],
  ])('%o', (context, expected) => {
    expect(read({ email: 'ops@example.com', ...context })).toMatchObject(expected);
  });
});

describe('what is wrong is an error of one line, with what to write instead', () => {
  const email = 'write -c email=ops@example.com (several: email=a@example.com,b@example.com)';
  const root = 'write -c root=/cost-alerts';
  const notAPath = 'is not a path of names after "/", of letters, digits, ".", "-" and "_"';
  const workspace = 'write -c slackWorkspaceId=T0123ABCD';
  const channel = 'write -c slackChannelId=C0123ABCD';
  const schedule = 'write -c schedule="rate(1 hour)" or schedule="cron(0 * * * ? *)"';

  test.each([
    [{ email: undefined }, `email: no address given; ${email}`],
    [{ email: '' }, `email: no address given; ${email}`],
    [{ email: ' , ' }, `email: no address given; ${email}`],
    [{ email: 'ops' }, `email: "ops" is not an email address; ${email}`],
    [{ email: 'ops@example' }, `email: "ops@example" is not an email address; ${email}`],
    [{ email: 'a@b@example.com' }, `email: "a@b@example.com" is not an email address; ${email}`],
    [{ email: 'a b@example.com' }, `email: "a b@example.com" is not an email address; ${email}`],
    [
      { email: 'a@example.com;b@example.com' },
      `email: "a@example.com;b@example.com" is not an email address; ${email}`,
    ],
    [{ email: 'a@example.com,b@' }, `email: "b@" is not an email address; ${email}`],
    [{ email: 42 }, `email: expected text or a list of texts, got 42; ${email}`],
    [{ email: [42] }, `email: expected text or a list of texts, got [42]; ${email}`],
    [{ schedule: '' }, `schedule: "" is neither rate(...) nor cron(...); ${schedule}`],
    [
      { schedule: 'rate(30 seconds)' },
      `schedule: "rate(30 seconds)" is not a rate of 1 or more whole minutes, hours or days; ${schedule}`,
    ],
    [
      { schedule: 'cron(0 * * * *)' },
      `schedule: "cron(0 * * * *)" has 5 fields, needs 6: minutes, hours, day of month, month, day of week, year; ${schedule}`,
    ],
    [{ root: '' }, `root: "" ${notAPath}; ${root}`],
    [{ root: '/' }, `root: "/" ${notAPath}; ${root}`],
    [{ root: 'cost-alerts' }, `root: "cost-alerts" ${notAPath}; ${root}`],
    [{ root: '/cost-alerts/' }, `root: "/cost-alerts/" ${notAPath}; ${root}`],
    [{ root: '/cost//alerts' }, `root: "/cost//alerts" ${notAPath}; ${root}`],
    [{ root: '/*' }, `root: "/*" ${notAPath}; ${root}`],
    [{ root: '/cost alerts' }, `root: "/cost alerts" ${notAPath}; ${root}`],
    [
      { root: '/aws/cost' },
      `root: "/aws/cost" begins with "/aws" or "/ssm", which AWS reserves; ${root}`,
    ],
    [{ root: '/SSM' }, `root: "/SSM" begins with "/aws" or "/ssm", which AWS reserves; ${root}`],
    [
      { root: '/a/b/c/d/e/f/g/h/i/j/k/l/m' },
      `root: "/a/b/c/d/e/f/g/h/i/j/k/l/m" has 13 levels, at most 12 are allowed; ${root}`,
    ],
    [
      { providers: 'heroku' },
      `providers: "heroku" is not a provider, choose from ${everyProvider.join(', ')}, or a path such as ./my-provider.ts; write -c providers=northflank`,
    ],
    [
      { providers: '' },
      `providers: none given, choose from ${everyProvider.join(', ')}; write -c providers=northflank`,
    ],
    [
      { digest: 'hourly' },
      'digest: expected daily, weekly or off, got "hourly"; write -c digest=daily',
    ],
    [
      { digestTimeZone: 'Berlin' },
      'digestTimeZone: expected an IANA time zone such as Europe/Berlin, got "Berlin"; write -c digestTimeZone=Europe/Berlin',
    ],
    [{ slack: 'yes' }, 'slack: expected true or false, got "yes"; write -c slack=true'],
    [{ slack: '' }, 'slack: expected true or false, got ""; write -c slack=true'],
    [
      { slackWorkspaceId: 'T0123ABCD' },
      `slackChannelId: missing, slackWorkspaceId needs it; ${channel}`,
    ],
    [
      { slackChannelId: 'C0123ABCD' },
      `slackWorkspaceId: missing, slackChannelId needs it; ${workspace}`,
    ],
    [
      { slackWorkspaceId: 'acme', slackChannelId: 'C0123ABCD' },
      `slackWorkspaceId: "acme" is not "T" followed by capital letters and digits; ${workspace}`,
    ],
    [
      { slackWorkspaceId: 'C0123ABCD', slackChannelId: 'C0123ABCD' },
      `slackWorkspaceId: "C0123ABCD" is not "T" followed by capital letters and digits; ${workspace}`,
    ],
    [
      { slackWorkspaceId: 'T0123ABCD', slackChannelId: '#alerts' },
      `slackChannelId: "#alerts" is not "C" or "G" followed by capital letters and digits; ${channel}`,
    ],
    [
      { tableName: '' },
      'tableName: "" is not 3 to 255 letters, digits, "_", "." and "-"; write -c tableName=CostAlerts-Table0123-ABCD',
    ],
    [
      { runbookUrl: 'https://example.com/#runbook' },
      'runbookUrl: "https://example.com/#runbook" is not an address without spaces or "#"; write -c runbookUrl=https://git.example.com/ops/cost-alerts/docs/running.md',
    ],
  ])('%o', (context, message) => {
    expect(() => read({ email: 'ops@example.com', ...context })).toThrow(
      new SettingsError(message),
    );
  });
});

describe('the file', () => {
  const file = {
    email: ['ops@example.com'],
    root: '/my-root',
    slack: true,
    providers: ['northflank'],
  };

  test('gives what the command line does not', () => {
    expect(read({}, file)).toMatchObject({
      emails: ['ops@example.com'],
      parameterRoot: '/my-root',
      slack: true,
      providers: ['northflank'],
    });
  });

  test('is overridden by the command line', () => {
    expect(read({ slack: 'false', root: '/other' }, file)).toMatchObject({
      emails: ['ops@example.com'],
      parameterRoot: '/other',
      slack: false,
    });
  });

  test.each<[Values, string]>([
    [{ slak: true }, '"slak" is not a setting; did you mean "slack"?'],
    [
      { colour: 'red' },
      '"colour" is not a setting; choose from email, root, schedule, providers, customHosts, slack, digest, digestTimeZone, dashboard, fanOut, slackWorkspaceId, slackChannelId, tableName, runbookUrl',
    ],
    [
      JSON.parse('{"__proto__":{"slack":true}}'),
      '"__proto__" is not a setting; choose from email,',
    ],
    [
      { digest: 'hourly' },
      'digest: expected daily, weekly or off, got "hourly"; write "digest": "daily"',
    ],
    [
      { digestTimeZone: 'Berlin' },
      'digestTimeZone: expected an IANA time zone such as Europe/Berlin, got "Berlin"; write "digestTimeZone": "Europe/Berlin"',
    ],
    [{ slack: 'yes' }, 'slack: expected true or false, got "yes"; write "slack": true'],
    [{ root: 7 }, 'root: expected text, got 7; write "root": "/cost-alerts"'],
    [
      { email: ['ops'] },
      'email: "ops" is not an email address; write "email": ["ops@example.com"]',
    ],
    [
      { schedule: 'hourly' },
      'schedule: "hourly" is neither rate(...) nor cron(...); write "schedule": "rate(1 hour)" or "schedule": "cron(0 * * * ? *)"',
    ],
  ])('is named in the error: %o', (wrong, message) => {
    const settings = Object.fromEntries([...Object.entries(file), ...Object.entries(wrong)]);

    expect(() => read({}, settings)).toThrow(`cost-alerts.json: ${message}`);
  });
});

test('a misspelt flag is refused, and entries of others are ignored', () => {
  const email = 'ops@example.com';

  expect(() => read({ email, slak: 'true' })).toThrow(
    new SettingsError('"slak" is not a setting; did you mean -c slack?'),
  );
  expect(() => read({ email, 'acme:slak': 'true', stage: 'prod' })).not.toThrow();
});

test('overrides are what the command line gives otherwise than the file', () => {
  const file = { email: ['ops@example.com'], slack: true, root: '/my-root' };
  const context = {
    email: 'ops@example.com',
    slack: 'true',
    root: '/other',
    providers: 'influxdb',
  };

  expect(readOverrides({ context, file })).toEqual({ root: '/other', providers: ['influxdb'] });
});
