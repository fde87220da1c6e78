import { describe, expect, test } from 'vitest';
import { functionIn, onPartitions, statementsOf, synthesize } from './synthesize.ts';

const { alerts, template, ref } = synthesize({
  parameterRoot: '/my-root',
  providers: ['northflank', 'influxdb'],
  dashboard: true,
});
const { fn, role } = functionIn(template, ref(alerts.dashboard?.function.functionName));

test('there is none unless it is asked for', () => {
  const without = synthesize({ providers: ['northflank'] });

  expect(without.alerts.dashboard).toBeUndefined();
  without.template.resourceCountIs('AWS::CloudWatch::Dashboard', 0);
});

test('there is one, with one widget that shows what is now', () => {
  template.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
  const [{ Properties } = { Properties: {} }] = Object.values(
    template.findResources('AWS::CloudWatch::Dashboard'),
  );
  const arn = ref(alerts.dashboard?.function.functionArn);
  const parts = Properties.DashboardBody['Fn::Join'][1] as unknown[];
  const body = JSON.parse(
    parts
      .map((part) => (JSON.stringify(part) === JSON.stringify(arn) ? 'ITS_FUNCTION' : part))
      .map((part) => (typeof part === 'string' ? part : 'REF'))
      .join(''),
  );

  expect(body.widgets).toEqual([
    expect.objectContaining({
      type: 'custom',
      width: 24,
      properties: {
        endpoint: 'ITS_FUNCTION',
        title: 'Costs and budgets',
        updateOn: { refresh: true, resize: false, timeRange: false },
      },
    }),
  ]);
});

test('its function finds what it needs in its environment, and nothing else is there', () => {
  expect(fn.Environment.Variables).toEqual({
    TABLE_NAME: ref(alerts.table.tableName),
    PARAMETER_ROOT: '/my-root',
    PROVIDERS: 'northflank,influxdb',
    POWERTOOLS_SERVICE_NAME: 'my-root',
  });
});

describe('its function may', () => {
  test('query what is left of accounts and totals, and read nothing else', () => {
    const statements = statementsOf(template, role);

    expect(statements).toContainEqual({
      Effect: 'Allow',
      Action: 'dynamodb:Query',
      Resource: ref(alerts.table.tableArn),
      Condition: onPartitions('StringEquals', ['totals/', 'northflank/', 'influxdb/']),
    });
    const actions = statements.flatMap(({ Action }) => Action);
    expect(new Set(actions.map((action) => action.split(':')[0]))).toEqual(
      new Set(['logs', 'sqs', 'dynamodb']),
    );
  });
});
