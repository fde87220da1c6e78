/** What holds for every provider, shown on its simulated counterpart over real HTTP. */
import { describe } from 'vitest';
import { describeAnswers } from './contract-answers.ts';
import { describeBalance } from './contract-balance.ts';
import { describeRetries } from './contract-retries.ts';
import { type ContractSubject, contractOf } from './contract-subject.ts';
import { describeToken } from './contract-token.ts';
import { describeUsage } from './contract-usage.ts';

export function describeProviderContract<History>(subject: ContractSubject<History>): void {
  describe(`the contract of ${subject.provider.name}`, () => {
    const contract = contractOf(subject);
    describeUsage(contract);
    describeAnswers(contract);
    describeRetries(contract);
    describeToken(contract);
    if (subject.balance !== undefined) describeBalance(contract, subject.balance);
  });
}
