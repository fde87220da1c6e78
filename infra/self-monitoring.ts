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
import { providerById } from '../functions/providers/registry.ts';
import {
  type AlarmWindow,
  durationText,
  errorWindow,
  silenceWindow,
  warmUp,
} from './alarm-window.ts';
import { type RunbookSection, runbookLink } from './runbook.ts';
import type { SendDigest } from './send-digest.ts';
import type { UsageCheck } from './usage-check.ts';

export interface SelfMonitoringProps {
  /** Where the alarms are told. */
  readonly topic: Topic;
  readonly checks: readonly UsageCheck[];
  /** When the checks run. */
  readonly schedule: ScheduleExpression;
  readonly postToSlack?: LambdaFunction;
  /** Absent where no digest is sent. */
  readonly digest?: SendDigest;
  readonly deadLetterQueue: Queue;
  /** The page with the runbook. */
  readonly runbookUrl: string;
}

interface AlarmSettings {
  /** What is wrong, as the title of a mail: `checks of Northflank fail`. */
  readonly title: string;
  /** What it means, in one sentence. */
  readonly description: string;
  readonly section: RunbookSection;
  readonly metric: IMetric;
  readonly isBreaching: 'at 1 or more' | 'below 1';
  readonly periods: number;
  /** Of the periods, so many must breach; all of them if not given. */
  readonly breaches?: number;
  readonly missingData: TreatMissingData;
  /** How long it waits before its first look; not at all if not given. */
  readonly warmUp?: Duration;
  /** Whether it is also told when it is over. */
  readonly reportsEnd: boolean;
}

/** Alarms about the alerts themselves, told where the alerts are told. */
export class SelfMonitoring extends Construct {
  private readonly props: SelfMonitoringProps;

  constructor(scope: Construct, id: string, props: SelfMonitoringProps) {
    super(scope, id);
    this.props = props;
    this.letAlarmsPublish();
    for (const check of props.checks) {
      this.watchErrors(check);
      this.watchPostponed(check);
    }
    const noData = silenceWindow(props.schedule);
    if (noData === undefined) this.warnOfNoAlarm();
    else for (const check of props.checks) this.alarmOnSilence(check, noData);
    this.watchDeadLetters();
    if (props.postToSlack !== undefined) this.watchPosts(props.postToSlack);
    if (props.digest !== undefined) {
      this.watchDigest(props.digest);
      this.watchSubscribers(props.digest);
    }
  }

  /** A topic with a policy of its own has lost the default one, which lets in the services of its account. */
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

  private watchErrors(check: UsageCheck): void {
    const { name } = providerById(check.provider);
    const window = errorWindow(this.props.schedule);
    this.addAlarm(`Errors-${check.provider}`, {
      title: `checks of ${name} fail`,
      description: `A check of ${name} failed or ran out of time in the last ${durationText(window)}: what it had to tell may be late.`,
      section: 'failedChecks',
      metric: check.function.metricErrors({ period: window.period }),
      isBreaching: 'at 1 or more',
      periods: window.periods,
      breaches: 1,
      missingData: TreatMissingData.NOT_BREACHING,
      reportsEnd: true,
    });
  }

  private watchPostponed(check: UsageCheck): void {
    const { name } = providerById(check.provider);
    const window = errorWindow(this.props.schedule);
    this.addAlarm(`Postponed-${check.provider}`, {
      title: `accounts at ${name} are postponed`,
      description: `A check of ${name} had no time for all accounts in the last ${durationText(window)}: what is spent there may be told late.`,
      section: 'postponed',
      metric: check.postponedAccounts.with({ period: window.period }),
      isBreaching: 'at 1 or more',
      periods: window.periods,
      breaches: 1,
      missingData: TreatMissingData.NOT_BREACHING,
      reportsEnd: true,
    });
  }

  /** Before the first check has ended there is silence, too, which the warm-up leaves out. */
  private alarmOnSilence(check: UsageCheck, window: AlarmWindow): void {
    const { name } = providerById(check.provider);
    this.addAlarm(`Silence-${check.provider}`, {
      title: `no check of ${name} succeeds`,
      description: `No account at ${name} has been read completely for ${durationText(window)}: nobody sees what is spent there.`,
      section: 'silence',
      metric: filledUp(check.successfulChecks, 'Accounts read completely', window),
      isBreaching: 'below 1',
      periods: window.periods,
      missingData: TreatMissingData.BREACHING,
      warmUp: warmUp(window),
      reportsEnd: true,
    });
  }

  private warnOfNoAlarm(): void {
    const { expressionString } = this.props.schedule;
    Annotations.of(this).addWarningV2(
      'cost-alerts:noAlarmOnSilence',
      `No alarm will tell that checks have stopped: ${expressionString} may leave more than 3.5 days between two of them, and CloudWatch looks back 7 days at most`,
    );
  }

  private watchDeadLetters(): void {
    const { deadLetterQueue, postToSlack } = this.props;
    const givenUp = postToSlack === undefined ? 'A check' : 'A check or a post to Slack';
    this.addAlarm('DeadLetters', {
      title: 'the dead-letter queue is not empty',
      description: `${givenUp} was given up after all its retries; the dead-letter queue keeps for 14 days what it was about.`,
      section: 'deadLetters',
      metric: deadLetterQueue.metricApproximateNumberOfMessagesVisible({
        period: Duration.minutes(5),
      }),
      isBreaching: 'at 1 or more',
      periods: 1,
      // SQS no longer measures a queue that nobody has used for six hours; what is in it is still there.
      missingData: TreatMissingData.IGNORE,
      reportsEnd: true,
    });
  }

  private watchPosts(postToSlack: LambdaFunction): void {
    this.addAlarm('FailedPosts', {
      title: 'posts to Slack fail',
      description:
        'Posting a message to Slack failed; by email and the other channels it was sent.',
      section: 'failedPosts',
      metric: postToSlack.metricErrors({ period: Duration.minutes(5) }),
      isBreaching: 'at 1 or more',
      periods: 1,
      missingData: TreatMissingData.NOT_BREACHING,
      // Would be posted to Slack as well, fail there, and set the alarm off again, round and round.
      reportsEnd: false,
    });
  }

  /** It runs daily, whatever is sent; so the window is one that CloudWatch has for every daily schedule. */
  private watchDigest(digest: SendDigest): void {
    const window = silenceWindow(digest.schedule);
    if (window === undefined) return;
    this.addAlarm('NoDigest', {
      title: 'no digest is sent',
      description: `A digest is due and was not sent for ${durationText(window)}.`,
      section: 'noDigest',
      metric: filledUp(digest.digestSent, 'Digests sent', window),
      isBreaching: 'below 1',
      periods: window.periods,
      missingData: TreatMissingData.BREACHING,
      warmUp: warmUp(window),
      reportsEnd: true,
    });
  }

  /** For as long as the digest has not said so. */
  private watchSubscribers(digest: SendDigest): void {
    this.addAlarm('SubscribersLost', {
      title: 'subscribers are lost',
      description:
        'Fewer subscriptions are confirmed than at the last digest: someone no longer gets the alerts.',
      section: 'subscribersLost',
      metric: digest.subscribersLost.with({ period: Duration.days(1) }),
      isBreaching: 'at 1 or more',
      periods: 1,
      missingData: TreatMissingData.NOT_BREACHING,
      reportsEnd: true,
    });
  }

  private addAlarm(id: string, settings: AlarmSettings): void {
    const link = runbookLink(this.props.runbookUrl, settings.section);
    const isLow = settings.isBreaching === 'below 1';
    const alarm = new Alarm(this, id, {
      // Stands in the subject of the mail, where a generated name would say nothing.
      alarmName: `${this.deploymentName()} - ${settings.title}`,
      alarmDescription: `${settings.description} What to do: ${link}`,
      metric: settings.metric,
      threshold: 1,
      comparisonOperator: isLow
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: settings.periods,
      datapointsToAlarm: settings.breaches ?? settings.periods,
      treatMissingData: settings.missingData,
    });
    if (settings.warmUp) waitFirst(alarm, settings.warmUp);
    const action = new SnsAction(this.props.topic);
    alarm.addAlarmAction(action);
    if (settings.reportsEnd) alarm.addOkAction(action);
  }

  /** Unique in its account and region: the stack's name, and where it stands in the stack. */
  private deploymentName(): string {
    const stack = Stack.of(this);
    const ids = this.node.scopes
      .slice(stack.node.scopes.length, -1)
      .map((scope) => scope.node.id)
      .filter((id) => id !== 'Default');
    return [stack.stackName, ...ids].join(' ');
  }
}

/** For the whole of it: as `filledUp` leaves no gap, CloudWatch would take it for enough data at once. */
function waitFirst(alarm: Alarm, duration: Duration): void {
  (alarm.node.defaultChild as CfnAlarm).warmUpConfiguration = {
    warmUpPeriodDurationInMinutes: duration.toMinutes(),
    onlyStartEvaluatingAfterWarmUpPeriodEnds: true,
  };
}

/**
 * Filled up with zeros, because an alarm looks further back than its periods as soon as data are missing, and goes off
 * only when it finds nothing there either: for hourly data two hours late.
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
