/** What is wrong with parameters as such: their size and type, and names that nothing reads. Pure. */

import { definitionOf } from '../../functions/alerts/definition.ts';
import type { Account, AccountConfig, Budget } from '../../functions/config/account.ts';
import { nearest } from '../../functions/config/config-error.ts';
import type { Parameter } from '../../functions/config/parameter-store.ts';
import { type Price, type Prices, soldIn } from '../../functions/config/price-schema.ts';
import { pathText, problemText } from '../../functions/config/problem.ts';
import { readTotals } from '../../functions/config/total-schema.ts';
import { byteLength } from '../../functions/messages/plain-text.ts';
import { webhookUrl } from '../../functions/messages/slack-webhook.ts';
import type { Meter, Provider } from '../../functions/providers/provider.ts';
import type { Finding } from './validate.ts';

/** In bytes (AWS General Reference, Systems Manager quotas: 4 KB and 8 KB). */
export const standardBytes = 4096;
export const advancedBytes = 8192;

/**
 * Whether it can be stored, in UTF-8. What is in Parameter Store was stored, and in the tier that it needs: this is for
 * what is to be put there.
 */
export function sizeFindings({ name, value }: Parameter): Finding[] {
  const bytes = byteLength(value);
  if (bytes <= standardBytes) return [];
  if (bytes > advancedBytes) {
    const message = `expected at most ${advancedBytes} bytes, as no parameter holds more, got ${bytes}`;
    return [{ parameter: name, message, severity: 'error' }];
  }
  const message = `has ${bytes} bytes, so it needs an advanced parameter (--tier Advanced, which AWS charges for); a standard one holds ${standardBytes}`;
  return [{ parameter: name, message, severity: 'warning' }];
}

/** Of an account's token. A StringList is said to be one where the account is read, and so is an unreadable config. */
export function tokenFindings({ name, type, undecryptable }: Parameter): Finding[] {
  if (name.endsWith('/token') && undecryptable !== undefined) {
    return [notDecrypted(name, undecryptable)];
  }
  if (name.endsWith('/token') && type === 'String') return [plainText(name, 'token')];
  return [];
}

function notDecrypted(parameter: string, reason: string): Finding {
  const message = `cannot be decrypted with these credentials (${reason}); the function needs the right to use its key, too`;
  return { parameter, message, severity: 'error' };
}

function plainText(parameter: string, secret: string): Finding {
  const message = `expected a SecureString, got a String, whose ${secret} is stored in plain text; delete the parameter and write it again as a SecureString, best with a new ${secret}`;
  return { parameter, message, severity: 'error' };
}

/** Names below the root that are no account's, and what is wrong with the one of Slack. */
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
      ...(folder === 'totals' ? totalFindings(below, root) : []),
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

function totalFindings(parameters: readonly Parameter[], root: string): Finding[] {
  return readTotals(parameters, root).flatMap(({ parameter, problems }) =>
    problems.map((one) => {
      const path = pathText(one.path);
      const finding = { parameter, message: problemText(one), severity: 'error' as const };
      return path === '' ? finding : { ...finding, path };
    }),
  );
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
    'expected the URL of a Slack incoming webhook, https://hooks.slack.com/services/..., and nothing else; got something that is not shown, as it may be a secret';
  return { parameter, message, severity: 'error' };
}

type BudgetProvider = Pick<Provider, 'meters' | 'uncounted'>;

interface Watched {
  readonly config: Pick<AccountConfig, 'budgets' | 'prices' | 'options'>;
  readonly provider: BudgetProvider;
}

/** Of one budget; undefined where there is nothing to say. `key` is within the budget. */
type Look = (budget: Budget, watched: Watched) => { key: string; message: string } | undefined;

/** The first two say why a budget never tells anything; what follows would only repeat it. */
const looks: readonly Look[] = [neverCounted, alwaysFree, leavesOut];

export function budgetFindings(
  { config, parameter }: Pick<Account, 'parameter'> & { readonly config: Watched['config'] },
  provider: BudgetProvider,
): Finding[] {
  const watched = { config, provider };
  return config.budgets.flatMap((budget, index) => {
    const found = looks.map((look) => look(budget, watched)).find((one) => one !== undefined);
    const problems = [found, sameAsBefore(config.budgets, index)];
    return problems
      .filter((problem) => problem !== undefined)
      .map(({ key, message }) => ({
        parameter,
        path: `budgets[${index}].${key}`,
        message,
        severity: 'warning' as const,
      }));
  });
}

function neverCounted({ meter }: Budget, { config, provider }: Watched) {
  const why = meter === undefined ? undefined : provider.uncounted?.(config.options)[meter];
  if (why === undefined) return undefined;
  return {
    key: 'meter',
    message: `no threshold can be reached: ${meter} never has any cost, as ${why}`,
  };
}

/** A cost comes from the provider itself only where a meter has no unit; everything else costs its price. */
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
    message: `${which} be reached: ${why}; give a price above 0, or limit the usage`,
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

function sameAsBefore(budgets: readonly Budget[], index: number) {
  const budget = budgets[index] as Budget;
  const first = budgets.findIndex((other) => definitionOf(other) === definitionOf(budget));
  if (first === index) return undefined;
  const name = JSON.stringify(budgets[first]?.name);
  return {
    key: 'name',
    message: `is the same as budgets[${first}], ${name}, so that everything is told twice; remove one of them`,
  };
}

function countedMeters(meter: string | undefined, { meters }: BudgetProvider): readonly Meter[] {
  return meters.filter(({ id }) => meter === undefined || id === meter);
}

/** `a`, `a and b`, `a, b and c`. */
function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
