/** An embedded AWS and a simulated Northflank for one test of `init`, and its command line as a script has it. */
import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, expect } from 'vitest';
import type { EmbeddedAws } from '../../../../cli/demo/aws/embedded-aws.ts';
import {
  type SimulatedNorthflank,
  startSimulatedNorthflank,
} from '../../../../cli/demo/vendors/northflank.ts';
import { newFolder } from '../../../support/run-folder.ts';
import { type CommandRun, fixedNow, runCommand } from '../../command-run.ts';
import { useEmbeddedAws } from '../../deployed-world.ts';

export const token = 'nf-token-0123456789';
export const account = 'northflank/acme';
export const names = {
  config: '/cost-alerts/northflank/acme/config',
  token: '/cost-alerts/northflank/acme/token',
};

interface InitWorld {
  readonly aws: EmbeddedAws;
  readonly northflank: SimulatedNorthflank;
  /** An empty one. */
  readonly folder: string;
}

/** Made anew before each test of a file, and closed after it. `since` is the provider's earliest row, epoch milliseconds. */
export function useInitWorld({ since }: { readonly since?: number } = {}): InitWorld {
  const aws = useEmbeddedAws();
  const world = { aws } as { -readonly [Key in keyof InitWorld]: InitWorld[Key] };

  beforeEach(async () => {
    world.northflank = await startSimulatedNorthflank({
      token,
      history: () => ({ cpu: '0.1' }),
      now: () => fixedNow,
      ...(since !== undefined && { since }),
    });
    world.folder = newFolder();
  });

  afterEach(async () => {
    await world.northflank.close();
    await rm(world.folder, { recursive: true });
  });

  return world;
}

/** Everything that a script has to give. */
export function complete({ northflank }: InitWorld, ...more: readonly string[]): string[] {
  return ['init', account, '--base-url', northflank.url, '--token-stdin', '--yes', ...more];
}

export async function initialised(
  world: InitWorld,
  ...more: readonly string[]
): Promise<CommandRun> {
  const run = await runCommand(complete(world, ...more), { input: `${token}\n` });
  expect(`${run.stdout}${run.stderr}`).not.toContain(token);
  return run;
}

/** One line, exit code 2, and nothing was written. */
export function expectRefused(
  { aws }: InitWorld,
  { exitCode, stdout, stderr }: CommandRun,
  line: string,
): void {
  expect({ stderr, stdout, exitCode }).toEqual({
    stderr: `cost-alerts: ${line}\n`,
    stdout: '',
    exitCode: 2,
  });
  expect(aws.parameters.get(names.config)).toBeUndefined();
  expect(aws.parameters.get(names.token)).toBeUndefined();
}
