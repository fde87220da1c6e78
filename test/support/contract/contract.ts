/** What holds for every provider, shown on its simulated counterpart over real HTTP. */
import { describe, expect, test } from 'vitest';
import { answering, answeringJson, type Fault } from '../../../cli/demo/vendors/server.ts';
import { compressing, htmlPage, padding } from '../faults/servers.ts';
import { describeRetries, describeToken } from './requests.ts';
import { type Contract, type ContractSubject, contractOf, type Paging } from './subject.ts';
import { describeBalance, describeUsage } from './usage.ts';

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

const MIB = 1024 * 1024;

/** That are not what they should be: too large, endless, circular, or none at all. */
function describeAnswers<History>(contract: Contract<History>): void {
  const { provider, server, fetchUsage, reasonOf, filler = ' '.repeat(64 * 1024) } = contract;

  describe('an answer', () => {
    test.each(['gzip', 'deflate', 'br'] as const)('may come as %s', async (encoding) => {
      const plain = await fetchUsage();
      server().faults.add(compressing(encoding));

      const compressed = await fetchUsage();

      expect(server().requests[0]?.headers['accept-encoding']).toBe('gzip, deflate, br');
      expect(compressed).toEqual(plain);
    });

    test('may be large', async () => {
      const plain = await fetchUsage();
      server().faults.add(padding(filler, MIB));

      const large = await fetchUsage({ http: { maxBodyBytes: MIB } });

      expect(large).toEqual(plain);
    });

    test('over the limit is given up', async () => {
      server().faults.add(padding(filler, 2 * MIB));

      const fetched = await fetchUsage({ http: { maxBodyBytes: MIB } });

      expect(fetched).toMatchObject({ failure: 'unreadable' });
      expect(reasonOf(fetched)).toContain('over the limit of 1 MiB');
      expect(server().requests).toHaveLength(1);
    });
  });

  describe('an answer that is none', () => {
    test.each<[string, Fault]>([
      ['an HTML page', htmlPage()],
      ['an empty body', answering({ status: 200, body: '' })],
      ['plain text', answering({ status: 200, body: 'upstream is down' })],
      ['null', answeringJson(null)],
      ['a string', answeringJson('ok')],
      ['an empty list', answeringJson([])],
      ['an empty object', answeringJson({})],
      ['an error with HTTP 200', answeringJson({ error: { message: 'internal' } })],
      [
        'bytes that are no gzip',
        answering({ status: 200, headers: { 'content-encoding': 'gzip' }, body: 'x' }),
      ],
      [
        'an encoding nobody asked for',
        answering({ status: 200, headers: { 'content-encoding': 'zstd' }, body: 'x' }),
      ],
    ])('is never empty usage: %s', async (_name, fault) => {
      server().faults.add(fault);

      const fetched = await fetchUsage();

      expect(fetched).toMatchObject({ failure: 'unreadable' });
      expect(reasonOf(fetched)).toContain(provider.name);
    });
  });

  if (contract.paging !== undefined) describePages(contract, contract.paging);
}

function describePages<History>(contract: Contract<History>, { traps, endless }: Paging): void {
  const { server, fetchUsage, reasonOf, long } = contract;

  describe('pages', () => {
    test.each(Object.entries(traps))('are incomplete with %s', async (_name, trap) => {
      server().faults.add(trap);

      const fetched = await fetchUsage({ window: long.window });

      expect(reasonOf(fetched, 'incomplete')).not.toContain(contract.token);
      expect(server().requests.length).toBeLessThanOrEqual(long.requests);
    });

    test('are no more than 1,000', async () => {
      server().faults.add(endless());

      const fetched = await fetchUsage();

      expect(fetched).toMatchObject({ failure: 'unreadable' });
      expect(reasonOf(fetched)).toContain('more than 1000 pages');
      expect(server().requests).toHaveLength(1000);
    });
  });
}
