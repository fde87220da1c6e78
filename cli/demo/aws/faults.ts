/** What may go wrong with a request to the embedded AWS, as tests want it. */

/** As in IAM actions: `ssm:GetParameter`. */
export type ServiceId = 'ssm' | 'sns' | 'dynamodb' | 'cloudformation' | 'sqs' | 'cloudwatch';

/**
 * `throttle`, `deny` and `error` (500) answer with the service's own errors; nothing is carried out.
 * `drop` carries the operation out and then cuts the connection: the answer is lost, the effect is not.
 * `down` cuts the connection before anything is carried out; `hang` never answers.
 */
export type Fault = 'throttle' | 'deny' | 'error' | 'drop' | 'down' | 'hang';

/** Everything, one service, or one operation: `*`, `ssm`, `ssm:GetParametersByPath`. */
export type FaultTarget = '*' | ServiceId | `${ServiceId}:${string}`;

export interface Faults {
  /**
   * The next `times` requests to the target have the fault, by default all; the first `after` of them, by default none, still
   * succeed. Replaces an earlier fault of the target.
   */
  readonly set: (target: FaultTarget, fault: Fault, times?: number, after?: number) => void;
  /** Ends the target's fault, by default all faults. Does not change the latency. */
  readonly clear: (target?: FaultTarget) => void;
  /** Milliseconds before each answer. */
  latencyMs: number;
}

export interface FaultSwitchboard extends Faults {
  /** The fault of this request, counted down; the narrowest target wins. */
  readonly take: (service: ServiceId, operation: string) => Fault | undefined;
}

export function createFaults(): FaultSwitchboard {
  const active = new Map<FaultTarget, { fault: Fault; times: number; after: number }>();

  function take(service: ServiceId, operation: string): Fault | undefined {
    for (const target of [`${service}:${operation}`, service, '*'] as const) {
      const fault = meet(target);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  function meet(target: FaultTarget): Fault | undefined {
    const entry = active.get(target);
    if (entry === undefined) return undefined;
    if (entry.after > 0) {
      entry.after -= 1;
      return undefined;
    }
    entry.times -= 1;
    if (entry.times <= 0) active.delete(target);
    return entry.fault;
  }

  return {
    set: (target, fault, times = Number.POSITIVE_INFINITY, after = 0) => {
      active.set(target, { fault, times, after });
    },
    clear: (target) => {
      if (target === undefined) active.clear();
      else active.delete(target);
    },
    take,
    latencyMs: 0,
  };
}
