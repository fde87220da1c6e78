/** The page of which the README shows a budget. */
import { createHash } from 'node:crypto';
import { renderPage } from '../../../../../cli/backtest/page/render-page.ts';
import { replay, replayedUntil, shop } from '../../../../support/replayed-accounts.ts';

export const picturedAccount = replay(shop());
export const picturedPage = renderPage([picturedAccount], { now: replayedUntil });

/** Of all that the picture shows: the first budget, and the style sheet. */
export const picturedDigest = createHash('sha256')
  .update(part(/<style>.*?<\/style>/s))
  .update(part(/<section class="part budget".*?<\/section>/s))
  .digest('hex');

function part(pattern: RegExp): string {
  const [found] = pattern.exec(picturedPage) ?? [];
  if (found === undefined) throw new Error(`no ${pattern} in the page`);
  return found;
}
