/** Faults of APIs that page a list as `{data, has_more, next_page}`. */
import {
  answeringJson,
  changingJson,
  type Fault,
  jsonAnswer,
  send,
} from '../../cli/demo/vendors/server.ts';

/** Says that there is another page, and not where. */
export const losingPage: Fault = changingJson((page) => ({
  ...(page as object),
  has_more: true,
  next_page: null,
}));

/** Every page leads to the same next one. */
export const repeatingPage: Fault = answeringJson({
  data: [],
  has_more: true,
  next_page: 'page_again',
});

/** Pages without data, each with another one after it. */
export function endlessPages(): Fault {
  let pages = 0;
  return ({ response }) => {
    pages += 1;
    send(response, jsonAnswer({ data: [], has_more: true, next_page: `page_${pages}` }));
  };
}

/** All data of a page comes twice. */
export const repeatingData: Fault = changingJson((value) => {
  const { data, ...page } = value as { data: readonly unknown[] };
  return { ...page, data: [...data, ...data] };
});
