import * as z from 'zod';
import { foundValue } from '../config/found-value.ts';

/** Says that `value`, which is foreign, is not what was expected. */
export function addUnexpected(context: z.RefinementCtx, expected: string, value: unknown): never {
  context.addIssue({ code: 'custom', message: `expected ${expected}`, params: { found: value } });
  return z.NEVER;
}

/**
 * The first problem on one line, with its path from `root` and without the secret:
 * `usage[3].total: expected an amount, got "x"`.
 */
export function schemaProblem(error: z.ZodError, root: string, secret: string): string {
  const [issue] = error.issues;
  if (issue === undefined) return `${root}: not as expected`;
  const path = issue.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`));
  return `${root}${path.join('')}: ${issue.message}${foundIn(issue, secret)}`;
}

/** What an issue of `addUnexpected` is about; nothing of any other one. */
function foundIn(issue: z.core.$ZodIssue, token: string): string {
  if (issue.code !== 'custom' || issue.params === undefined) return '';
  const { found } = issue.params;
  return `, got ${found === undefined ? 'nothing' : foundValue(found, { secure: false, token })}`;
}
