/** What the embedded AWS can be told to do wrong. */
import type { ServiceId } from './embedded-service.ts';

/**
 * `throttle`, `deny` and `error` (500) are answers in the service's own words; nothing is carried out.
 * `drop` carries the operation out and then cuts the connection: the answer is lost, the effect is not.
 * `down` cuts the connection before anything is done.
 */
export type Fault = 'throttle' | 'deny' | 'error' | 'drop' | 'down';

/** Everything, one service, or one operation: `*`, `ssm`, `ssm:GetParametersByPath`. */
export type FaultTarget = '*' | ServiceId | `${ServiceId}:${string}`;

export interface Faults {
  /** The next `times` requests to the target meet the fault; all of them, if not given. Replaces an earlier one. */
  readonly set: (target: FaultTarget, fault: Fault, times?: number) => void;
  /** Ends the target's fault; all faults, if not given. The latency stays. */
  readonly clear: (target?: FaultTarget) => void;
  /** Milliseconds before each answer. */
  latencyMs: number;
}

export interface FaultSwitchboard extends Faults {
  /** The fault that this request meets, counted as met; the narrowest target wins. */
  readonly take: (service: ServiceId, operation: string) => Fault | undefined;
}

export function createFaults(): FaultSwitchboard {
  const active = new Map<FaultTarget, { fault: Fault; times: number }>();

  function take(service: ServiceId, operation: string): Fault | undefined {
    for (const target of [`${service}:${operation}`, service, '*'] as const) {
      const entry = active.get(target);
      if (entry !== undefined) {
        entry.times -= 1;
        if (entry.times <= 0) active.delete(target);
        return entry.fault;
      }
    }
    return undefined;
  }

  return {
    set: (target, fault, times = Number.POSITIVE_INFINITY) => {
      active.set(target, { fault, times });
    },
    clear: (target) => {
      if (target === undefined) active.clear();
      else active.delete(target);
    },
    take,
    latencyMs: 0,
  };
}
