import type { AccountsRead } from '../config/read-accounts.ts';
import type { Candidate } from './check-account.ts';

/** Every account that has parameters, valid or broken, in order of name. */
export function candidatesOf({ accounts, broken, problems }: AccountsRead): Candidate[] {
  const candidates = new Map<string, Candidate>();
  for (const problem of problems)
    candidates.set(problem.account, { name: problem.account, problem });
  for (const account of accounts) {
    candidates.set(account.name, { ...candidates.get(account.name), name: account.name, account });
  }
  for (const one of broken) {
    candidates.set(one.name, { ...candidates.get(one.name), name: one.name, broken: one });
  }
  return [...candidates.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
