/** What is wrong with a parameter: data until it is shown, then one line. Nothing in it is secret. */

export interface Problem {
  /** Name of the parameter; absent for what is in none, as a flag. */
  readonly parameter?: string;
  /** Within it, `budgets`, 1, `limit`; empty for the whole. Its keys are those of a schema, so they show nothing of the content. */
  readonly path: readonly PropertyKey[];
  /** Where something else than the value itself is wrong: `missing`, `not JSON`. */
  readonly mistake?: string;
  /** Where in the text: `line 3, column 5`. */
  readonly position?: string;
  /** `a number above 0` */
  readonly expected: string;
  /** `"15"`; absent where the mistake says it. */
  readonly found?: string;
}

/** `/cost-alerts/northflank/acme/config: budgets[1].limit: expected a number above 0, got "15"` */
export function problemLine(problem: Problem): string {
  const { parameter = '', path } = problem;
  return [parameter, pathText(path), problemText(problem)].filter((part) => part !== '').join(': ');
}

/** The line without the parameter and the path. */
export function problemText({ mistake, position, expected, found }: Omit<Problem, 'path'>): string {
  const what = [mistake, position].filter((part) => part !== undefined).join(', ');
  const lead = what && `${what}${position === undefined ? ', ' : ': '}`;
  return `${lead}expected ${expected}${found === undefined ? '' : `, got ${found}`}`;
}

/** `budgets[1].limit` */
export function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}
