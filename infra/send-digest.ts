import { Duration, TimeZone } from 'aws-cdk-lib';
import { type Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Schedule, ScheduleExpression, TimeWindow } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { DIGEST_HOUR, type DigestRhythm } from '../functions/digest/figures.ts';
import { functionCode } from './function-code.ts';
import {
  createFunction,
  grantDigestRecord,
  grantPublish,
  grantSubscriberCounts,
  grantSummaries,
  grantWebhook,
  type LedgerTable,
  ownMetric,
} from './lambda-function.ts';

/** Lambda tries again after one and two minutes; a run that could not be started at all for an hour waits for the next day. */
const MAX_EVENT_AGE = Duration.hours(1);

interface SendDigestProps {
  readonly every: DigestRhythm;
  /** IANA. */
  readonly timeZone: string;
  /** Ids of the providers whose accounts it is about. */
  readonly providers: readonly string[];
  readonly parameterRoot: string;
  readonly table: LedgerTable;
  readonly topic: ITopic;
  /** Whether it also checks that Slack's webhook is there. */
  readonly slack: boolean;
  /** Takes the runs that could not be started, and those that failed. */
  readonly deadLetterQueue: IQueue;
}

/**
 * The function that sends the digest. It runs each morning and sends what is due and not yet out: so a weekly one that
 * failed on Monday comes on Tuesday, and an alarm sees within days that it no longer runs. CloudWatch looks back a week
 * at most, which is too short for a weekly run.
 */
export class SendDigest extends Construct {
  readonly function: LambdaFunction;

  /** When it runs. */
  readonly schedule: ScheduleExpression;

  /** 1 for a run after which every digest that was due is out. */
  readonly digestSent: Metric;

  /** Confirmed subscriptions that were there at the last digest and are gone. */
  readonly subscribersLost: Metric;

  constructor(scope: Construct, id: string, props: SendDigestProps) {
    super(scope, id);
    const { deadLetterQueue } = props;
    this.function = createFunction(this, {
      description: 'Sends the digest of all accounts',
      code: functionCode('send-digest'),
      memorySize: 256,
      // Ten thousand accounts are some fifty requests.
      timeout: Duration.minutes(5),
      serviceName: props.parameterRoot.slice(1),
      maxEventAge: MAX_EVENT_AGE,
      deadLetterQueue,
    });
    this.digestSent = ownMetric('DigestSent', props.parameterRoot);
    this.subscribersLost = ownMetric('SubscribersLost', props.parameterRoot, {
      statistic: Stats.MAXIMUM,
    });
    this.function.addEnvironment('DIGEST', props.every);
    this.function.addEnvironment('DIGEST_TIME_ZONE', props.timeZone);
    grantSummaries(this.function, props.table, props.providers);
    grantDigestRecord(this.function, props.table);
    grantPublish(this.function, props.topic, props.table);
    grantSubscriberCounts(this.function, props.topic);
    if (props.slack) grantWebhook(this.function, props.parameterRoot);
    this.schedule = ScheduleExpression.expression(
      `cron(0 ${DIGEST_HOUR} * * ? *)`,
      TimeZone.of(props.timeZone),
    );
    new Schedule(this, 'Schedule', {
      description: 'Sends the digest of all accounts, if one is due',
      schedule: this.schedule,
      timeWindow: TimeWindow.off(),
      target: new LambdaInvoke(this.function, {
        retryAttempts: 185,
        maxEventAge: MAX_EVENT_AGE,
        deadLetterQueue,
      }),
    });
  }
}
