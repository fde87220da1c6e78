import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { CostAlerts } from './cost-alerts.ts';
import type { CostAlertsSettings } from './cost-alerts-props.ts';

/** One deployment, with outputs that name its topic, table, queue and functions. */
export class CostAlertsStack extends Stack {
  /** Where every alert is published. */
  readonly topic: ITopic;

  constructor(scope: Construct, id: string, settings: CostAlertsSettings) {
    super(scope, id, {
      description: 'Cost alerts for SaaS and PaaS providers',
    });
    // CDK leaves this id out of generated names, which begin with the stack's name.
    const alerts = new CostAlerts(this, 'Default', settings);
    this.topic = alerts.topic;

    this.output('TopicArn', alerts.topic.topicArn, 'Alerts are published here; subscribe to it');
    this.output('TableName', alerts.table.tableName, 'Usage by account and day, and alert state');
    this.output(
      'ParameterRoot',
      settings.parameterRoot,
      'Accounts, tokens and budgets are under this path',
    );
    const { schedule, digest, digestTimeZone } = settings;
    this.output('Schedule', schedule.expressionString, 'When accounts are checked, in UTC');
    this.output('Digest', digest === 'off' ? digest : `${digest} ${digestTimeZone}`, 'Its rhythm');
    this.output(
      'DeadLetterQueueUrl',
      alerts.deadLetterQueue.queueUrl,
      'Events that failed after all retries',
    );
    for (const [provider, check] of Object.entries(alerts.functions)) {
      this.output(`CheckUsage-${provider}`, check.functionName, `Checks ${provider} accounts`);
    }
    this.output('CheckTotals', alerts.checkTotals.functionName, 'Evaluates totals');
    if (alerts.postToSlack) {
      this.output('PostToSlack', alerts.postToSlack.functionName, 'Posts to Slack');
    }
    if (alerts.dashboard) {
      this.output('DashboardName', alerts.dashboard.dashboard.dashboardName, 'In CloudWatch');
    }
    if (alerts.sendDigest) {
      this.output('SendDigest', alerts.sendDigest.functionName, 'Sends the digest');
    }
  }

  private output(id: string, value: string, description: string): void {
    new CfnOutput(this, id, { value, description });
  }
}
