declare module 'dynalite' {
  import type { Server } from 'node:http';

  interface DynaliteOptions {
    /** Folder of the LevelDB store; in memory, if not given. */
    readonly path?: string;
    /** Milliseconds that a new table stays in CREATING, 500 if not given. */
    readonly createTableMs?: number;
    /** Milliseconds that a deleted table stays in DELETING, 500 if not given. */
    readonly deleteTableMs?: number;
  }

  /** A server that does not listen yet. Its `close` closes the store too, but only while it listens. */
  function dynalite(options?: DynaliteOptions): Server;

  export = dynalite;
}
