import { UsageError } from '../cli/usage-error.ts';
import type { Check, LocalDeployment } from './local-deployment.ts';
import { messageLine, messageLines } from './message-lines.ts';
import type { Session } from './session.ts';
import { localTimeZone } from './terminal.ts';

/** Runs one check and prints what it logged and sent. Throws a UsageError if a handler threw. */
export async function runCheck(deployment: LocalDeployment, session: Session): Promise<Check> {
  const { terminal, full, cli } = session;
  const check = await deployment.check();
  const remarks = check.invocations.flatMap((invocation) => invocation.remarks);
  if (remarks.length > 0) terminal.print([...remarks, '']);
  for (const message of check.published) {
    terminal.print(
      full ? messageLines(message, localTimeZone) : [messageLine(message, localTimeZone, cli)],
    );
  }
  const failures = check.invocations.flatMap(({ failure }) => failure ?? []);
  if (failures.length > 0) throw new UsageError(failures.join('; '));
  return check;
}
