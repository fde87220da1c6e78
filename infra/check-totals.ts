import { Duration } from 'aws-cdk-lib';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Match, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Schedule, type ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct, type IDependable } from 'constructs';
import { TOTALS } from '../functions/config/account.ts';
import { noSuccessWindow } from './alarm-window.ts';
import { functionCode } from './function-code.ts';
import {
  createFunction,
  grantParameters,
  grantPublish,
  grantSummaries,
  grantTotals,
  type LedgerTable,
  ownMetric,
} from './lambda-function.ts';
import { laterWindow, maxEventAge } from './schedule.ts';

interface CheckTotalsProps {
  /** When the checks run; totals are evaluated some minutes later. */
  readonly schedule: ScheduleExpression;
  /** Ids of the providers whose accounts a total may be over. */
  readonly providers: readonly string[];
  readonly parameterRoot: string;
  readonly table: LedgerTable;
  readonly topic: ITopic;
  /** Takes the runs that could not be started, and those that failed. */
  readonly deadLetterQueue: IQueue;
  /** The checks: a schedule counts from its creation, so this one is created after theirs. */
  readonly after: readonly IDependable[];
}

/** The function that evaluates totals from what the checks left, and says when nothing is read of a provider any more. */
export class CheckTotals extends Construct {
  readonly function: LambdaFunction;

  /** 1 for a run after which no message is waiting. */
  readonly totalsChecked: Metric;

  constructor(scope: Construct, id: string, props: CheckTotalsProps) {
    super(scope, id);
    const { deadLetterQueue, schedule } = props;
    const retries = { retryAttempts: 185, maxEventAge: maxEventAge(schedule), deadLetterQueue };
    this.function = createFunction(this, {
      description: 'Evaluates totals over accounts',
      code: functionCode('check-totals'),
      // Measured (`npm run bench large-total`): 380 MB for a total over 50,000 accounts; its time goes with the memory.
      memorySize: 1024,
      timeout: Duration.minutes(5),
      serviceName: props.parameterRoot.slice(1),
      maxEventAge: maxEventAge(schedule),
      deadLetterQueue,
    });
    this.totalsChecked = ownMetric('TotalsChecked', props.parameterRoot);
    grantParameters(this.function, props.parameterRoot, TOTALS);
    grantSummaries(this.function, props.table, props.providers);
    grantTotals(this.function, props.table);
    grantPublish(this.function, props.topic, props.table);
    const window = noSuccessWindow(schedule);
    if (window) {
      const minutes = window.period.toMinutes() * window.periods;
      this.function.addEnvironment('SILENT_AFTER_MINUTES', String(minutes));
    }
    const own = new Schedule(this, 'Schedule', {
      description: 'Evaluates totals over accounts',
      schedule,
      timeWindow: laterWindow(schedule),
      target: new LambdaInvoke(this.function, retries),
    });
    own.node.addDependency(...props.after);
    const rule = new Rule(this, 'ParameterChange', {
      description: 'Evaluates totals when the parameter of one changes',
      eventPattern: {
        source: ['aws.ssm'],
        detailType: ['Parameter Store Change'],
        detail: {
          name: Match.prefix(`${props.parameterRoot}/${TOTALS}/`),
          operation: ['Create', 'Update', 'Delete'],
        },
      },
    });
    rule.addTarget(new LambdaTarget(this.function, retries));
  }
}
