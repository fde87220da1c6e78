/** From what was told about an account's parameters to what is to be told about them now. Pure. */
import type { Misconfiguration } from '../config/account.ts';
import type { MisconfiguredState } from './state.ts';

/** Epoch milliseconds: when it is told, and when the first of what is over now was. */
export type ConfigTelling =
  | { readonly kind: 'misconfigured'; readonly problem: Misconfiguration; readonly at: number }
  | { readonly kind: 'configured'; readonly since: number };

export interface ConfigOutcome {
  /** What was told and is not over yet. */
  readonly told: MisconfiguredState | undefined;
  readonly telling?: ConfigTelling;
}

export interface ConfigMoment {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly muted: boolean;
}

/** Each version of a broken parameter is told once, and so is the end of it all. A mute puts the telling off. */
export function tellConfig(
  told: MisconfiguredState | undefined,
  problem: Misconfiguration | undefined,
  { now, muted }: ConfigMoment,
): ConfigOutcome {
  if (problem === undefined) {
    if (told === undefined || muted) return { told: undefined };
    return { told: undefined, telling: { kind: 'configured', since: told.since } };
  }
  const { versions } = problem;
  const standing = told?.versions.filter((version) => versions.includes(version)) ?? [];
  if (muted || standing.length === versions.length) {
    return { told: told && { ...told, versions: standing } };
  }
  return {
    told: { versions, since: told?.since ?? now },
    telling: { kind: 'misconfigured', problem, at: now },
  };
}
