/** `cost-alerts reconcile`: what the ledger knows of a month, beside the invoice. */
import type { Big } from 'big.js';
import type { Command } from 'commander';
import { isoSeconds, momentText, periodText } from '../../../functions/budgets/dates.ts';
import { periodAt } from '../../../functions/budgets/period.ts';
import { isValid } from '../../../functions/config/account.ts';
import { dateAfter, dayAt, dayNamed } from '../../../functions/ledger/usage-day.ts';
import { amountText } from '../../../functions/messages/amounts.ts';
import { tableLines } from '../../../functions/messages/email.ts';
import { decimal, plain } from '../../../functions/pricing/money.ts';
import type { Interval, Provider } from '../../../functions/providers/provider.ts';
import {
  addStackOptions,
  type DeployedOptions,
  type FoundAccount,
  whyInvalid,
} from '../../account-source.ts';
import { type DateRange, type KnownRows, knownRows } from '../../export/rows.ts';
import {
  type Cli,
  type ExitCode,
  examples,
  printJson,
  printLines,
  UsageError,
} from '../../output.ts';
import { knownAccounts } from '../../read-only-ledger.ts';
import { type Statement, statementOf } from './statement.ts';

interface Invoice {
  readonly amount: Big;
  /** ISO 4217; absent: that of the account. */
  readonly currency?: string;
}

interface ReconcileOptions extends DeployedOptions {
  /** `2026-10` */
  readonly month: string;
  readonly invoice: Invoice;
}

export function addReconcileCommand(program: Command, cli: Cli): void {
  addStackOptions(program.command('reconcile <account>'))
    .description("Compares a month in the ledger with the provider's invoice.")
    .requiredOption('--month <month>', "a month that is over, in the provider's zone", readMonth)
    .requiredOption('--invoice <amount>', "the invoice's total: 203.17, or 203.17 USD", readInvoice)
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      examples(
        ['npx cost-alerts reconcile northflank/acme --month 2026-10 --invoice 203.17'],
        'Exit code 1: the two differ by more than 1 %.',
        'Needs ssm:GetParametersByPath, kms:Decrypt, cloudformation:DescribeStacks,\ndynamodb:GetItem, dynamodb:Query.',
      ),
    )
    .action(async (name: string, options: ReconcileOptions) => {
      cli.exitCode = await reconcile(name, options, cli);
    });
}

/** 1 where the two differ. */
async function reconcile(name: string, options: ReconcileOptions, cli: Cli): Promise<ExitCode> {
  const { accounts, open } = await knownAccounts([name], options, cli);
  const [{ account, provider }] = accounts as [FoundAccount];
  if (!isValid(account)) throw new UsageError(`${name}: ${whyInvalid(account)}`);
  const { currency } = account.config;
  expectCurrency(options.invoice, currency, name);
  const now = cli.now();
  const month = monthThatIsOver(options.month, provider, now);
  const range = daysOf(month, provider);
  const known = await knownRows({ account, provider, ledger: open(), now }, range);
  expectKnown(known, range, { name, month: options.month });
  const statement = statementOf({
    account,
    provider,
    known,
    month,
    invoice: options.invoice.amount,
  });
  const shown = { name, currency, month, dayZone: provider.dayZone };
  if (options.json === true) printJson(cli, statementJson(statement, shown));
  else printLines(cli, statementLines(statement, shown));
  return statement.agrees ? 0 : 1;
}

/** Throws a UsageError for what is no month of the calendar. */
function readMonth(text: string): string {
  if (/^[12]\d{3}-(0[1-9]|1[0-2])$/.test(text)) return text;
  throw new UsageError(`--month: expected a month such as 2026-10, got ${JSON.stringify(text)}`);
}

/** Throws a UsageError for what is no amount of money. */
function readInvoice(text: string): Invoice {
  const [, amount, currency] = /^(\d{1,15}(?:\.\d{1,12})?)(?: ?([A-Za-z]{3}))?$/.exec(text) ?? [];
  if (amount !== undefined) {
    const value = decimal(amount);
    return { amount: value, ...(currency !== undefined && { currency: currency.toUpperCase() }) };
  }
  throw new UsageError(
    `--invoice: expected an amount such as 203.17, without separators of thousands, or "203.17 USD", got ${JSON.stringify(text)}`,
  );
}

/** Throws a UsageError. */
function expectCurrency({ currency }: Invoice, own: string, name: string): void {
  if (currency === undefined || currency === own) return;
  throw new UsageError(`--invoice: expected ${own}, the currency of ${name}, got ${currency}`);
}

/** Throws a UsageError. */
function monthThatIsOver(name: string, { dayZone }: Provider, now: number): Interval {
  const month = periodAt({ per: 'month' }, dayZone, dayNamed(`${name}-01`, dayZone).start);
  if (month.end <= now) return month;
  throw new UsageError(
    `--month: expected a month that is over, got ${name}, which ends on ${momentText(isoSeconds(month.end), dayZone)}`,
  );
}

function daysOf({ start, end }: Interval, { dayZone }: Provider): DateRange {
  return { from: dayAt(start, dayZone).date, to: dateAfter(dayAt(end, dayZone).date, -1) };
}

/** Throws a UsageError where nothing of the month is known. */
function expectKnown(
  { rows, unknown: [first, ...others], coverage }: KnownRows,
  range: DateRange,
  { name, month }: { readonly name: string; readonly month: string },
): void {
  const isUnknown = first?.from === range.from && first.to === range.to && others.length === 0;
  if (rows.length > 0 || !isUnknown) return;
  const since = coverage?.usageFrom ?? coverage?.knownFrom;
  const what = since === undefined ? 'it has not been read yet' : `it is known from ${since} on`;
  throw new UsageError(`the ledger knows nothing of ${name} in ${month}: ${what}`);
}

interface Shown {
  readonly name: string;
  readonly currency: string;
  readonly month: Interval;
  readonly dayZone: string;
}

const MOST_LABELS = 3;

function statementLines(statement: Statement, { name, currency, month, dayZone }: Shown): string[] {
  const { ours, invoice, difference, meters, explanations } = statement;
  const amount = (value: Big) => amountText(plain(value), { measure: 'cost', unit: currency });
  const rows = meters.flatMap(({ meter, cost, basis, labels }) => [
    [meter.name, cost === undefined ? 'no price' : amount(cost), basis ?? ''],
    ...labels.slice(0, MOST_LABELS).map((of) => [`  ${of.label}`, amount(of.cost), '']),
  ]);
  return [
    `${name}, ${periodText(isoSeconds(month.start), isoSeconds(month.end), dayZone)}`,
    '',
    ...tableLines([
      ...rows,
      ['Counted', amount(ours), ''],
      ['Invoice', amount(invoice), ''],
      ['Difference', amount(difference), ''],
    ]).map((line) => line.trimEnd()),
    '',
    verdict(statement),
    ...(statement.agrees ? [] : ['', 'What may explain it:']),
    ...(statement.agrees ? [] : explanations.map(({ text }) => `- ${text}`)),
  ];
}

function verdict({ agrees, percent }: Statement): string {
  const off = percent === undefined ? '' : ` (${percent} %)`;
  return agrees ? `They agree within 1 %${off}.` : `They differ by more than 1 %${off}.`;
}

function statementJson(statement: Statement, { name, currency, month, dayZone }: Shown): object {
  const { ours, invoice, difference, percent, agrees, meters, explanations } = statement;
  return {
    account: name,
    month: { start: isoSeconds(month.start), end: isoSeconds(month.end), timeZone: dayZone },
    currency,
    counted: plain(ours),
    invoice: plain(invoice),
    difference: plain(difference),
    percent: percent === undefined ? null : Number(percent),
    agrees,
    meters: meters.map(({ meter, cost, basis, labels }) => ({
      meter: meter.id,
      cost: cost === undefined ? null : plain(cost),
      basis: basis ?? null,
      labels: labels.map((of) => ({ label: of.label, cost: plain(of.cost) })),
    })),
    explanations,
  };
}
