import { type Fault, send } from '../../cli/demo/vendors/server.ts';

/** The right answer with its CSV changed. Not for a compressed one. */
export function changingCsv(change: (csv: string) => string): Fault {
  return ({ answer, response }) => {
    const right = answer();
    send(response, { ...right, body: change(String(right.body)) });
  };
}

/** A query that failed before its first row: an error table with the status 200. */
export function failingQuery(message: string): Fault {
  return changingCsv(() => errorTable(message));
}

/** A query that failed after all of its rows. */
export function failingAfterRows(message: string): Fault {
  return changingCsv((csv) => `${csv}${errorTable(message)}`);
}

function errorTable(message: string): string {
  const cell = `"${message.replaceAll('"', '""')}"`;
  return [
    '#datatype,string,string',
    '#group,true,true',
    '#default,,',
    ',error,reference',
    `,${cell},897`,
    '',
  ].join('\r\n');
}
