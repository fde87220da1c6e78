/** One run over all totals: each is judged from what the checks left, and what has happened is published. */
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { totalConfigNotice } from '../alerts/budget/total-notice.ts';
import { nextConfigState } from '../alerts/invalid-config.ts';
import type { Notice } from '../alerts/notice.ts';
import type { AccountDetails } from '../alerts/notice-text.ts';
import { NO_ALERTS } from '../alerts/state.ts';
import { type AccountRunLedger, saveAndQueue } from '../checks/account/check-account.ts';
import type { KnownState } from '../checks/account/plan-check.ts';
import { alertSummary } from '../checks/account/summary.ts';
import { clockFrom, deliverOutboxes, type OutboxDelivery } from '../checks/outbox/deliver.ts';
import { isFull, type Outbox } from '../checks/outbox/outbox.ts';
import { type AccountSource, type InvalidParameters, TOTALS } from '../config/account.ts';
import { type Parameter, readParameters, tryParameter } from '../config/parameter-store.ts';
import { problemLine } from '../config/problem.ts';
import { readTotal, readTotals, type Total, type TotalConfig } from '../config/schema/total.ts';
import type { SummarizedAccount } from '../ledger/account-summary.ts';
import type { AccountKey } from '../ledger/items.ts';
import { consoleUrl } from '../messages/aws-console.ts';
import { condense } from './condense.ts';
import { judgeTotal, totalSummary } from './judge-total.ts';
import { currentRates, type RatesDeps } from './reference-rates.ts';
import { nameOf, type TotalAccount } from './total-days.ts';

export interface TotalsDeps extends Omit<RatesDeps, 'timeLeftMs'> {
  readonly ssm: SSMClient;
  readonly sns: SNSClient;
  readonly topicArn: string;
  readonly ledger: Pick<
    AccountRunLedger,
    | 'readState'
    | 'saveState'
    | 'saveSummary'
    | 'takeFromRegister'
    | 'claimOutbox'
    | 'settleOutbox'
    | 'takeTurn'
  >;
  /** Of a provider, or of `totals`, in order of name. */
  readonly readSummaries: (provider: string) => AsyncIterable<SummarizedAccount>;
  readonly providers: readonly string[];
  /** `/cost-alerts`. */
  readonly parameterRoot: string;
  /** AWS region, for links to the console. */
  readonly region: string;
  /** Real milliseconds until `signal` aborts. */
  readonly timeLeftMs: number;
}

export interface TotalsRun {
  readonly totals: number;
  /** Why a total is not known, by its name. */
  readonly unknown: Readonly<Record<string, string>>;
  /** What is wrong with parameters, a line a problem. */
  readonly invalid: readonly string[];
  readonly ratesFailure?: string;
  readonly delivery: OutboxDelivery;
}

export async function checkTotals(deps: TotalsDeps): Promise<TotalsRun> {
  const { ssm, parameterRoot, signal, ledger } = deps;
  const [parameters, known] = await Promise.all([
    readParameters(ssm, `${parameterRoot}/${TOTALS}`, signal),
    allOf(deps.readSummaries(TOTALS)),
  ]);
  const totals = readTotals(parameters, parameterRoot);
  const names = new Set(totals.map(({ name }) => name));
  const gone = known.filter(({ account }) => !names.has(account));
  await Promise.all(gone.map(({ account }) => ledger.takeFromRegister(keyOf(account))));
  if (totals.length === 0) {
    return { totals: 0, unknown: {}, invalid: [], delivery: { published: 0, failures: [] } };
  }
  const watched = await Promise.all(totals.map((total) => watchedBy(total, parameters, deps)));
  const configs = watched.flatMap(({ config }) => config ?? []);
  const found = await readAccounts(configs, deps);
  const all = [...found.accounts.values()].flat();
  const { rates, failure } = await currentRates(configs, all, deps);
  const unknown: Record<string, string> = {};
  const outboxes: Outbox[] = [];
  for (const one of watched) {
    const { outbox, unknownBecause } = await checkTotal(one, { ...deps, ...found, rates });
    if (unknownBecause !== undefined) unknown[one.total.name] = unknownBecause;
    if (outbox) outboxes.push(outbox);
  }
  return {
    totals: totals.length,
    unknown,
    invalid: totals.flatMap(({ problems }) => problems.map(problemLine)),
    ...(failure !== undefined && { ratesFailure: failure }),
    delivery: await deliver(outboxes, deps),
  };
}

function keyOf(name: string): AccountKey {
  return { provider: TOTALS, account: name };
}

async function allOf<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

interface FoundAccounts {
  readonly accounts: ReadonlyMap<TotalConfig, readonly TotalAccount[]>;
  /** Of all that are watched, `northflank/acme`. */
  readonly names: readonly string[];
}

/** All summaries together may be larger than the memory: each is condensed as it comes. */
async function readAccounts(
  configs: readonly TotalConfig[],
  { providers, readSummaries, now }: TotalsDeps,
): Promise<FoundAccounts> {
  const names: string[] = [];
  const condensed = configs.map((config) => ({ config, own: condense(config, now) }));
  for (const provider of providers) {
    for await (const one of readSummaries(provider)) {
      names.push(nameOf(one));
      for (const { own } of condensed) own.add(one);
    }
  }
  return { accounts: new Map(condensed.map(({ config, own }) => [config, own.accounts()])), names };
}

/** A total by the parameter as it is, or by its last good one. */
interface WatchedTotal {
  readonly total: Total;
  readonly state: KnownState;
  /** Absent where it never was valid, or its last good one is gone. */
  readonly config?: TotalConfig;
  readonly source: AccountSource;
  readonly problem?: InvalidParameters;
}

async function watchedBy(
  total: Total,
  parameters: readonly Parameter[],
  deps: TotalsDeps,
): Promise<WatchedTotal> {
  const { name, version, config, problems } = total;
  const state = await deps.ledger.readState(keyOf(name));
  const parameter = parameters.find((one) => one.name === total.parameter) as Parameter;
  if (config) return { total, state, config, source: sourceOf(parameter) };
  const problem = { versions: [`${name}@${version}`], problems };
  const { lastGood } = state;
  const good = lastGood && (await readLastGood(parameter, lastGood, deps));
  return {
    total,
    state,
    problem,
    source: lastGood ?? { tokenVersion: 0 },
    ...(good && { config: good }),
  };
}

/** A secret is not kept: its version is asked of Parameter Store. */
function sourceOf({ value, type, version }: Parameter): AccountSource {
  return { ...(type === 'String' && { config: value }), configVersion: version, tokenVersion: 0 };
}

async function readLastGood(
  parameter: Parameter,
  { config, configVersion }: AccountSource,
  { ssm, signal, parameterRoot }: TotalsDeps,
): Promise<TotalConfig | undefined> {
  const good: Parameter | undefined =
    config === undefined
      ? await tryParameter(ssm, parameter.name, configVersion, signal)
      : { ...parameter, type: 'String', value: config };
  return good && readTotal(good, parameterRoot).config;
}

interface Evidence extends TotalsDeps, FoundAccounts {
  readonly rates: Awaited<ReturnType<typeof currentRates>>['rates'];
}

interface Outcome {
  /** Absent where another run was faster; that one publishes. */
  readonly outbox: Outbox | undefined;
  readonly unknownBecause?: string;
}

async function checkTotal(watched: WatchedTotal, deps: Evidence): Promise<Outcome> {
  const { total, state, config, source, problem } = watched;
  const { accounts, names, rates, now } = deps;
  const details = detailsOf(total, deps);
  if (!config) return checkInvalid(watched, details, deps);
  const judged = judgeTotal({
    config,
    details: { ...details, currency: config.currency },
    accounts: accounts.get(config) ?? [],
    names,
    rates,
    alerts: state.alerts ?? NO_ALERTS,
    problem,
    isHeld: isFull(state.outbox),
    now,
  });
  const { reading } = judged.reading;
  const next = { lastGood: source, alerts: judged.alerts };
  const summary = totalSummary(judged, { config, problem, now });
  return {
    outbox: await save(watched, next, { notices: judged.notices, summary }, deps),
    ...(!reading.known && { unknownBecause: reading.reason }),
  };
}

/** Of a total without a valid parameter there is nothing to evaluate, only to say so. */
async function checkInvalid(
  watched: WatchedTotal,
  details: AccountDetails,
  deps: TotalsDeps,
): Promise<Outcome> {
  const { state, problem } = watched;
  const { invalidConfig: before, ...alerts } = state.alerts ?? NO_ALERTS;
  const moment = { now: deps.now, muted: isFull(state.outbox) };
  const { state: invalidConfig, event } = nextConfigState(before, problem, moment);
  const { version: _, outbox: __, ...rest } = state;
  const next = { ...rest, alerts: { ...alerts, ...(invalidConfig && { invalidConfig }) } };
  const until = state.lastGood === undefined ? 'never' : 'no longer';
  const notices = event ? [totalConfigNotice(event, details, until)] : [];
  const summary = alertSummary(next.alerts, problem, {
    provider: { dayZone: 'UTC' },
    now: deps.now,
  });
  const unknownBecause = 'Its parameter is invalid.';
  return { outbox: await save(watched, next, { notices, summary }, deps), unknownBecause };
}

async function save(
  { total, state }: WatchedTotal,
  next: Omit<KnownState, 'version' | 'outbox'>,
  {
    notices,
    summary,
  }: {
    readonly notices: readonly Notice[];
    readonly summary: Parameters<AccountRunLedger['saveSummary']>[1];
  },
  { ledger, now }: TotalsDeps,
): Promise<Outbox | undefined> {
  const key = keyOf(total.name);
  const [outbox] = await Promise.all([
    saveAndQueue(key, state, next, notices, { ledger, now }),
    ledger.saveSummary(key, summary),
  ]);
  return outbox;
}

function detailsOf({ name, parameter }: Total, { region }: TotalsDeps): AccountDetails {
  const link = consoleUrl(region, `systems-manager/parameters${parameter}/description`);
  return {
    provider: TOTALS,
    providerName: 'the providers',
    account: name,
    currency: '',
    parameter,
    // Of a total that has cost anything the bill of its largest account.
    links: { provider: link, parameter: link },
  };
}

export async function deliver(
  outboxes: readonly Outbox[],
  { ledger, sns, topicArn, signal, now }: TotalsDeps,
): Promise<OutboxDelivery> {
  const clock = clockFrom(now);
  return deliverOutboxes([outboxes], { ledger, sns, topicArn, signal, clock });
}
