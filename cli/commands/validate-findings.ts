/** Findings beyond the config's schema: sizes, types, names that nothing reads, budgets that cannot alert. Pure. */
import { definitionOf } from '../../functions/alerts/budget/state.ts';
import type { Account, AccountConfig, Budget } from '../../functions/config/account.ts';
import { nearest } from '../../functions/config/config-error.ts';
import { type Meter, soldIn } from '../../functions/config/meter.ts';
import type { Parameter } from '../../functions/config/parameter-store.ts';
import { type Problem, pathText, problemText } from '../../functions/config/problem.ts';
import type { Price, Prices } from '../../functions/config/schema/price.ts';
import type { Total } from '../../functions/config/schema/total.ts';
import { byteLength } from '../../functions/messages/plain-text.ts';
import { webhookUrl } from '../../functions/messages/slack/webhook.ts';
import type { Provider } from '../../functions/providers/provider.ts';
import { patternsOfNone } from '../../functions/totals/total-accounts.ts';
import { ADVANCED_BYTES, STANDARD_BYTES } from '../parameters/write-parameter.ts';

/** `error`: it does not work, or exposes a secret. `warning`: it works, but probably not as intended. */
type FindingSeverity = 'error' | 'warning';

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

export function findingOfProblem(problem: Problem): Finding {
  const path = pathText(problem.path);
  return {
    parameter: problem.parameter ?? '',
    ...(path !== '' && { path }),
    message: problemText(problem),
    severity: 'error',
  };
}

/** Of a parameter that is still to be stored, in bytes of UTF-8; one in Parameter Store already has the tier that it needs. */
export function sizeFindings({ name, value }: Parameter): Finding[] {
  const bytes = byteLength(value);
  if (bytes <= STANDARD_BYTES) return [];
  if (bytes > ADVANCED_BYTES) {
    const message = `expected at most ${ADVANCED_BYTES} bytes, as no parameter holds more, got ${bytes}`;
    return [{ parameter: name, message, severity: 'error' }];
  }
  const message = `has ${bytes} bytes, so it needs an advanced parameter (--tier Advanced, which AWS charges for); a standard one holds ${STANDARD_BYTES}`;
  return [{ parameter: name, message, severity: 'warning' }];
}

/** Of an account's token. Reading the account already reports a StringList and an undecryptable config. */
export function tokenFindings({ name, type, undecryptable }: Parameter): Finding[] {
  if (name.endsWith('/token') && undecryptable !== undefined) {
    return [notDecrypted(name, undecryptable)];
  }
  if (name.endsWith('/token') && type === 'String') return [plainText(name, 'token')];
  return [];
}

function notDecrypted(parameter: string, reason: string): Finding {
  const message = `cannot be decrypted with these credentials (${reason}); the function needs permission to use its key, too`;
  return { parameter, message, severity: 'error' };
}

function plainText(parameter: string, secret: string): Finding {
  const message = `expected a SecureString, got a String: its ${secret} is stored in plain text; delete the parameter, and store a new ${secret} as a SecureString`;
  return { parameter, message, severity: 'error' };
}

/** `names` are those of all accounts. */
export function totalFindings(total: Total, names: readonly string[]): Finding[] {
  return [...total.problems.map(findingOfProblem), ...strangersIn(total, names)];
}

/** What a total names though there is no such account. */
export function strangersIn({ parameter, config }: Total, names: readonly string[]) {
  const patterns = config?.accounts ?? [];
  return patternsOfNone(patterns, names).map((pattern) => {
    const meant = nearest(pattern, names);
    const guess = meant === undefined ? '' : ` (did you mean "${meant}"?)`;
    return {
      parameter,
      path: `accounts[${patterns.indexOf(pattern)}]`,
      message: `there is no account ${JSON.stringify(pattern)}${guess}, so the total is unknown`,
      severity: 'warning' as const,
    };
  });
}

/** Names below the root that belong to no account, and findings of Slack's parameter. */
export function rootFindings(
  parameters: readonly Parameter[],
  root: string,
  providers: readonly Pick<Provider, 'id' | 'name'>[],
): Finding[] {
  const folders = Map.groupBy(
    parameters,
    ({ name }) => name.slice(root.length + 1).split('/', 1)[0],
  );
  return [...folders].flatMap(([folder = '', inside]) => {
    const name = `${root}/${folder}`;
    const known = [...providers.map(({ id }) => id), 'slack', 'totals'];
    if (!known.includes(folder)) return [unknownFolder(name, folder, inside, known)];
    const inPlace = inside.some((one) => one.name === name) ? [inPlaceOfFolder(name, folder)] : [];
    const below = inside.filter((one) => one.name !== name);
    return [
      ...inPlace,
      ...(folder === 'slack' ? below.flatMap((one) => slackFindings(one, root)) : []),
    ];
  });
}

function unknownFolder(
  parameter: string,
  folder: string,
  inside: readonly Parameter[],
  known: readonly string[],
): Finding {
  const meant = nearest(folder, known);
  const guess = meant === undefined ? '' : ` (did you mean "${meant}"?)`;
  const count = inside.length === 1 ? 'its parameter' : `its ${inside.length} parameters`;
  const message = `unknown name${guess}, expected one of ${known.join(', ')}; nothing reads ${count}`;
  return { parameter, message, severity: 'error' };
}

function inPlaceOfFolder(parameter: string, folder: string): Finding {
  const expected =
    { slack: `${parameter}/webhook-url`, totals: `${parameter}/<name>` }[folder] ??
    `${parameter}/<account>/token or ${parameter}/<account>/config`;
  return {
    parameter,
    message: `a parameter in place of a folder, expected ${expected}`,
    severity: 'error',
  };
}

function slackFindings(parameter: Parameter, root: string): Finding[] {
  const { name, type, value, undecryptable } = parameter;
  const expected = `${root}/slack/webhook-url`;
  if (name !== expected) {
    const message = `unknown parameter of Slack, expected ${expected}`;
    return [{ parameter: name, message, severity: 'error' }];
  }
  if (type === 'StringList') {
    const message = 'expected a SecureString, got a StringList';
    return [{ parameter: name, message, severity: 'error' }];
  }
  if (undecryptable !== undefined) return [notDecrypted(name, undecryptable)];
  return [
    ...(type === 'String' ? [plainText(name, 'URL')] : []),
    ...(webhookUrl(value) === undefined ? [noWebhook(name)] : []),
  ];
}

function noWebhook(parameter: string): Finding {
  const message =
    'expected the URL of a Slack incoming webhook, https://hooks.slack.com/services/..., and nothing else; got another value (not shown, as it may be a secret)';
  return { parameter, message, severity: 'error' };
}

type BudgetProvider = Pick<Provider, 'meters' | 'uncounted'>;

interface Watched {
  readonly config: Pick<AccountConfig, 'budgets' | 'balances' | 'prices' | 'options'>;
  readonly provider: BudgetProvider;
}

/** Of one budget; undefined where nothing is found. `key` is within the budget. */
type BudgetCheck = (
  budget: Budget,
  watched: Watched,
) => { key: string; message: string } | undefined;

/** Only the first finding counts: where a budget can never alert, the others would repeat it. */
const BUDGET_CHECKS: readonly BudgetCheck[] = [neverCounted, alwaysFree, leavesOut];

export function budgetFindings(
  { config, parameter }: Pick<Account, 'parameter'> & { readonly config: Watched['config'] },
  provider: BudgetProvider,
): Finding[] {
  const watched = { config, provider };
  const onLimits = config.budgets.flatMap((budget, index) => {
    const found = BUDGET_CHECKS.map((check) => check(budget, watched)).find(
      (one) => one !== undefined,
    );
    const problems = [found, sameAsBefore(config, index)];
    return problems
      .filter((problem) => problem !== undefined)
      .map(({ key, message }) => ({
        parameter,
        path: `budgets[${placeOf(index, config)}].${key}`,
        message,
        severity: 'warning' as const,
      }));
  });
  return [...onLimits, ...sameDays(config).map((one) => ({ ...one, parameter }))];
}

/** Of budgets on prepaid credit, which is one and the same. */
function sameDays({ balances = [] }: Watched['config']): Omit<Finding, 'parameter'>[] {
  return balances.flatMap(({ place, days }) => {
    const first = balances.find((other) => other.days === days);
    if (first === undefined || first.place === place) return [];
    const message = duplicateText(first.place, first.name);
    return [{ path: `budgets[${place}].days`, message, severity: 'warning' }];
  });
}

function duplicateText(place: number, name: string | undefined): string {
  return `duplicates budgets[${place}], ${JSON.stringify(name)}: each alert would be sent twice; remove one of them`;
}

function neverCounted({ meter }: Budget, { config, provider }: Watched) {
  const why = meter === undefined ? undefined : provider.uncounted?.(config.options)[meter];
  if (why === undefined) return undefined;
  return {
    key: 'meter',
    message: `no threshold can be crossed: ${meter} never has any cost, as ${why}`,
  };
}

/** The provider reports the cost of a meter without a unit; any other meter costs its price. */
function alwaysFree({ measure, meter, thresholds }: Budget, { config, provider }: Watched) {
  if (measure === 'usage') return undefined;
  const counted = countedMeters(meter, provider);
  const isFree = counted.every(
    ({ id, unit }) => unit !== undefined && isZeroOrNone(config.prices[id]),
  );
  if (!isFree) return undefined;
  const priced = counted.filter(({ id }) => Object.hasOwn(config.prices, id)).map(({ id }) => id);
  const which = thresholds.length === 1 ? 'its threshold can never' : 'none of its thresholds can';
  const why =
    priced.length === 1
      ? `the price of ${listed(priced)} is 0, so its cost is always 0`
      : `the prices of ${listed(priced)} are 0, so their cost is always 0`;
  return {
    key: 'thresholds',
    message: `${which} be crossed: ${why}; give a price above 0, or limit the usage`,
  };
}

function isZeroOrNone(price: Price | undefined): boolean {
  return price === undefined || price.tiers.every((tier) => Number(tier.price) === 0);
}

function leavesOut({ measure, meter }: Budget, { config, provider }: Watched) {
  if (measure === 'usage' || meter !== undefined) return undefined;
  const unpriced = provider.meters.filter((one) => isUnpriced(one, config.prices));
  if (unpriced.length === 0) return undefined;
  const names = unpriced.map(({ id }) => id);
  const missing = names.map((id) => `prices.${id}`);
  const why =
    names.length === 1
      ? `${listed(names)} costs, as it has no price`
      : `${listed(names)} cost, as they have no price`;
  return {
    key: 'measure',
    message: `leaves out what ${why}; give ${listed(missing)}, 0 where nothing is charged, or limit ${names.length === 1 ? 'it' : 'them'} by usage`,
  };
}

function isUnpriced(meter: Meter, prices: Prices): boolean {
  return soldIn(meter) !== undefined && !Object.hasOwn(prices, meter.id);
}

/** In the list that is written, where budgets on prepaid credit stand among those with a limit. */
function placeOf(index: number, { balances = [] }: Watched['config']): number {
  return balances.reduce((place, balance) => (balance.place <= place ? place + 1 : place), index);
}

function sameAsBefore(config: Watched['config'], index: number) {
  const { budgets } = config;
  const budget = budgets[index] as Budget;
  const first = budgets.findIndex((other) => definitionOf(other) === definitionOf(budget));
  if (first === index) return undefined;
  return { key: 'name', message: duplicateText(placeOf(first, config), budgets[first]?.name) };
}

function countedMeters(meter: string | undefined, { meters }: BudgetProvider): readonly Meter[] {
  return meters.filter(({ id }) => meter === undefined || id === meter);
}

/** `a`, `a and b`, `a, b and c`. */
function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
