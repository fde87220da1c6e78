import type { Check, LocalDeployment } from './local-deployment.ts';
import { messageLines } from './message-lines.ts';
import { StartError } from './start-error.ts';
import { localTimeZone, type Terminal } from './terminal.ts';

/** Runs one check and prints what it logged and sent. Throws a StartError if a handler threw. */
export async function runCheck(deployment: LocalDeployment, terminal: Terminal): Promise<Check> {
  const check = await deployment.check();
  const remarks = check.invocations.flatMap((invocation) => invocation.remarks);
  if (remarks.length > 0) terminal.print([...remarks, '']);
  for (const message of check.published) terminal.print(messageLines(message, localTimeZone));
  const failures = check.invocations.flatMap(({ failure }) => failure ?? []);
  if (failures.length > 0) throw new StartError(failures.join('\n'));
  return check;
}
