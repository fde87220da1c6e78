/** What CloudWatch asks of a custom widget: its content, or what it is. */
import * as z from 'zod';
import { TOTALS } from '../config/account.ts';
import { readEnvironment, requestHandler } from '../config/environment.ts';
import { readSummaries, type SummarizedAccount } from '../ledger/account-summary.ts';
import { documentClient, openTable } from '../ledger/table.ts';
import { type Row, renderOverview, rowOf } from './overview.ts';

const environmentSchema = z.object({
  TABLE_NAME: z.string().min(1),
  PARAMETER_ROOT: z.string().regex(/^(\/[\w.-]+)+$/),
  AWS_REGION: z.string().min(1),
  /** Ids with commas between them. */
  PROVIDERS: z.string().min(1),
});

export interface OverviewDeps {
  readonly readSummaries: (provider: string) => AsyncIterable<SummarizedAccount>;
  readonly providers: readonly string[];
  readonly region: string;
  /** `/cost-alerts`. */
  readonly parameterRoot: string;
}

/** Throws one line that names what is missing in `environment`. The client follows `AWS_ENDPOINT_URL` where it is set. */
export function connectOverview(
  environment: NodeJS.ProcessEnv,
): (signal: AbortSignal) => OverviewDeps {
  const data = readEnvironment(environmentSchema, environment);
  const documents = documentClient(requestHandler);
  return (signal) => ({
    readSummaries: (provider) =>
      readSummaries(openTable(documents, data.TABLE_NAME, signal), provider),
    providers: data.PROVIDERS.split(','),
    region: data.AWS_REGION,
    parameterRoot: data.PARAMETER_ROOT,
  });
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/add_custom_widget_dashboard_about.html */
const eventSchema = z.looseObject({
  describe: z.boolean().optional(),
  widgetContext: z.looseObject({ theme: z.string().optional() }).optional(),
});

const DESCRIPTION = {
  markdown:
    '## cost-alerts\nTotals and accounts, their budgets with forecasts, and what fires, as the last checks left them. It takes no parameters.',
};

/** `now`: epoch milliseconds. */
export async function showOverview(
  event: unknown,
  { readSummaries: read, providers, region, parameterRoot }: OverviewDeps,
  now: number,
): Promise<string | typeof DESCRIPTION> {
  const { data: asked } = eventSchema.safeParse(event ?? {});
  if (asked?.describe) return DESCRIPTION;
  const theme = asked?.widgetContext?.theme === 'dark' ? 'dark' : 'light';
  const setting = { theme, region, parameterRoot, now } as const;
  const rows: Row[] = [];
  for (const provider of [TOTALS, ...providers]) {
    for await (const one of read(provider)) rows.push(rowOf(one, setting));
  }
  return renderOverview(rows, setting);
}
