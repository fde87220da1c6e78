/// <reference lib="dom" />
/** The page's script: the forms to try limits, and a few comforts. */
import { SHAPES } from '../chart.ts';
import { fanSvg, forecastMoments, momentText } from '../forecast-fan.ts';
import { type AccountData, type BudgetData, type PageData, periodsOf } from '../page-data.ts';
import { startPasting } from './paste.ts';
import { find, startTrying } from './try-limit.ts';

const EVERY_MS = 15_000;

const data: PageData = JSON.parse(document.getElementById('data')?.textContent ?? '');
const sections = [...document.querySelectorAll<HTMLElement>('section.account')];
for (const [index, account] of data.accounts.entries()) {
  const budgets = [...(sections[index]?.querySelectorAll<HTMLElement>('section.budget') ?? [])];
  const forms = budgets.flatMap((section) => [
    ...section.querySelectorAll<HTMLFormElement>('form.try'),
  ]);
  const showPaste = startPasting(forms, account);
  for (const [place, section] of budgets.entries()) {
    const budget = account.budgets[place];
    if (!budget) continue;
    startTrying(section, account, budget, (tried) => showPaste(place, tried));
    startPicking(section, account, budget);
  }
}
dismissAtEscape();
if (data.isLive) reloadWhenNewer();

/** Escape hides the message that a mark shows, until the mark is pointed at or focused anew (WCAG 1.4.13). */
function dismissAtEscape(): void {
  document.addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape') return;
    for (const item of document.querySelectorAll('.alerts li')) {
      if (item.matches(':hover, :focus-within')) dismiss(item);
    }
  });
}

function dismiss(item: Element): void {
  const renew = new AbortController();
  item.classList.add('dismissed');
  for (const type of ['mouseleave', 'focusout']) {
    item.addEventListener(
      type,
      () => {
        item.classList.remove('dismissed');
        renew.abort();
      },
      { signal: renew.signal },
    );
  }
}

/** Loads the page again once its server has another one, but not while a limit is tried. */
function reloadWhenNewer(): void {
  let shown: string | null | undefined;
  setInterval(async () => {
    const version = await versionNow();
    shown ??= version;
    if (version === undefined || version === shown) return;
    if (document.querySelector('.tried') === null) location.reload();
  }, EVERY_MS);
}

/** Undefined while the server cannot be reached. */
async function versionNow(): Promise<string | undefined> {
  try {
    const { headers, ok } = await fetch(location.href, { method: 'HEAD', cache: 'no-store' });
    return (ok && headers.get('etag')) || undefined;
  } catch {
    return undefined;
  }
}

/** Makes the slider through the replayed time work, and visible, where the section has one. */
function startPicking(section: HTMLElement, account: AccountData, data: BudgetData): void {
  const field = section.querySelector<HTMLElement>('.moment-field');
  if (field === null) return;
  const { budget, counting, plots } = data;
  const moments = forecastMoments(periodsOf(data), account.until);
  const slider = find<HTMLInputElement>(field, 'input');
  const output = find(field, 'output');
  const update = () => {
    const moment = moments[Number(slider.value)];
    if (moment === undefined) return;
    const text = momentText(moment, budget.limit, counting);
    output.textContent = text;
    slider.setAttribute('aria-valuetext', text);
    for (const shape of SHAPES) {
      find(section, `svg.${shape} .foresight`).innerHTML = fanSvg(moment, plots[shape]);
    }
  };
  slider.addEventListener('input', update);
  update();
  field.hidden = false;
}
