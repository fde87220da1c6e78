/** What every step of `init` works with. */
import type { Asker } from './asker.ts';
import type { SuggestLimit } from './budget-question.ts';
import type { Cli } from './cli.ts';
import type { InitOptions } from './init-options.ts';

export interface InitSession {
  readonly options: InitOptions;
  readonly cli: Cli;
  /** Absent where nobody can be asked. */
  readonly asker: Asker | undefined;
  readonly suggest: SuggestLimit;
  /** A sentence to the person, beside the questions. */
  readonly say: (sentence: string) => void;
}

/** Ends the steps of `init` where there is nothing to be written. */
export class NotWritten extends Error {}
