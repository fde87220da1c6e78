/** As much of a message as there is room for. */
import type { Message, Notice } from '../alerts/notice.ts';
import { isBudgetNotice } from './headline.ts';
import { clip, visibleJson } from './plain-text.ts';

/** An excerpt as it is; `omitted` only where something was. A name's invisible characters are there, as escapes. */
export function excerptJson({ message, omitted }: Excerpt): string {
  return visibleJson({ ...message, ...(omitted && { omitted }) });
}

/** What had to be left out; published as `omitted` beside the notices, absent where nothing was. */
export interface Omitted {
  /** Every notice lost its `drivers`. */
  readonly drivers: boolean;
  /** So many notices, the least grave ones. */
  readonly notices: number;
}

export interface Excerpt {
  readonly message: Message;
  readonly omitted?: Omitted;
}

/** Above what names, reasons and links have; longer ones are shortened for want of room, and end in `...`. */
const MAX_TEXT_LENGTH = 300;
const MAX_UNPRICED = 10;

/**
 * The largest excerpt that fits. Each notice adds to the size, so that fewer of them fit whenever more do.
 * Where not even one does, the excerpt has none, whether that fits or not.
 */
export function largestFitting(message: Message, fits: (excerpt: Excerpt) => boolean): Excerpt {
  const whole = { message };
  if (fits(whole)) return whole;
  const bare = {
    message: { ...message, notices: message.notices.map(withoutDrivers) },
    omitted: { drivers: true, notices: 0 },
  };
  if (fits(bare)) return bare;
  return gravestFitting(shortened(bare.message), fits);
}

function gravestFitting(message: Message, fits: (excerpt: Excerpt) => boolean): Excerpt {
  const { notices } = message;
  const gravest = (count: number): Excerpt => ({
    message: { ...message, notices: notices.slice(0, count) },
    omitted: { drivers: true, notices: notices.length - count },
  });
  let fitting = 0;
  let tooMany = notices.length + 1;
  while (tooMany - fitting > 1) {
    // Doubling before halving: of 10,000 notices only some hundred are ever rendered.
    const count = Math.min(2 * fitting + 1, Math.floor((fitting + tooMany) / 2));
    if (fits(gravest(count))) fitting = count;
    else tooMany = count;
  }
  return gravest(fitting);
}

function withoutDrivers(notice: Notice): Notice {
  return isBudgetNotice(notice) ? { ...notice, drivers: [] } : notice;
}

function shortened(message: Message): Message {
  return { ...message, id: short(message.id), notices: message.notices.map(shortenedNotice) };
}

function shortenedNotice(notice: Notice): Notice {
  const base = {
    id: short(notice.id),
    provider: short(notice.provider),
    account: short(notice.account),
    reason: short(notice.reason),
    nextStep: short(notice.nextStep),
    links: { provider: short(notice.links.provider), parameter: short(notice.links.parameter) },
  };
  if (notice.kind === 'balance') {
    return { ...notice, ...base, budget: short(notice.budget), unit: short(notice.unit) };
  }
  if (!isBudgetNotice(notice)) return { ...notice, ...base };
  return {
    ...notice,
    ...base,
    budget: short(notice.budget),
    unit: short(notice.unit),
    ...(notice.meter !== undefined && { meter: short(notice.meter) }),
    ...(notice.mainDriver && {
      mainDriver: { ...notice.mainDriver, meter: short(notice.mainDriver.meter) },
    }),
    ...(notice.unpriced && { unpriced: notice.unpriced.slice(0, MAX_UNPRICED).map(short) }),
  };
}

function short(text: string): string {
  return clip(text, MAX_TEXT_LENGTH);
}
