/** What goes wrong at OpenAI. */
import { changingJson, type Fault } from '../../cli/demo/vendors/server.ts';

interface CostsPage {
  readonly data: readonly { readonly results: readonly object[] }[];
}

/** Has this in place of the fields of the first cost. */
export function changingFirstCost(fields: Readonly<Record<string, unknown>>): Fault {
  return changingPage((page) => {
    const first = page.data.findIndex(({ results }) => results.length > 0);
    return {
      ...page,
      data: page.data.map((bucket, index) => {
        const [cost, ...others] = bucket.results;
        return index === first
          ? { ...bucket, results: [{ ...cost, ...fields }, ...others] }
          : bucket;
      }),
    };
  });
}

function changingPage(change: (page: CostsPage) => unknown): Fault {
  return changingJson((value) => change(value as CostsPage));
}
