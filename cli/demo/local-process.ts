/** What the handlers find in this process: an environment that leads to nothing else, and a log for people. */
import { devNull } from 'node:os';
import { oneLine } from '../../functions/messages/plain-text.ts';

/**
 * Removes every AWS setting, files included, from `environment` and adds `settings`: an SDK client created afterwards
 * reaches nothing but the endpoint in `settings`, whatever the user has configured.
 */
export function isolateEnvironment(
  environment: NodeJS.ProcessEnv,
  settings: { readonly AWS_ENDPOINT_URL: string } & Readonly<Record<string, string>>,
): void {
  for (const name of Object.keys(environment)) {
    if (/^_?AWS_/i.test(name)) delete environment[name];
  }
  Object.assign(environment, settings, {
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
  });
}

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
