/** What commands read and write in tests: the embedded AWS alone, or a deployed stack in a watched world. */
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { type EmbeddedAws, startEmbeddedAws } from '../../cli/demo/aws/embedded-aws.ts';
import { isolateEnvironment } from '../../cli/demo/local-process.ts';
import { startWatchedWorld, type WatchedWorld } from '../support/watched-world.ts';

/** Started anew before each test, as the environment names it. */
export function useEmbeddedAws(): EmbeddedAws {
  const aws = {} as { -readonly [Key in keyof EmbeddedAws]: EmbeddedAws[Key] };

  beforeEach(async () => {
    Object.assign(aws, await startEmbeddedAws());
    isolateEnvironment(process.env, aws.environment);
  });

  afterEach(() => aws.close());

  return aws;
}

/** What was written to it, by operation. */
export function writesTo({ requests }: EmbeddedAws): string[] {
  return [...requests.keys()].filter((name) => /(Put|Update|Delete|Write|Publish)/.test(name));
}

/** Emptied before each test of a file. As of `now`, ISO 8601. */
export function useDeployedWorld(now: string): WatchedWorld {
  const world = {} as { -readonly [Key in keyof WatchedWorld]: WatchedWorld[Key] };

  beforeAll(async () => {
    Object.assign(world, await startWatchedWorld());
    isolateEnvironment(process.env, world.aws.environment);
  });

  afterAll(() => world.close());

  beforeEach(async () => {
    await world.reset(now);
    const { TOPIC_ARN = '', TABLE_NAME = '', PARAMETER_ROOT = '' } = world.environment();
    world.aws.createStack('CostAlerts', {
      TopicArn: TOPIC_ARN,
      TableName: TABLE_NAME,
      ParameterRoot: PARAMETER_ROOT,
    });
  });

  return world;
}
