/** What goes wrong at OpenRouter. */
import { changingJson, type Fault, type SimulatedRequest } from '../../cli/demo/vendors/server.ts';

interface Result {
  readonly data: { readonly data: readonly object[]; readonly metadata: object };
}

/** Has this in place of the fields of the first row, where there is one. */
export function changingFirstHour(fields: Readonly<Record<string, unknown>>): Fault {
  return changingRows((rows) =>
    rows.map((row, index) => (index === 0 ? { ...row, ...fields } : row)),
  );
}

/** Every row comes twice, and is counted twice. */
export const repeatingHours: Fault = changingRows((rows) => [...rows, ...rows]);

function changingRows(change: (rows: readonly object[]) => readonly object[]): Fault {
  return changingJson((value) => {
    const { data, metadata } = (value as Result).data;
    const rows = change(data);
    return { data: { data: rows, metadata: { ...metadata, row_count: rows.length } } };
  });
}

/** Whether it is asked which models the costs are for. */
export function isOfModels({ body }: SimulatedRequest): boolean {
  return body.includes('"dimensions"');
}

/** Has this in place of what is said about the rows. */
export function changingMetadata(fields: Readonly<Record<string, unknown>>): Fault {
  return changingJson((value) => {
    const { data, metadata } = (value as Result).data;
    return { data: { data, metadata: { ...metadata, ...fields } } };
  });
}
