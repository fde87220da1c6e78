/** The published contract `cost-alerts/1` as text, for subscribers that are programs: lambda, sqs, firehose. */
import type { Message } from '../alerts/notice.ts';
import { type Excerpt, largestFitting } from './excerpt.ts';
import { byteLength, visibleJson } from './plain-text.ts';

/**
 * At most `maxBytes` of UTF-8, from 4 KiB up. Where the message is larger, `"omitted": {"drivers": true, "notices": 12}`
 * says that the drivers of all notices and so many of the least grave notices are left out. Where leaving out the drivers
 * is not enough, texts of more than 300 characters are shortened too, and end in `...`.
 */
export function jsonText(message: Message, maxBytes: number): string {
  const excerpt = largestFitting(message, (tried) => byteLength(excerptJson(tried)) <= maxBytes);
  return excerptJson(excerpt);
}

/** An excerpt as it is; `omitted` only where something was. A name's invisible characters are there, as escapes. */
export function excerptJson({ message, omitted }: Excerpt): string {
  return visibleJson({ ...message, ...(omitted && { omitted }) });
}
