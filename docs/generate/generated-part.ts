/** The page with the text between its markers `<!-- name:start -->` and `<!-- name:end -->`. Throws an Error if it lacks them. */
export function withGenerated(page: string, name: string, text: string): string {
  const start = `<!-- ${name}:start -->`;
  const from = page.indexOf(start);
  const to = page.indexOf(`<!-- ${name}:end -->`, from);
  if (from < 0 || to < 0) throw new Error(`no "${start}" with its end in the page`);
  return `${page.slice(0, from + start.length)}\n\n${text}\n\n${page.slice(to)}`;
}
