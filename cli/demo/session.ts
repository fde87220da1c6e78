import type { Cli, Terminal } from '../output.ts';

/** How a demo runs, and what it prints on. */
export interface Session {
  /** Of the embedded AWS; a free one, if not given. */
  readonly port?: number | undefined;
  /** Continue on the real clock. */
  readonly watch: boolean;
  /** Print messages in full. */
  readonly full: boolean;
  readonly terminal: Terminal;
  /** Its signal ends the session after the check under way. */
  readonly cli: Cli;
}
