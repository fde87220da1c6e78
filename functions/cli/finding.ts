/** What `validate` finds: one thing about one parameter. */

/** `error`: it does not work, or gives a secret away. `warning`: it works, but not as it is meant. */
export type FindingSeverity = 'error' | 'warning';

export interface Finding {
  /** `/cost-alerts/northflank/acme/config`. */
  readonly parameter: string;
  /** Within a config: `budgets[1].limit`. */
  readonly path?: string;
  /** One line, without a secret. */
  readonly message: string;
  readonly severity: FindingSeverity;
}

/** In one line: `/cost-alerts/northflank/acme/config: budgets[1].limit: expected a number above 0, got "15"`. */
export function findingLine({ parameter, path, message }: Finding): string {
  return [parameter, ...(path === undefined ? [] : [path]), message].join(': ');
}

/** A problem of an account's parameters, as `readAccounts` words it; its path is the only word before a colon. */
export function findingOfProblem(line: string): Finding {
  const [parameter = '', ...rest] = line.split(': ');
  const [path = ''] = rest;
  const hasPath = rest.length > 1 && /^[^\s"]+$/.test(path);
  return {
    parameter,
    ...(hasPath && { path }),
    message: rest.slice(hasPath ? 1 : 0).join(': '),
    severity: 'error',
  };
}
