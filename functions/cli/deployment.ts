/** What a stack deployed, as its outputs name it. */
import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import type { AwsClients } from './aws-clients.ts';
import { isDenied } from './aws-problem.ts';

export interface Deployment {
  readonly topicArn: string;
  readonly tableName: string;
  /** `/cost-alerts`. */
  readonly parameterRoot: string;
}

/** What was deployed; or why that is not known, in half a sentence: `there is no stack CostAlerts in eu-west-1`. */
export type DeploymentLookup =
  | { readonly deployment: Deployment }
  | { readonly deployment?: undefined; readonly reason: string };

/** Throws what the SDK throws, but for a stack that is not there and a permission that is missing. */
export async function findDeployment(
  { cloudformation, region }: AwsClients,
  stack: string,
  signal?: AbortSignal,
): Promise<DeploymentLookup> {
  const outputs = await readOutputs(cloudformation, stack, signal);
  if (outputs === 'missing') {
    return { reason: `there is no stack ${stack} in ${await region()}; --stack names another one` };
  }
  if (outputs === 'denied') {
    return {
      reason: `these credentials may not see stack ${stack} (cloudformation:DescribeStacks)`,
    };
  }
  const topicArn = outputs.get('TopicArn');
  const tableName = outputs.get('TableName');
  const parameterRoot = outputs.get('ParameterRoot');
  if (topicArn === undefined || tableName === undefined || parameterRoot === undefined) {
    const expected = 'the outputs TopicArn, TableName and ParameterRoot';
    return {
      reason: `stack ${stack} lacks ${expected}, so it is not one of cost-alerts, or not done`,
    };
  }
  return { deployment: { topicArn, tableName, parameterRoot } };
}

async function readOutputs(
  client: CloudFormationClient,
  stack: string,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, string> | 'missing' | 'denied'> {
  try {
    const { Stacks: [found] = [] } = await client.send(
      new DescribeStacksCommand({ StackName: stack }),
      { ...(signal && { abortSignal: signal }) },
    );
    const outputs = found?.Outputs ?? [];
    return new Map(outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
  } catch (error) {
    if (isDenied(error)) return 'denied';
    if (error instanceof Error && /does not exist/.test(error.message)) return 'missing';
    throw error;
  }
}
