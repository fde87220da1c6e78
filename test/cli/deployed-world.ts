/** A deployed stack in a watched world, emptied before each test of a file; what commands read is AWS's part of it. */
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { isolateEnvironment } from '../../cli/demo/local-process.ts';
import { startWatchedWorld, type WatchedWorld } from '../support/watched-world.ts';

/** As of `now`, ISO 8601. */
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
