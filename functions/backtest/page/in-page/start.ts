/** What runs in the page: the forms to try limits, and a few comforts. */
/// <reference lib="dom" />
import type { PageData } from '../page-data.ts';
import { dismissAtEscape } from './dismiss.ts';
import { find } from './find.ts';
import { startPasting } from './paste.ts';
import { reloadWhenNewer } from './reload.ts';
import { startTrying } from './try-limit.ts';

const data: PageData = JSON.parse(document.getElementById('data')?.textContent ?? '');
const sections = [...document.querySelectorAll<HTMLElement>('section.account')];
for (const [index, account] of data.accounts.entries()) {
  const budgets = [...(sections[index]?.querySelectorAll<HTMLElement>('section.budget') ?? [])];
  const forms = budgets.map((section) => find<HTMLFormElement>(section, 'form.try'));
  const showPaste = startPasting(forms, account);
  for (const [place, section] of budgets.entries()) {
    const budget = account.budgets[place];
    if (budget) startTrying(section, account, budget, (tried) => showPaste(place, tried));
  }
}
dismissAtEscape();
if (data.isLive) reloadWhenNewer();
