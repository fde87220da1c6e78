/**
 * The custom notification that Amazon Q Developer in chat applications accepts over HTTPS
 * (admin guide, "Custom notifications": version 1.0, source custom). Its `client-markdown` is shown as the markdown of
 * the chat, so that foreign text is escaped as for Slack; Microsoft Teams shows the same text.
 */
import { createHash } from 'node:crypto';
import type { BudgetNotice, Message, Notice } from '../alerts/notice.ts';
import { budgetFacts, driversLabel, driverText, forecastText } from './budget-facts.ts';
import {
  accountBudgetText,
  accountName,
  accountNotes,
  accountSpentText,
  billTexts,
  budgetCountsText,
  dataTexts,
  deliveryTexts,
  digestSubject,
  digestTitle,
  moverText,
  nextText,
  restText,
  type SentDigest,
  totalBudgetTexts,
  totalLines,
} from './digest.ts';
import { accountsOf, headline, isBudgetNotice, nameText, subject } from './headline.ts';
import { clip, oneLine } from './plain-text.ts';
import { escaped, escapedWithin } from './slack/blocks.ts';

/** What the service takes; everything but version, source and content may be absent. */
interface ChatNotification {
  readonly version: '1.0';
  readonly source: 'custom';
  readonly id: string;
  readonly content: {
    readonly textType: 'client-markdown';
    readonly title: string;
    readonly description: string;
    readonly nextSteps: readonly string[];
    readonly keywords: readonly string[];
  };
  readonly metadata: {
    readonly threadId: string;
    readonly summary: string;
    readonly eventType: string;
    readonly relatedResources: readonly string[];
    readonly additionalContext: Readonly<Record<string, string>>;
  };
}

/** Limits of the service's schema, in characters; the description is kept within one section of a Slack message (3,000). */
const MAX_CHAT = {
  title: 250,
  description: 2_900,
  nextStep: 350,
  keyword: 75,
  summary: 250,
  identifier: 64,
} as const;

const MAX_NOTICES = 5;
const MAX_REASON = 400;
const MAX_FACT = 250;
const MAX_DRIVERS = 500;
const MAX_LISTED = 10;

const NO_ALERTS = 'cost-alerts: no alerts';

const SIGNS = { critical: ':red_circle:', warning: ':warning:', info: ':information_source:' };

export function chatNotification(message: Message): ChatNotification {
  const { notices } = message;
  const [gravest] = notices;
  return {
    version: '1.0',
    source: 'custom',
    id: identifier(message.id),
    content: {
      textType: 'client-markdown',
      title: escapedWithin(`${SIGNS[message.severity]} ${titleText(notices)}`, MAX_CHAT.title),
      description: descriptionText(notices),
      nextSteps: gravest ? nextSteps(gravest) : [],
      keywords: keywords(message),
    },
    metadata: {
      threadId: gravest ? threadId(gravest) : identifier(message.id),
      summary: clip(subject(message), MAX_CHAT.summary),
      eventType: `cost-alerts-${gravest?.kind ?? 'nothing'}`,
      relatedResources: accountsOf(notices)
        .slice(0, MAX_LISTED)
        .map((name) => nameText(name)),
      additionalContext: additionalContext(message, gravest),
    },
  };
}

function titleText(notices: readonly Notice[]): string {
  const [gravest, ...others] = notices;
  if (!gravest) return NO_ALERTS;
  return others.length === 0 ? headline(gravest) : `${headline(gravest)} (+${others.length} more)`;
}

/** Whole notices as long as there is room, then how many more there are. */
function descriptionText(notices: readonly Notice[]): string {
  const isAlone = notices.length === 1;
  const texts = notices.slice(0, MAX_NOTICES).map((notice) => noticeText(notice, isAlone));
  const shown = fitting(texts, '\n\n', MAX_CHAT.description - 50);
  const text = shown.join('\n\n');
  const more = notices.length - shown.length;
  return more === 0 ? text || NO_ALERTS : `${text}\n\n_and ${more} more_`.trim();
}

function noticeText(notice: Notice, isAlone: boolean): string {
  const title = isAlone ? [] : [`*${escaped(headline(notice))}*`];
  const reason = escapedWithin(notice.reason, MAX_REASON);
  const numbers = isBudgetNotice(notice) ? budgetLines(notice) : [];
  return [...title, reason, ...numbers].join('\n');
}

/** The sentence before them says how much is used. */
function budgetLines(notice: BudgetNotice): readonly string[] {
  const drivers = notice.drivers.map((driver) => driverText(driver, notice)).join(', ');
  return [
    labelled('Forecast', forecastText(notice) ?? '', MAX_FACT),
    labelled(driversLabel(notice), drivers, MAX_DRIVERS),
    ...budgetFacts(notice)
      .filter(({ label }) => label !== 'Used')
      .map(({ label, text }) => labelled(label, text, MAX_FACT)),
  ].filter(Boolean);
}

function labelled(label: string, text: string, max: number): string {
  return text === '' ? '' : `*${label}:* ${escapedWithin(text, max)}`;
}

/** A link that would not fit whole is left out: half of one leads nowhere. */
function nextSteps({ kind, nextStep, links }: Notice): readonly string[] {
  const linked = [
    `Bill: ${oneLine(links.provider)}`,
    `${kind === 'unwatched' ? 'Parameters' : 'Budgets and mute'}: ${oneLine(links.parameter)}`,
  ].map(escaped);
  return [
    escapedWithin(nextStep, MAX_CHAT.nextStep),
    ...linked.filter((step) => step.length <= MAX_CHAT.nextStep),
  ];
}

function keywords({ severity, notices }: Message): readonly string[] {
  const kinds = new Set(notices.map((notice) => notice.kind));
  const providers = new Set(notices.map((notice) => nameText(notice.provider)));
  return [severity, ...kinds, ...providers]
    .slice(0, MAX_LISTED)
    .map((word) => clip(word, MAX_CHAT.keyword));
}

/** One thread for a budget in a period; other events have their own, so that none hides in an old thread. */
function threadId(notice: Notice): string {
  if (!isBudgetNotice(notice)) return identifier(notice.id);
  const { provider, account, budget, period } = notice;
  return identifier(`${provider}/${account}/${budget}/${period.start}`);
}

function additionalContext(message: Message, gravest: Notice | undefined): Record<string, string> {
  const context = { severity: message.severity, messageId: identifier(message.id) };
  if (!gravest) return context;
  return {
    ...context,
    kind: gravest.kind,
    provider: nameText(gravest.provider),
    ...(gravest.account !== '' && { account: nameText(gravest.account) }),
    ...(isBudgetNotice(gravest) && { budget: nameText(gravest.budget) }),
  };
}

/** The text itself where it is short and plain, else its SHA-256, which has 64 characters. */
function identifier(text: string): string {
  const isPlain = text.length <= MAX_CHAT.identifier && /^[\w./:+-]+$/.test(text);
  return isPlain ? text : createHash('sha256').update(text).digest('hex');
}

/** The message's id has at most 64 plain characters. */
export function digestChat(sent: SentDigest): ChatNotification {
  const { digest, id } = sent;
  const rest = restText(digest);
  const lines = [
    ...totalLines(digest),
    ...totalBudgetTexts(digest),
    budgetCountsText(digest),
    ...dataTexts(digest),
    ...digest.accounts.map((account) =>
      [
        `• ${accountName(account)}: ${accountSpentText(account)}, ${accountBudgetText(account)}`,
        ...accountNotes(account),
      ].join('; '),
    ),
    ...(rest === undefined ? [] : [rest]),
    ...billTexts(digest),
    ...digest.movers.map((mover) => `Changed: ${moverText(mover)}`),
  ].map(escaped);
  return {
    version: '1.0',
    source: 'custom',
    id,
    content: {
      textType: 'client-markdown',
      title: escapedWithin(`:bar_chart: ${digestTitle(sent)}`, MAX_CHAT.title),
      description: fitting(lines, '\n', MAX_CHAT.description).join('\n'),
      nextSteps: [...deliveryTexts(digest), nextText(digest)].map((text) =>
        escapedWithin(text, MAX_CHAT.nextStep),
      ),
      keywords: ['info', 'digest'],
    },
    metadata: {
      threadId: id,
      summary: digestSubject(sent),
      eventType: 'cost-alerts-digest',
      relatedResources: digest.accounts.map(accountName),
      additionalContext: { severity: 'info', messageId: id, kind: 'digest' },
    },
  };
}

/** The first texts that are within `max` together. */
function fitting(texts: readonly string[], separator: string, max: number): readonly string[] {
  const tooLong = texts.findIndex(
    (_, index) => texts.slice(0, index + 1).join(separator).length > max,
  );
  return tooLong < 0 ? texts : texts.slice(0, tooLong);
}
