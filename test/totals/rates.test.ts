/** Reference rates from the simulated European Central Bank to what a currency is worth on a day. */
import { afterEach, describe, expect, test } from 'vitest';
import { answering, type SimulatedServer } from '../../cli/demo/vendors/server.ts';
import type { KeptRates } from '../../functions/ledger/exchange-rates.ts';
import { currenciesNeeded, ratesInto } from '../../functions/totals/rates.ts';
import { fetchRates } from '../../functions/totals/reference-rates.ts';
import { type EcbOptions, startSimulatedEcb } from '../support/simulated-ecb.ts';

let ecb: SimulatedServer;

afterEach(() => ecb.close());

async function fetched(
  at: string,
  currencies: readonly string[],
  options: Partial<EcbOptions> = {},
): Promise<Map<string, KeptRates>> {
  ecb = await startSimulatedEcb({ now: () => Date.parse(at), ...options });
  const answer = await request(currencies);
  const rates = 'rates' in answer ? answer.rates : expect.fail(answer.failure);
  return new Map(
    currencies.map((currency) => [
      currency,
      { currency, askedAt: 0, perEuro: rates.get(currency) ?? {} },
    ]),
  );
}

function request(currencies: readonly string[]) {
  return fetchRates({
    url: ecb.url,
    currencies,
    from: '2026-12-14',
    signal: AbortSignal.timeout(30_000),
    timeLeftMs: 30_000,
    http: { attempts: 1 },
  });
}

const datesOf = (rates: ReadonlyMap<string, KeptRates>, currency: string) =>
  Object.keys(rates.get(currency)?.perEuro ?? {});

describe('rates', () => {
  test('are there for working days only, the last one before holds on the others', async () => {
    const holidays = ['2026-12-25', '2026-12-28'];

    const rates = await fetched('2026-12-29T20:00:00Z', ['INR', 'USD'], { holidays });

    expect(datesOf(rates, 'INR').slice(-3)).toEqual(['2026-12-23', '2026-12-24', '2026-12-29']);
    const rateOn = ratesInto({ currency: 'USD', rates: {} }, rates);
    for (const date of ['2026-12-24', '2026-12-25', '2026-12-26', '2026-12-27', '2026-12-28']) {
      expect(rateOn('INR', date)?.on).toBe('2026-12-24');
    }
    expect(rateOn('INR', '2026-12-29')?.on).toBe('2026-12-29');
    expect(rateOn('INR', '2027-01-05')?.on).toBe('2026-12-29');
    expect(rateOn('INR', '2027-01-06')).toBeUndefined();
  });

  test('of a day come in its afternoon in Frankfurt, and may be late', async () => {
    const before = await fetched('2026-12-16T14:59:00Z', ['USD']);
    await ecb.close();
    const after = await fetched('2026-12-16T15:00:00Z', ['USD']);
    await ecb.close();
    const late = await fetched('2026-12-16T15:00:00Z', ['USD'], {
      rateOn: (_, date) => (date < '2026-12-16' ? '1.1' : undefined),
    });

    expect(datesOf(before, 'USD').at(-1)).toBe('2026-12-15');
    expect(datesOf(after, 'USD').at(-1)).toBe('2026-12-16');
    expect(datesOf(late, 'USD').at(-1)).toBe('2026-12-15');
  });

  test('of a currency that the bank does not have are none, beside those of others', async () => {
    const rates = await fetched('2026-12-16T15:00:00Z', ['AED', 'JPY', 'USD']);

    expect(datesOf(rates, 'AED')).toEqual([]);
    const rateOn = ratesInto({ currency: 'USD', rates: {} }, rates);
    expect(rateOn('AED', '2026-12-16')).toBeUndefined();
    expect(rateOn('JPY', '2026-12-16')?.factor.toFixed(4)).toBe('0.0064');
    expect(rateOn('EUR', '2026-12-16')?.factor.toFixed(1)).toBe('1.1');
  });

  test.each([
    [
      'CURRENCY,TIME_PERIOD\r\nUSD,2026-12-15\r\n',
      'line 1: expected a column OBS_VALUE in the header row',
    ],
    [
      'CURRENCY,TIME_PERIOD,OBS_VALUE\r\nUSD,2026-12,1.1\r\n',
      'line 2: TIME_PERIOD: expected a date, got "2026-12"',
    ],
    [
      'CURRENCY,TIME_PERIOD,OBS_VALUE\r\nUSD,2026-12-15,0.0\r\n',
      'line 2: OBS_VALUE: expected a rate above 0, got "0.0"',
    ],
    [
      'CURRENCY,TIME_PERIOD,OBS_VALUE\r\nCHF,2026-12-15,1\r\n',
      'line 2: CURRENCY: expected one of USD, got "CHF"',
    ],
    [
      'CURRENCY,TIME_PERIOD,OBS_VALUE\r\nUSD,2026-12-15,1.1',
      'line 2: expected a line break at its end, but the body ends there',
    ],
    ['', 'line 1: expected a header row'],
  ])('that cannot be read are refused: %j', async (body, problem) => {
    ecb = await startSimulatedEcb({ now: () => 0 });
    ecb.faults.add(answering({ status: 200, body }));

    expect(await request(['USD'])).toEqual({
      failure: `The European Central Bank sent rates that cannot be read: ${problem}.`,
    });
  });

  test('of a day without one are left out', async () => {
    ecb = await startSimulatedEcb({ now: () => 0 });
    const body =
      'CURRENCY,OBS_VALUE,TITLE,TIME_PERIOD\r\nUSD,,"US dollar, Euro",2026-12-15\r\nUSD,NaN,x,2026-12-16\r\nUSD,1.1,x,2026-12-17\r\n';
    ecb.faults.add(answering({ status: 200, body }));

    expect(await request(['USD'])).toEqual({ rates: new Map([['USD', { '2026-12-17': '1.1' }]]) });
  });

  test('are needed where an account has another currency, and no rate is given for it', async () => {
    ecb = await startSimulatedEcb({ now: () => 0 });
    const total = { currency: 'USD', rates: { AED: '0.27' } };

    expect(currenciesNeeded(total, ['USD', 'AED'])).toEqual([]);
    expect(currenciesNeeded(total, ['USD', 'INR', 'EUR', 'INR'])).toEqual(['INR', 'USD']);
    expect(currenciesNeeded({ currency: 'EUR', rates: {} }, ['USD'])).toEqual(['USD']);
  });
});
