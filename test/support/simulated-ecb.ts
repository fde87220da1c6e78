/** The European Central Bank's service for reference rates, on loopback: working days only, each day's after 16:00 in Frankfurt. */
import {
  type Answer,
  type SimulatedRequest,
  type SimulatedServer,
  startSimulatedServer,
} from '../../cli/demo/vendors/server.ts';
import { dateOf, dayAt, dayNumber, weekdayOf } from '../../functions/ledger/usage-day.ts';

export interface EcbOptions {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Units for one euro by currency and date; by default some that move a little. */
  readonly rateOn?: (currency: string, date: string) => string | undefined;
  /** Dates without rates, beside weekends: `2026-12-25`. */
  readonly holidays?: readonly string[];
}

const PATH = /^\/service\/data\/EXR\/D\.([A-Z]{3}(?:\+[A-Z]{3})*)\.EUR\.SP00\.A$/;
const FRANKFURT = 'Europe/Berlin';
const OUT_AT_MS = 16 * 3_600_000;

/** For one euro. */
const ABOUT: Readonly<Record<string, number>> = { USD: 1.14, INR: 101.3, JPY: 178.2, GBP: 0.87 };

export function startSimulatedEcb(options: EcbOptions): Promise<SimulatedServer> {
  return startSimulatedServer((request) => answerTo(request, options));
}

function answerTo({ url }: SimulatedRequest, options: EcbOptions): Answer {
  const [, series = ''] = PATH.exec(decodeURIComponent(url.pathname)) ?? [];
  const from = url.searchParams.get('startPeriod') ?? '';
  const isCsv = url.searchParams.get('format') === 'csvdata';
  if (series === '' || !isCsv || Number.isNaN(Date.parse(from))) {
    return { status: 400, body: 'Bad Request: expected a series, format=csvdata and startPeriod' };
  }
  const lines = series.split('+').flatMap((currency) => linesOf(currency, from, options));
  if (lines.length === 0) return { status: 404, body: 'No results found.' };
  const body = [COLUMNS.join(','), ...lines, ''].join('\r\n');
  return { status: 200, headers: { 'content-type': 'text/csv' }, body };
}

const COLUMNS = [
  'KEY',
  'FREQ',
  'CURRENCY',
  'CURRENCY_DENOM',
  'EXR_TYPE',
  'EXR_SUFFIX',
  'TIME_PERIOD',
  'OBS_VALUE',
  'OBS_STATUS',
  'DECIMALS',
  'TITLE',
  'TITLE_COMPL',
];

function linesOf(currency: string, from: string, options: EcbOptions): string[] {
  const { now, rateOn = usualRate, holidays = [] } = options;
  const lines: string[] = [];
  for (let day = dayNumber(from); ; day += 1) {
    const date = dateOf(day);
    if (dayNamedOut(date) > now()) return lines;
    const isClosed = weekdayOf(day) > 4 || holidays.includes(date);
    const rate = isClosed ? undefined : rateOn(currency, date);
    if (rate === undefined) continue;
    const title = `"ECB reference exchange rate, ${currency}/Euro, 2:15 pm (C.E.T.)"`;
    lines.push(
      `EXR.D.${currency}.EUR.SP00.A,D,${currency},EUR,SP00,A,${date},${rate},A,4,${currency}/Euro,${title}`,
    );
  }
}

function dayNamedOut(date: string): number {
  return dayAt(Date.parse(`${date}T12:00Z`), FRANKFURT).start + OUT_AT_MS;
}

function usualRate(currency: string, date: string): string | undefined {
  const about = ABOUT[currency];
  return about === undefined
    ? undefined
    : (about * (1 + Math.sin(dayNumber(date) / 9) / 100)).toFixed(4);
}
