import { Annotations, Duration, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  type CfnAlarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  type Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import {
  type AlarmWindow,
  durationText,
  errorWindow,
  noSuccessWindow,
  warmUp,
} from './alarm-window.ts';
import type { CheckTotals } from './check-totals.ts';
import { ownMetric } from './lambda-function.ts';
import type { SendDigest } from './send-digest.ts';

interface SelfMonitoringProps {
  /** Where the alarms are published. */
  readonly topic: Topic;
  readonly parameterRoot: string;
  readonly totals: CheckTotals;
  /** When the checks run. */
  readonly schedule: ScheduleExpression;
  readonly postToSlack?: LambdaFunction;
  /** Absent where no digest is sent. */
  readonly digest?: SendDigest;
  readonly deadLetterQueue: Queue;
  /** The page with the runbook. */
  readonly runbookUrl: string;
}

/** By the alarm's id its section of `docs/running.md`: what is wrong, and there what to do. */
export const runbookSections = {
  FailedChecks: 'Checks fail',
  Postponed: 'Accounts are postponed',
  DeadLetters: 'The dead-letter queue is not empty',
  FailedPosts: 'Posts to Slack fail',
  TotalsNotChecked: 'Totals are not checked',
  NoDigest: 'No digest is sent',
  SubscribersLost: 'Subscribers are lost',
} as const;

type AlarmId = keyof typeof runbookSections;

interface AlarmSettings {
  /** What happened and what follows from it. */
  readonly description: string;
  readonly metric: IMetric;
  /** Default: at 1 or more. */
  readonly isBreaching?: 'below 1';
  /** Default: 1. */
  readonly periods?: number;
  /** How many of the periods must breach; default: all. */
  readonly breaches?: number;
  /** Default: not breaching. */
  readonly missingData?: TreatMissingData;
  /** How long it waits before it first looks; default: not at all. */
  readonly warmUp?: Duration;
  /** Whether OK is published too; default: it is. */
  readonly publishesOk?: false;
}

/** Alarms on the checks themselves, published to the topic of the alerts. */
export class SelfMonitoring extends Construct {
  private readonly props: SelfMonitoringProps;

  constructor(scope: Construct, id: string, props: SelfMonitoringProps) {
    super(scope, id);
    this.props = props;
    this.letAlarmsPublish();
    this.watchErrors();
    this.watchPostponed();
    const window = noSuccessWindow(props.schedule);
    if (window === undefined) this.warnOfMissingAlarm();
    else this.watchTotals(window);
    this.watchDeadLetters();
    if (props.postToSlack !== undefined) this.watchPosts(props.postToSlack);
    if (props.digest !== undefined) {
      this.watchDigest(props.digest);
      this.watchSubscribers(props.digest);
    }
  }

  /** A topic with its own policy lacks the default one, which lets in the services of its account. */
  private letAlarmsPublish(): void {
    const stack = Stack.of(this);
    const anyAlarm = stack.formatArn({ service: 'cloudwatch', resource: 'alarm:*' });
    this.props.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AllowAlarms',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.props.topic.topicArn],
        conditions: {
          StringEquals: { 'aws:SourceAccount': stack.account },
          ArnLike: { 'aws:SourceArn': anyAlarm },
        },
      }),
    );
  }

  private watchErrors(): void {
    const window = errorWindow(this.props.schedule);
    this.addAlarm('FailedChecks', {
      description: `A check failed in the last ${durationText(window)}. Alerts of its provider may be late.`,
      metric: this.measured('FailedChecks', window),
      periods: window.periods,
      breaches: 1,
    });
  }

  private watchPostponed(): void {
    const window = errorWindow(this.props.schedule);
    this.addAlarm('Postponed', {
      description: `A check ran out of time before it reached every account of its provider in the last ${durationText(window)}. Alerts for the others may be late.`,
      metric: this.measured('PostponedAccounts', window),
      periods: window.periods,
      breaches: 1,
    });
  }

  /** Of all providers together, and of this deployment only. */
  private measured(metricName: string, { period }: AlarmWindow): Metric {
    return ownMetric(metricName, this.props.parameterRoot, { period });
  }

  /** It also says when a provider is silent, so it must not be so itself. The warm-up covers the time before its first run. */
  private watchTotals(window: AlarmWindow): void {
    this.addAlarm('TotalsNotChecked', {
      description: `The function that evaluates totals, and says when a provider is no longer read, has failed or not run for ${durationText(window)}. The budgets of accounts are checked without it.`,
      metric: filledUp(this.props.totals.totalsChecked, 'Totals checked', window),
      isBreaching: 'below 1',
      periods: window.periods,
      missingData: TreatMissingData.BREACHING,
      warmUp: warmUp(window),
    });
  }

  private warnOfMissingAlarm(): void {
    const { expressionString } = this.props.schedule;
    Annotations.of(this).addWarningV2(
      'cost-alerts:noAlarmOnMissingChecks',
      `No alarm fires if checks stop: ${expressionString} can leave more than 3.5 days between two checks, and CloudWatch looks back 7 days at most; choose a schedule of every 3.5 days or more often`,
    );
  }

  private watchDeadLetters(): void {
    const { deadLetterQueue, postToSlack } = this.props;
    const failed = postToSlack === undefined ? 'A check' : 'A check or a Slack post';
    this.addAlarm('DeadLetters', {
      description: `${failed} failed after all retries. The queue keeps its event, which names the provider, for 14 days.`,
      metric: deadLetterQueue.metricApproximateNumberOfMessagesVisible({
        period: Duration.minutes(5),
      }),
      // SQS no longer measures a queue that nobody has used for six hours; what is in it is still there.
      missingData: TreatMissingData.IGNORE,
    });
  }

  private watchPosts(postToSlack: LambdaFunction): void {
    this.addAlarm('FailedPosts', {
      description:
        'A message could not be posted to Slack. Email and other subscriptions still work.',
      metric: postToSlack.metricErrors({ period: Duration.minutes(5) }),
      // OK would be posted to Slack too, fail there, and set the alarm off again, in a loop.
      publishesOk: false,
    });
  }

  /** It runs daily, whatever is sent; so the window is one that CloudWatch has for every daily schedule. */
  private watchDigest(digest: SendDigest): void {
    const window = noSuccessWindow(digest.schedule);
    if (window === undefined) return;
    this.addAlarm('NoDigest', {
      description: `A digest is due and was not sent for ${durationText(window)}.`,
      metric: filledUp(digest.digestSent, 'Digests sent', window),
      isBreaching: 'below 1',
      periods: window.periods,
      missingData: TreatMissingData.BREACHING,
      warmUp: warmUp(window),
    });
  }

  /** For as long as the digest has not said so. */
  private watchSubscribers(digest: SendDigest): void {
    this.addAlarm('SubscribersLost', {
      description:
        'Fewer subscriptions are confirmed than at the last digest: someone no longer gets the alerts.',
      metric: digest.subscribersLost.with({ period: Duration.days(1) }),
    });
  }

  private addAlarm(id: AlarmId, settings: AlarmSettings): void {
    const section = runbookSections[id];
    const link = runbookLink(this.props.runbookUrl, id);
    const { periods = 1, breaches = periods } = settings;
    const alarm = new Alarm(this, id, {
      // The subject of the email has it.
      alarmName: `${this.deploymentName()} - ${section.charAt(0).toLowerCase()}${section.slice(1)}`,
      alarmDescription: `${settings.description} What to do: ${link}`,
      metric: settings.metric,
      threshold: 1,
      comparisonOperator: settings.isBreaching
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: periods,
      datapointsToAlarm: breaches,
      treatMissingData: settings.missingData ?? TreatMissingData.NOT_BREACHING,
    });
    if (settings.warmUp) waitFirst(alarm, settings.warmUp);
    const action = new SnsAction(this.props.topic);
    alarm.addAlarmAction(action);
    if (settings.publishesOk !== false) alarm.addOkAction(action);
  }

  /** Unique in its account and region: the stack's name and the path within the stack. */
  private deploymentName(): string {
    const stack = Stack.of(this);
    const ids = this.node.scopes
      .slice(stack.node.scopes.length, -1)
      .map((scope) => scope.node.id)
      .filter((id) => id !== 'Default');
    return [stack.stackName, ...ids].join(' ');
  }
}

/** Waits for the whole of it: `filledUp` leaves no gaps, so CloudWatch would find enough data at once. */
function waitFirst(alarm: Alarm, duration: Duration): void {
  (alarm.node.defaultChild as CfnAlarm).warmUpConfiguration = {
    warmUpPeriodDurationInMinutes: duration.toMinutes(),
    onlyStartEvaluatingAfterWarmUpPeriodEnds: true,
  };
}

/**
 * Gaps are filled with zeros. Where data are missing, an alarm looks further back than its periods and fires only if it
 * finds nothing there either: for hourly data two hours late.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
function filledUp(metric: Metric, label: string, { period }: AlarmWindow): IMetric {
  return new MathExpression({
    expression: 'FILL(checks, 0)',
    usingMetrics: { checks: metric },
    label,
    period,
  });
}

/** The anchor is the one that GitHub makes of the section's heading. */
export function runbookLink(url: string, alarm: AlarmId): string {
  const anchor = runbookSections[alarm]
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
  return `${url}#${anchor}`;
}
