/** Preloaded into a process under test (`node --import`): the time of day starts at FIXED_NOW (ISO 8601) and goes on. */
const RealDate = Date;
const ahead = RealDate.parse(process.env.FIXED_NOW ?? '') - RealDate.now();

globalThis.Date = class extends RealDate {
  constructor(...args: [] | [number | string]) {
    super(...((args.length === 0 ? [RealDate.now() + ahead] : args) as [number]));
  }

  static override now(): number {
    return RealDate.now() + ahead;
  }
} as DateConstructor;
