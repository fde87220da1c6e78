/** From what was reported about an account's parameters to what has happened to them now. Pure. */
import type { InvalidParameters } from '../config/account.ts';
import type { InvalidConfigState } from './state.ts';

/** Epoch milliseconds: when it is reported, and when the first of what is over now was. */
export type ConfigEvent =
  | {
      readonly kind: 'invalid-config';
      readonly status: 'firing';
      readonly problem: InvalidParameters;
      readonly at: number;
    }
  | { readonly kind: 'invalid-config'; readonly status: 'resolved'; readonly since: number };

export interface ConfigOutcome {
  readonly state: InvalidConfigState | undefined;
  readonly event?: ConfigEvent;
}

export interface ConfigMoment {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly muted: boolean;
}

/** Each version of an invalid parameter fires once; all of them are resolved at once. A mute puts it off. */
export function nextConfigState(
  state: InvalidConfigState | undefined,
  problem: InvalidParameters | undefined,
  { now, muted }: ConfigMoment,
): ConfigOutcome {
  if (problem === undefined) {
    if (state === undefined || muted) return { state: undefined };
    const { since } = state;
    return { state: undefined, event: { kind: 'invalid-config', status: 'resolved', since } };
  }
  const { versions } = problem;
  const known = state?.versions.filter((version) => versions.includes(version)) ?? [];
  if (muted || known.length === versions.length) {
    return { state: state && { ...state, versions: known } };
  }
  return {
    state: { versions, since: state?.since ?? now },
    event: { kind: 'invalid-config', status: 'firing', problem, at: now },
  };
}
