/** The construct in a stack of its own, and what its template says. */
import { App, Stack, type StackProps } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { BUNDLING_STACKS } from 'aws-cdk-lib/cx-api';
import { expect } from 'vitest';
import cdk from '../../cdk.json' with { type: 'json' };
import { CostAlerts } from '../../infra/cost-alerts.ts';
import type { CostAlertsProps } from '../../infra/cost-alerts-props.ts';

export interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
  /** Only in the policy of a resource. */
  readonly Principal?: unknown;
}

/** Reads `cdk.json` as the command line does, and bundles nothing. */
export function createApp(): App {
  return new App({
    context: { ...cdk.context, [BUNDLING_STACKS]: [] },
    builtinCloudFormationValidation: false,
  });
}

/** With a function for every provider, unless the props name some. */
export function synthesize(props: Partial<CostAlertsProps> = {}, stackProps: StackProps = {}) {
  const stack = new Stack(createApp(), 'Test', stackProps);
  const alerts = new CostAlerts(stack, 'Alerts', {
    emails: ['ops@example.com'],
    customHosts: ['llm.example.com'],
    ...props,
  });
  const template = Template.fromStack(stack);
  return { alerts, stack, template, ref: (value: unknown) => stack.resolve(value) as unknown };
}

/** The ids of the roles that a service may take on. */
export function rolesOf(template: Template, service: string): string[] {
  const trust = { Statement: [Match.objectLike({ Principal: { Service: service } })] };
  const roles = template.findResources('AWS::IAM::Role', {
    Properties: { AssumeRolePolicyDocument: trust },
  });
  return Object.keys(roles);
}

/** The function of a name in the template, and the id of its role. */
export function functionIn(template: Template, name: unknown) {
  const { Ref: id = '' } = name as { readonly Ref?: string };
  const fn = template.toJSON().Resources[id].Properties;
  return { fn, role: fn.Role['Fn::GetAtt'][0] as string };
}

/** The one alarm whose name ends like this. */
export function alarmIn(template: Template, title: string) {
  const found = Object.values(template.findResources('AWS::CloudWatch::Alarm')).filter(
    ({ Properties }) => Properties.AlarmName.endsWith(` - ${title}`),
  );
  expect(found).toHaveLength(1);
  return found[0]?.Properties;
}

/** That a request is about these partitions of the table only, and names them, as a scan does not. */
export function onPartitions(match: 'StringEquals' | 'StringLike', partitions: string[]) {
  return {
    [`ForAllValues:${match}`]: { 'dynamodb:LeadingKeys': partitions },
    Null: { 'dynamodb:LeadingKeys': 'false' },
  };
}

/** All that a role may do. */
export function statementsOf(template: Template, role: string): Statement[] {
  return Object.values(template.findResources('AWS::IAM::Policy'))
    .filter((policy) =>
      policy.Properties.Roles.some((member: { Ref: string }) => member.Ref === role),
    )
    .flatMap((policy) => policy.Properties.PolicyDocument.Statement as Statement[]);
}

/** Who else may do what with a resource, such as a queue: its own policy. */
export function allowedBy(template: Template, policyType: string): Statement[] {
  return Object.values(template.findResources(policyType))
    .flatMap((policy) => policy.Properties.PolicyDocument.Statement as Statement[])
    .filter((statement) => statement.Effect === 'Allow');
}

/** As a template says it of a stack whose account and region are not known yet. */
export function parameterArn(name: string) {
  const account = [{ Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }];
  return {
    'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ssm:', ...account, `:parameter${name}`]],
  };
}
