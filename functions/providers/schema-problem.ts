import type * as z from 'zod';

/** The first problem on one line, with its path from `root`: `usage[3].total: expected an amount, got "x"`. */
export function schemaProblem(error: z.ZodError, root: string): string {
  const [issue] = error.issues;
  if (issue === undefined) return `${root}: not as expected`;
  const path = issue.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`));
  return `${root}${path.join('')}: ${issue.message}`;
}
