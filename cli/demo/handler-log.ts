import { oneLine } from '../../functions/messages/plain-text.ts';

/** The handlers' logger writes to the console, where this environment is set before it is made. */
export const consoleLogging = { POWERTOOLS_DEV: 'true', POWERTOOLS_METRICS_DISABLED: 'true' };

const methods = ['debug', 'info', 'warn', 'error'] as const;

interface LogEntry {
  readonly level: string;
  readonly message: string;
  readonly account?: string;
  readonly total?: string;
  readonly messages?: readonly string[];
  readonly remarks?: readonly string[];
  readonly failure?: string;
  readonly error?: { readonly message?: string };
}

/** Until the returned function is called, what is logged goes to `write`, a line at a time. */
export function redirectLog(provider: string, write: (line: string) => void): () => void {
  const original = Object.fromEntries(methods.map((method) => [method, console[method]]));
  for (const method of methods) {
    console[method] = (text: unknown) => {
      for (const line of linesOf(provider, String(text))) write(line);
    };
  }
  return () => {
    Object.assign(console, original);
  };
}

function linesOf(provider: string, text: string): readonly string[] {
  const entry = parse(text);
  if (entry === undefined) return [text];
  // Only where POWERTOOLS_LOG_LEVEL asks for more than warnings: the log unchanged.
  if (entry.level === 'DEBUG' || entry.level === 'INFO') return [JSON.stringify(entry)];
  // Each begins with the parameter's name.
  if (entry.messages !== undefined) return entry.messages;
  const name = entry.account ?? entry.total;
  const subject = name === undefined ? provider : `${provider}/${name}`;
  const details = entry.remarks ?? [entry.failure ?? entry.error?.message ?? ''];
  return details.map((detail) => oneLine(`${subject}: ${entry.message}: ${detail}`));
}

function parse(text: string): LogEntry | undefined {
  try {
    return JSON.parse(text) as LogEntry;
  } catch {
    return undefined;
  }
}
