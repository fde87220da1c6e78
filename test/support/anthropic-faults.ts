/** What goes wrong at Anthropic. */
import { changingJson, type Fault } from '../../cli/demo/vendors/server.ts';

/** Has this in place of the fields of the first row (of the older report: day), where there is one. */
export function changingFirstRow(fields: Readonly<Record<string, unknown>>): Fault {
  return changingJson((value) => {
    const { data, ...page } = value as { data: readonly object[] };
    const changed = data.map((row, index) => (index === 0 ? { ...row, ...fields } : row));
    return { ...page, data: changed };
  });
}
