/** The AWS that `npm start` and the tests use, the few operations of it, on one loopback port. */
import type { ParameterType } from '@aws-sdk/client-ssm';
import {
  createCloudformation,
  createCloudwatch,
  type EmbeddedCloudformation,
  type EmbeddedCloudwatch,
} from './deployment.ts';
import { openDynamodb } from './dynamodb.ts';
import { createFaults, type Faults } from './faults.ts';
import {
  createParameterStore,
  type ParameterStore,
  type StoredParameter,
} from './parameter-store.ts';
import { createEmbeddedServer, region } from './server.ts';
import { createSns, type Published, type Subscription } from './sns.ts';
import { createSqs, type EmbeddedSqs } from './sqs.ts';
import { createSsm } from './ssm.ts';

interface EmbeddedAwsOptions {
  /** Default: a free one. */
  readonly port?: number;
  /** Folder of the DynamoDB tables, created if missing. Default: in memory. Nothing else is ever on disk. */
  readonly dataPath?: string;
  /** Most parameters in a page of GetParametersByPath, 1 to 10. Default: 10. */
  readonly pageSize?: number;
  /** Clock of modification and publishing times, epoch milliseconds. Default: the real time. */
  readonly now?: () => number;
}

/** Edits Parameter Store within the process, without a request. */
export interface EmbeddedParameters {
  /**
   * Creates or overwrites. The type does not change; it is String for a new one. Over 4 KB it becomes advanced. Throws where AWS
   * refuses. `modifiedAt`: epoch milliseconds. Default: now.
   */
  readonly put: (
    name: string,
    value: string,
    type?: ParameterType,
    modifiedAt?: number,
  ) => StoredParameter;
  readonly get: (name: string) => StoredParameter | undefined;
  /** False where no parameter had that name. */
  readonly delete: (name: string) => boolean;
  /** From now on the parameter's key cannot be used; without `error` it can again. */
  readonly setKeyError: ParameterStore['setKeyError'];
}

export interface EmbeddedAws {
  /** `http://localhost:4566`, without a trailing slash. */
  readonly endpoint: string;
  /** Environment with which the SDK uses this AWS. */
  readonly environment: {
    readonly AWS_ENDPOINT_URL: string;
    readonly AWS_REGION: string;
    readonly AWS_ACCESS_KEY_ID: string;
    readonly AWS_SECRET_ACCESS_KEY: string;
  };
  readonly parameters: EmbeddedParameters;
  /** Every publish so far, in order. */
  readonly published: readonly Published[];
  /** Requests so far, by operation as in IAM actions: `ssm:GetParametersByPath`. Requests with a fault count, too. */
  readonly requests: Map<string, number>;
  readonly faults: Faults;
  /** With string keys `pk` and `sk`, on demand; ready when this resolves. A table that exists stays as it is. */
  readonly createTable: (name: string) => Promise<void>;
  /** Returns the ARN, in account 000000000000; a topic that exists gets the new subscriptions. */
  readonly createTopic: (name: string, subscriptions?: readonly Subscription[]) => string;
  /** A deployed stack with these outputs. */
  readonly createStack: EmbeddedCloudformation['createStack'];
  /** Queues, and what Lambda does with them. */
  readonly sqs: Pick<EmbeddedSqs, 'createQueue' | 'messagesIn' | 'handOver'>;
  /** State by name. */
  readonly alarms: EmbeddedCloudwatch['alarms'];
  /** Finishes running requests, then ends all connections. A second call waits for the first. */
  readonly close: () => Promise<void>;
}

/** Rejects with one line that names the port or the folder, if either is not free. */
export async function startEmbeddedAws(options: EmbeddedAwsOptions = {}): Promise<EmbeddedAws> {
  const now = options.now ?? Date.now;
  const parameters = createParameterStore(now);
  const faults = createFaults();
  const requests = new Map<string, number>();
  const sns = createSns(now);
  const dynamodb = await openDynamodb(options.dataPath);
  const cloudformation = createCloudformation();
  const ssm = createSsm(parameters, options.pageSize ?? 10);
  const sqs = createSqs(now);
  const cloudwatch = createCloudwatch();
  const services = [ssm, cloudformation, sns, dynamodb, sqs, cloudwatch];
  const server = createEmbeddedServer({ services, faults, requests });
  const port = await server.listen(options.port ?? 0).catch(async (error: unknown) => {
    await dynamodb.close();
    throw error;
  });
  return {
    ...address(port),
    parameters: editable(parameters),
    published: sns.published,
    requests,
    faults,
    createTable: dynamodb.createTable,
    createTopic: sns.createTopic,
    createStack: cloudformation.createStack,
    sqs,
    alarms: cloudwatch.alarms,
    close: once(async () => {
      await server.close();
      await dynamodb.close();
    }),
  };
}

function once(close: () => Promise<void>): () => Promise<void> {
  let closed: Promise<void> | undefined;
  return () => {
    closed ??= close();
    return closed;
  };
}

function address(port: number): Pick<EmbeddedAws, 'endpoint' | 'environment'> {
  const endpoint = `http://localhost:${port}`;
  return {
    endpoint,
    environment: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    },
  };
}

function editable({ put, get, delete: remove, setKeyError }: ParameterStore): EmbeddedParameters {
  return {
    put: (name, value, type, modifiedAt) =>
      put({
        name,
        modifiedAt,
        value,
        type: type ?? get(name)?.type ?? 'String',
        tier: 'Intelligent-Tiering',
        overwrite: true,
      }),
    get,
    delete: remove,
    setKeyError,
  };
}
