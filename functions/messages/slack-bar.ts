/** A share of a limit as a bar of block characters, each a twentieth of the limit. */

const CELLS = 20;
/** Beyond a quarter more, the bar only says that it goes on. */
const MAX_EXCESS = 5;

/** `████████████░░░░░░░░` at 62 percent, `████████████████████┃█` just over 100; full only where the limit is reached. */
export function percentBar(percent: number): string {
  const cells = (percent / 100) * CELLS;
  const filled = Math.floor(Math.min(Math.max(cells, 0), CELLS));
  const bar = '█'.repeat(filled) + '░'.repeat(CELLS - filled);
  if (percent < 100) return bar;
  const excess = Math.ceil(cells - CELLS);
  return `${bar}┃${'█'.repeat(Math.min(excess, MAX_EXCESS))}${excess > MAX_EXCESS ? '»' : ''}`;
}
