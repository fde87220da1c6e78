/** What goes wrong at Vercel. */
import { type Fault, send } from '../../cli/demo/vendors/server.ts';

/** Has this in place of the fields of the first row, where there is one. */
export function changingFirstCharge(fields: Readonly<Record<string, unknown>>): Fault {
  return changingLines(([first, ...others]) =>
    first === undefined ? [] : [JSON.stringify({ ...JSON.parse(first), ...fields }), ...others],
  );
}

/** Cut within its last line, as a stream that ended early. */
export const cuttingLastLine: Fault = ({ answer, response }) => {
  const right = answer();
  send(response, { ...right, body: String(right.body).trimEnd().slice(0, -20) });
};

/** The rows in another order or number. */
export function changingLines(change: (lines: readonly string[]) => readonly string[]): Fault {
  return ({ answer, response }) => {
    const right = answer();
    const lines = String(right.body).split('\n').filter(Boolean);
    send(response, {
      ...right,
      body: change(lines)
        .map((line) => `${line}\n`)
        .join(''),
    });
  };
}
