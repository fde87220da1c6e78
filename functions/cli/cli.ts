/** What a command touches of its process; a test brings its own. The AWS SDK alone reads `process.env` by itself. */

/** As the process ends: 0 fine, 1 findings, 2 wrong use or it could not be done, 130 stopped by Ctrl-C. */
export type ExitCode = 0 | 1 | 2 | 130;

export type OutputStream = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  readonly columns?: number;
};

export interface Cli {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly environment: NodeJS.ProcessEnv;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Aborts at Ctrl-C. A command ends by what it awaits; it writes nothing it cannot write to its end. */
  readonly signal: AbortSignal;
  /** Set by a command that has something else to say than 0, as `process.exitCode` is. */
  exitCode: ExitCode;
}
