/** The command line of `npm start`. */
import { parseArgs } from 'node:util';
import { StartError } from './start-error.ts';

export interface StartOptions {
  readonly help: boolean;
  /** Go on with the real clock. */
  readonly watch: boolean;
  /** File with the parameters of real accounts. */
  readonly parameters?: string;
  /** Of the embedded AWS. */
  readonly port?: number;
}

export const usage = `Usage: npm start -- [options]

Without options: plays the last three days of a simulated provider, with
everything on this machine, and prints what would have been sent.

  --watch            go on with the real clock, a check an hour, until Ctrl-C
  --parameters FILE  watch real accounts instead; FILE is a JSON object of
                     parameter names and values, as in the README
  --port N           port of the embedded AWS (default: a free one)
  --help             this text
`;

const options = {
  help: { type: 'boolean', default: false },
  watch: { type: 'boolean', default: false },
  parameters: { type: 'string' },
  port: { type: 'string' },
} as const;

/** Throws a StartError for what is not allowed. */
export function readOptions(args: readonly string[]): StartOptions {
  const { help, watch, parameters, port } = parse(args);
  return {
    help,
    watch,
    ...(parameters !== undefined && { parameters }),
    ...(port !== undefined && { port: readPort(port) }),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    // Only its first sentence is about what was typed.
    const [problem] = String(error instanceof Error ? error.message : error).split(/\. |\n/);
    throw new StartError(
      `${problem?.replace(/\.$/, '')}; allowed are --watch, --parameters FILE, --port N and --help`,
      { cause: error },
    );
  }
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port >= 1 && port <= 65_535) return port;
  throw new StartError(`--port: expected a number from 1 to 65535, got ${JSON.stringify(text)}`);
}
