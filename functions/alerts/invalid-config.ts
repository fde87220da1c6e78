/** Parameters of an account that are invalid. Pure. */
import { isoSeconds } from '../budgets/dates.ts';
import type { InvalidParameters } from '../config/account.ts';
import { problemLine } from '../config/problem.ts';
import type { HealthNotice } from './notice.ts';
import { type AccountDetails, base, ownerText } from './notice-text.ts';

export interface InvalidConfigState {
  /** The invalid parameters that were reported: `config@3`. */
  readonly versions: readonly string[];
  /** When the first of them was; epoch milliseconds. */
  readonly since: number;
}

/** Epoch milliseconds: when it is reported, and when the first of what is over now was. */
export type ConfigEvent =
  | {
      readonly kind: 'invalid-config';
      readonly status: 'firing';
      readonly problem: InvalidParameters;
      readonly at: number;
    }
  | { readonly kind: 'invalid-config'; readonly status: 'resolved'; readonly since: number };

interface ConfigOutcome {
  readonly state: InvalidConfigState | undefined;
  readonly event?: ConfigEvent;
}

/** Each version of an invalid parameter fires once; all of them are resolved at once. A mute puts it off. `now`: epoch milliseconds. */
export function nextConfigState(
  state: InvalidConfigState | undefined,
  problem: InvalidParameters | undefined,
  { now, muted }: { readonly now: number; readonly muted: boolean },
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

/** How an account is watched while its parameters are invalid. */
const UNTIL_THEN = {
  watched: 'its last valid parameters apply',
  never: 'the account is not watched: it has never had valid parameters',
  'no longer': 'the account is not watched: its last valid parameters are gone',
};

export function configNotice(
  event: ConfigEvent,
  details: AccountDetails,
  until: keyof typeof UNTIL_THEN,
): HealthNotice {
  const { kind, status } = event;
  if (status === 'resolved') {
    return {
      ...base(details, { kind, status, id: isoSeconds(event.since) }),
      reason: `The parameters of ${ownerText(details)} are valid again.`,
      nextStep: 'Nothing to do: they apply from now on.',
    };
  }
  const { versions, problems } = event.problem;
  const [first, ...others] = problems;
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  return {
    ...base(details, { kind, status, id: `${versions.join(',')}/${isoSeconds(event.at)}` }),
    severity: 'warning',
    reason: `The parameters of ${ownerText(details)} are invalid: ${first && problemLine(first)}${more}.`,
    nextStep: `Correct the parameter; it is read again within a minute. Until then ${UNTIL_THEN[until]}.`,
  };
}
