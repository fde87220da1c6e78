import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { CostAlerts } from './cost-alerts.ts';
import type { CostAlertsSettings } from './cost-alerts-props.ts';

/** One deployment of cost alerts, with outputs that name what an operator has to find. */
export class CostAlertsStack extends Stack {
  /** Where every alert is published. */
  readonly topic: ITopic;

  constructor(scope: Construct, id: string, settings: CostAlertsSettings) {
    super(scope, id, {
      description: 'Budgets and alerts for the usage of SaaS and PaaS providers',
    });
    // CDK leaves this id out of the names it makes up, which begin with the stack's anyway.
    const alerts = new CostAlerts(this, 'Default', settings);
    this.topic = alerts.topic;

    this.output('TopicArn', alerts.topic.topicArn, 'Subscribe to it whatever else should be told');
    this.output('TableName', alerts.table.tableName, 'Usage by account and day, and what was told');
    this.output(
      'ParameterRoot',
      settings.parameterRoot,
      'Accounts, tokens and budgets live below it',
    );
    this.output(
      'DeadLetterQueueUrl',
      alerts.deadLetterQueue.queueUrl,
      'Checks that failed for good',
    );
    for (const [provider, check] of Object.entries(alerts.functions)) {
      this.output(
        `CheckUsage-${provider}`,
        check.functionName,
        `Checks the accounts at ${provider}`,
      );
    }
    if (alerts.postToSlack) {
      this.output('PostToSlack', alerts.postToSlack.functionName, 'Posts to Slack');
    }
    if (alerts.sendDigest) {
      this.output('SendDigest', alerts.sendDigest.functionName, 'Sends the digest');
    }
  }

  private output(id: string, value: string, description: string): void {
    new CfnOutput(this, id, { value, description });
  }
}
