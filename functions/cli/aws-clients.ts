/** Clients of the AWS account that a command line means; they follow `AWS_ENDPOINT_URL` where it is set. */
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { requestHandler } from '../config/aws-requests.ts';
import type { AwsOptions } from './source-options.ts';

export interface AwsClients {
  readonly ssm: SSMClient;
  readonly sns: SNSClient;
  readonly cloudformation: CloudFormationClient;
  readonly documents: DynamoDBDocumentClient;
  /** Throws the SDK's error where there is none. */
  readonly region: () => Promise<string>;
}

/** Somebody is waiting: a few tries, and none that stalls. */
const settings = { requestHandler, maxAttempts: 5 } as const;

/** Credentials and region come from the usual chain, for the profile where one is given. */
export function awsClients({ profile, region }: AwsOptions): AwsClients {
  const asked = {
    ...settings,
    ...(profile !== undefined && { profile }),
    ...(region !== undefined && { region }),
  };
  const ssm = new SSMClient(asked);
  return {
    ssm,
    sns: new SNSClient(asked),
    cloudformation: new CloudFormationClient(asked),
    documents: DynamoDBDocumentClient.from(new DynamoDBClient(asked), {
      marshallOptions: { removeUndefinedValues: true },
    }),
    region: () => ssm.config.region(),
  };
}
