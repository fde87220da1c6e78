import { Duration } from 'aws-cdk-lib';
import { CustomWidget, Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { functionCode } from './function-code.ts';
import { createFunction, grantSummaries, type LedgerTable } from './lambda-function.ts';

interface CostDashboardProps {
  /** Ids of the providers whose accounts it shows. */
  readonly providers: readonly string[];
  readonly parameterRoot: string;
  readonly table: LedgerTable;
  /** Of runs that nobody waits for; CloudWatch makes none. */
  readonly deadLetterQueue: IQueue;
}

/** CloudWatch's grid is 24 wide. */
const FULL_WIDTH = 24;
const HEIGHT = 18;

/**
 * A dashboard with one widget, all totals and accounts as they are now. Who looks at it needs `lambda:InvokeFunction` on
 * its function: CloudWatch invokes that as them.
 */
export class CostDashboard extends Construct {
  readonly function: LambdaFunction;
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, props: CostDashboardProps) {
    super(scope, id);
    this.function = createFunction(this, {
      description: 'Renders the dashboard of totals and accounts',
      code: functionCode('show-overview'),
      memorySize: 512,
      timeout: Duration.seconds(30),
      serviceName: props.parameterRoot.slice(1),
      maxEventAge: Duration.minutes(1),
      deadLetterQueue: props.deadLetterQueue,
    });
    grantSummaries(this.function, props.table, props.providers);
    this.function.addEnvironment('PARAMETER_ROOT', props.parameterRoot);
    this.dashboard = new Dashboard(this, 'Dashboard', {
      widgets: [
        [
          new CustomWidget({
            title: 'Costs and budgets',
            functionArn: this.function.functionArn,
            width: FULL_WIDTH,
            height: HEIGHT,
            updateOnRefresh: true,
            // It shows what is, whatever span of time the dashboard is set to.
            updateOnTimeRangeChange: false,
            updateOnResize: false,
          }),
        ],
      ],
    });
  }
}
