/** The table of what each budget stands at. */
import { shownPercent } from '../alerts/budget-notice.ts';
import type { Reading } from '../budgets/reading.ts';
import type { AccountStanding } from '../checks/standing.ts';
import { amountText, limitText, percentText } from '../messages/amounts.ts';
import { oneLine, wrap } from '../messages/plain-text.ts';
import { tableLines } from '../messages/table.ts';
import { plain } from '../pricing/money.ts';

const width = 80;
const titles = ['Account and budget', 'Actual', 'Limit', 'Percent', 'Pace'];
const nothing = '-';

/** A line a budget under its account, 80 wide unless names are long; what is not known says why. */
export function standingLines(standings: readonly AccountStanding[]): string[] {
  const rows = standings.flatMap(({ account, readings }) =>
    readings.map((reading) => cells(reading, account.config.currency)),
  );
  const [head = '', ...lines] = tableLines([titles, ...rows]);
  const accounts = standings.flatMap(({ account, readings }) => [
    `${account.provider}/${account.name}`,
    ...readings.flatMap((reading) => [lines.shift() ?? '', ...reasonLines(reading)]),
  ]);
  return [head, ...accounts];
}

function cells(reading: Reading, currency: string): string[] {
  const { budget } = reading;
  const counting = { measure: budget.measure, unit: budget.unit ?? currency };
  const limit = `${limitText(budget.limit, counting)} per ${budget.per}`;
  const name = `  ${oneLine(budget.name)}`;
  if (!reading.known) return [name, nothing, limit, nothing, nothing];
  const pace = reading.pace && amountText(plain(reading.pace.periodEnd), counting, budget.limit);
  return [
    name,
    amountText(plain(reading.actual), counting, budget.limit),
    limit,
    percentText(shownPercent(reading)),
    pace ?? nothing,
  ];
}

function reasonLines(reading: Reading): string[] {
  if (reading.known) return [];
  return wrap(`not known: ${reading.reason}`, width - 4).map((line) => `    ${line}`);
}
