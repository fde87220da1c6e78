/** A time of day that is set by hand, for code that asks the process for it. Timers and `performance.now` stay real. */

export interface SimulatedClock {
  /** Epoch milliseconds; the time stands still until it is set again. */
  readonly set: (now: number) => void;
  /** Gives the process its real time back. */
  readonly restore: () => void;
}

/** From here on `Date.now()` and `new Date()` say `now` (epoch milliseconds), in the whole process. */
export function simulateClock(now: number): SimulatedClock {
  const RealDate = globalThis.Date;
  let current = now;
  // A proxy rather than a subclass: a date made before is still `instanceof Date`.
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args) => Reflect.construct(target, args.length === 0 ? [current] : args),
    get: (target, key) => (key === 'now' ? () => current : Reflect.get(target, key)),
  });
  return {
    set: (next) => {
      current = next;
    },
    restore: () => {
      globalThis.Date = RealDate;
    },
  };
}
