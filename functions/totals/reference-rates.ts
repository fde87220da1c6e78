/**
 * The reference rates that totals need: fetched once a day from the European Central Bank, kept in the ledger.
 * https://data.ecb.europa.eu/help/api/data
 */
import { DAY_MS, HOUR_MS } from '../config/durations.ts';
import { withoutInvisible } from '../config/pasted-text.ts';
import type { TotalConfig } from '../config/schema/total.ts';
import type { SummarizedAccount } from '../ledger/account-summary.ts';
import type { KeptRates } from '../ledger/exchange-rates.ts';
import { dateAfter, dayAt } from '../ledger/usage-day.ts';
import type { BodyReader, HttpSettings } from '../providers/http/body.ts';
import { httpClient } from '../providers/http/client.ts';
import { MalformedCsv, readCsv } from '../providers/http/csv.ts';
import { currenciesNeeded, MOST_DAYS_OLD } from './rates.ts';
import { accountsOf } from './total-accounts.ts';

export interface RatesDeps extends Pick<RatesRequest, 'url' | 'signal' | 'timeLeftMs' | 'http'> {
  readonly readRates: () => Promise<ReadonlyMap<string, KeptRates>>;
  readonly saveRates: (rates: KeptRates) => Promise<void>;
  /** Epoch milliseconds. */
  readonly now: number;
}

interface CurrentRates {
  readonly rates: ReadonlyMap<string, KeptRates>;
  /** Why the ones that are due could not be fetched, a sentence; those that are known hold for some days. */
  readonly failure?: string;
}

/** As many days as the checks leave costs of. */
const KEPT_DAYS = 400 + MOST_DAYS_OLD;
/** The day's rates are out at 16:00 in Frankfurt, which is 14:00 or 15:00 in UTC; an hour for being late. */
const PUBLISHED_BY_MS = 16 * HOUR_MS;

/** Nothing is read or asked where every account has the currency of its total. */
export async function currentRates(
  totals: readonly TotalConfig[],
  accounts: readonly SummarizedAccount[],
  deps: RatesDeps,
): Promise<CurrentRates> {
  const needed = [
    ...new Set(
      totals.flatMap((config) =>
        currenciesNeeded(
          config,
          accountsOf(config, accounts).flatMap(({ summary }) => summary.currency ?? []),
        ),
      ),
    ),
  ].sort((a, b) => (a < b ? -1 : 1));
  if (needed.length === 0) return { rates: new Map() };
  const kept = await deps.readRates();
  const due = needed.filter((currency) => isDue(kept.get(currency), deps.now));
  if (due.length === 0) return { rates: kept };
  const from = due.map((currency) => askedFrom(kept.get(currency), deps.now)).sort(byDate)[0] ?? '';
  const answer = await fetchRates({ ...deps, currencies: due, from });
  if ('failure' in answer) return { rates: kept, failure: answer.failure };
  const fresh = due.map((currency) => merged(currency, kept.get(currency), answer.rates, deps.now));
  await Promise.all(fresh.map(deps.saveRates));
  return { rates: new Map([...kept, ...fresh.map((one) => [one.currency, one] as const)]) };
}

/** Once a day, when that day's rates are out. */
function isDue(kept: KeptRates | undefined, now: number): boolean {
  const lastOut = now - PUBLISHED_BY_MS;
  const publishedAt = lastOut - (lastOut % DAY_MS) + PUBLISHED_BY_MS;
  return kept === undefined || kept.askedAt < publishedAt;
}

function askedFrom(kept: KeptRates | undefined, now: number): string {
  const known = Object.keys(kept?.perEuro ?? {})
    .sort(byDate)
    .at(-1);
  return known ?? firstKept(now);
}

function firstKept(now: number): string {
  return dateAfter(dayAt(now, 'UTC').date, -KEPT_DAYS);
}

function merged(
  currency: string,
  kept: KeptRates | undefined,
  fresh: PublishedRates,
  now: number,
): KeptRates {
  const all = Object.entries({ ...kept?.perEuro, ...fresh.get(currency) });
  const first = firstKept(now);
  const perEuro = Object.fromEntries(all.filter(([date]) => date >= first));
  return { currency, askedAt: now, perEuro };
}

function byDate(a: string, b: string): number {
  return a < b ? -1 : 1;
}

export const ECB_URL = 'https://data-api.ecb.europa.eu';

interface RatesRequest {
  /** Origin, without a trailing slash. */
  readonly url: string;
  /** ISO 4217; at least one, none of them EUR. */
  readonly currencies: readonly string[];
  /** First date: `2026-11-20`. */
  readonly from: string;
  readonly signal: AbortSignal;
  /** Real milliseconds until `signal` aborts. */
  readonly timeLeftMs: number;
  /** Other limits and waits than the usual ones, as a test wants them. */
  readonly http?: Partial<HttpSettings> | undefined;
}

/** Units of a currency for one euro by date, by currency; one that is not published has none. */
type PublishedRates = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** Why there are none is a sentence. */
type RatesAnswer = { readonly rates: PublishedRates } | { readonly failure: string };

const NAME = 'The European Central Bank';
const LONGEST_QUOTE = 40;

export async function fetchRates(request: RatesRequest): Promise<RatesAnswer> {
  const { url, currencies, from, signal, timeLeftMs, http: settings } = request;
  const http = httpClient({
    provider: NAME,
    baseUrl: url,
    headers: {},
    token: '',
    accept: 'text/csv',
    signal,
    timeLeftMs,
    settings,
  });
  const series = `D.${currencies.join('+')}.EUR.SP00.A`;
  try {
    const answer = await http.get(
      `${url}/service/data/EXR/${series}?format=csvdata&startPeriod=${from}`,
      readRows(currencies),
    );
    if (answer.ok) return { rates: answer.body };
    // Nothing of what was asked for is published.
    return answer.status === 404 ? { rates: new Map() } : { failure: `${answer.reason}.` };
  } catch (error) {
    if (!(error instanceof MalformedCsv)) throw error;
    return { failure: `${NAME} sent rates that cannot be read: ${problemOf(error)}.` };
  }
}

function problemOf({ message, found, line }: MalformedCsv): string {
  const shown = withoutInvisible((found ?? '').slice(0, LONGEST_QUOTE));
  return `line ${line}: ${message}${found === undefined ? '' : `, got "${shown}"`}`;
}

const COLUMNS = ['CURRENCY', 'TIME_PERIOD', 'OBS_VALUE'] as const;
const DATE = /^\d{4}-\d\d-\d\d$/;
const RATE = /^(?!0+(\.0*)?$)\d{1,15}(\.\d{1,15})?$/;
const NO_RATE = ['', 'NaN'];

/** The columns are found by their names: there are some thirty, most of them texts. */
function readRows(currencies: readonly string[]): BodyReader<PublishedRates> {
  return async (body) => {
    const rates = new Map<string, Record<string, string>>();
    let columns: readonly number[] | undefined;
    await readCsv(body, {
      readRow(cells) {
        if (columns === undefined) columns = columnsOf(cells);
        else add(rateIn(columns.map((column) => cells[column] ?? '')));
      },
      end() {
        if (columns === undefined) throw new MalformedCsv('expected a header row');
      },
    });
    return rates;

    function add({ currency, date, value }: Row): void {
      if (!currencies.includes(currency)) {
        throw new MalformedCsv(`CURRENCY: expected one of ${currencies.join(', ')}`, currency);
      }
      if (value === undefined) return;
      rates.set(currency, Object.assign(rates.get(currency) ?? {}, { [date]: value }));
    }
  };
}

interface Row {
  readonly currency: string;
  readonly date: string;
  /** Absent on a day without a rate, as a holiday may be one. */
  readonly value?: string;
}

function rateIn([currency = '', date = '', value = '']: readonly string[]): Row {
  if (!DATE.test(date)) throw new MalformedCsv('TIME_PERIOD: expected a date', date);
  if (NO_RATE.includes(value)) return { currency, date };
  if (!RATE.test(value)) throw new MalformedCsv('OBS_VALUE: expected a rate above 0', value);
  return { currency, date, value };
}

function columnsOf(header: readonly string[]): readonly number[] {
  return COLUMNS.map((name) => {
    const column = header.indexOf(name);
    if (column < 0) throw new MalformedCsv(`expected a column ${name} in the header row`);
    return column;
  });
}
