/** Kinds of alerts, how grave one can be, and the words of those about an account. */

/** Ascending. */
export const SEVERITIES = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** An alert fires, and is resolved when it is over. */
export const STATUSES = ['firing', 'resolved'] as const;
export type Status = (typeof STATUSES)[number];

/** Kinds of notices about a budget. */
export const BUDGET_KINDS = ['budget', 'forecast', 'total'] as const;

/** Kinds of notices about an account: what happened, after its name, and in few words what would have in a mute. */
export const HEALTH_WORDS = {
  'read-error': { firing: 'is unreadable', resolved: 'is readable again', missed: 'unreadable' },
  'no-data': { firing: 'reports no usage', resolved: 'reports usage again', missed: 'no usage' },
  mismatch: {
    firing: 'does not match the bill',
    resolved: 'matches the bill again',
    missed: 'bill not matched',
  },
  'invalid-config': {
    firing: 'has invalid parameters',
    resolved: 'has valid parameters again',
    missed: 'invalid parameters',
  },
  unwatched: {
    firing: 'is no longer watched',
    resolved: 'is watched again',
    missed: 'not watched',
  },
  muted: { firing: 'is muted', resolved: 'is no longer muted', missed: 'muted' },
} as const satisfies Readonly<Record<string, Readonly<Record<Status | 'missed', string>>>>;

export type HealthKind = keyof typeof HEALTH_WORDS;
export const HEALTH_KINDS = Object.keys(HEALTH_WORDS) as readonly HealthKind[];
export type NoticeKind = (typeof BUDGET_KINDS)[number] | HealthKind | 'anomaly' | 'balance';

/** Kinds that go on until they are resolved, and are said of a watched account. */
export const FIRING_KINDS = [
  'budget',
  'forecast',
  'balance',
  'anomaly',
  ...HEALTH_KINDS.filter((kind) => kind !== 'unwatched' && kind !== 'muted'),
] as const;

export type FiringKind = (typeof FIRING_KINDS)[number];
