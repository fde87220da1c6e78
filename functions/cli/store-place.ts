/** Parameter Store as the place of an account's two parameters. */
import {
  DeleteParameterCommand,
  ParameterNotFound,
  PutParameterCommand,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import { type Parameter, readParameter } from '../config/parameter-store.ts';
import { oneLine } from '../messages/plain-text.ts';
import type { ParameterNames } from './account-draft.ts';
import { awsProblem } from './aws-problem.ts';
import type { KeptParameters, NewParameters, ParameterPlace } from './parameter-place.ts';
import { UsageError } from './usage-error.ts';

export function storePlace(ssm: SSMClient, region: string): ParameterPlace {
  return {
    name: `Parameter Store in ${region}`,
    read: (names) => readBoth(ssm, names),
    write: (parameters) => writeBoth(ssm, parameters),
  };
}

async function readBoth(ssm: SSMClient, names: ParameterNames): Promise<KeptParameters> {
  const [config, token] = await Promise.all([
    readParameter(ssm, names.config),
    readParameter(ssm, names.token),
  ]);
  for (const [one, type] of [[config, 'String'] as const, [token, 'SecureString'] as const]) {
    if (one !== undefined) checkType(one, type);
  }
  return { config, token };
}

/** PutParameter refuses to change a type (HierarchyTypeMismatchException). */
function checkType({ name, type }: Parameter, expected: Parameter['type']): void {
  if (type === expected) return;
  throw new UsageError(
    `${name}: expected a ${expected}, got a ${type}, and a parameter cannot change its type; delete it first: aws ssm delete-parameter --name ${name}`,
  );
}

/**
 * The token first: its write is the likelier one to be refused, as it needs a key, and over a valid account it leaves
 * one that is valid. Whoever reads between the two finds an account without a config for some milliseconds.
 */
async function writeBoth(ssm: SSMClient, parameters: NewParameters): Promise<void> {
  const { names, before } = parameters;
  const token = { name: names.token, value: parameters.token, type: 'SecureString' } as const;
  const config = { name: names.config, value: parameters.config, type: 'String' } as const;
  try {
    await put(ssm, token, before.token !== undefined);
    try {
      await put(ssm, config, before.config !== undefined);
    } catch (error) {
      await takeBack(ssm, names.token, before.token);
      throw error;
    }
  } catch (error) {
    const now = await Promise.all([
      stateOf(ssm, names.token, before.token),
      stateOf(ssm, names.config, before.config),
    ]);
    throw new UsageError(`not written: ${reasonOf(error)}. Now ${now.join(' and ')}`);
  }
}

type Draft = Pick<Parameter, 'name' | 'value' | 'type'>;

/** A put whose answer was lost is one that was carried out, if it can be read back. */
async function put(ssm: SSMClient, { name, value, type }: Draft, overwrite: boolean) {
  try {
    await ssm.send(
      new PutParameterCommand({ Name: name, Value: value, Type: type, Overwrite: overwrite }),
    );
  } catch (error) {
    const kept = await readParameter(ssm, name).catch(() => undefined);
    if (kept?.value !== value || kept.type !== type) throw error;
  }
}

/** As well as it can be done; what came of it is read afterwards. */
async function takeBack(ssm: SSMClient, name: string, before: Parameter | undefined) {
  try {
    if (before === undefined) await ssm.send(new DeleteParameterCommand({ Name: name }));
    else await put(ssm, before, true);
  } catch (error) {
    if (!(error instanceof ParameterNotFound)) return;
  }
}

async function stateOf(ssm: SSMClient, name: string, before: Parameter | undefined) {
  try {
    const kept = await readParameter(ssm, name);
    if (kept === undefined) return `${name} is not there`;
    return kept.value === before?.value ? `${name} is as it was` : `${name} is NEW`;
  } catch {
    return `nobody knows what ${name} is, as it cannot be read`;
  }
}

function reasonOf(error: unknown): string {
  return awsProblem(error) ?? oneLine(error instanceof Error ? error.message : String(error));
}
