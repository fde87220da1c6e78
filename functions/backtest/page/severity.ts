/** How grave a notice is, by shape and colour. */
import { severityAt } from '../../alerts/budget-notice.ts';
import type { Severity } from '../../alerts/notice.ts';
import { decimal } from '../../pricing/money.ts';
import { type Html, trusted } from './html.ts';

/** Of a notice for this step, in percent. */
export function severityAtStep(step: number): Severity {
  return severityAt(decimal(String(step)));
}

/** Also what is no colour tells them apart: circle, diamond, triangle. */
const outlines: Readonly<Record<Severity, string>> = {
  info: 'M0-5A5 5 0 1 1 0 5A5 5 0 1 1 0-5Z',
  warning: 'M0-6.5L6.5 0L0 6.5L-6.5 0Z',
  critical: 'M0-6.5L7 5.5H-7Z',
};

/** A small picture of it, which says nothing to a screen reader: the word is to stand beside it. */
export function severityMark(severity: Severity, className: string): Html {
  return trusted(
    `<svg class="${className} ${severity}" viewBox="-9 -9 18 18" aria-hidden="true"><path d="${outlines[severity]}"/></svg>`,
  );
}
