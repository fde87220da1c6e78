/**
 * `npm run picture`: draws Slack messages about as Slack does, with Chromium (CHROMIUM_PATH names its executable), for the
 * README and the docs; `slack-messages.json` is what was drawn.
 */
import { writeFileSync } from 'node:fs';
import type { Block, SlackMessage } from '../../../functions/messages/slack/blocks.ts';
import { launchChromium } from '../../support/chromium.ts';
import { drawnMessages } from './drawn-messages.ts';

const browser = await launchChromium();
const page = await browser.newPage({ viewport: { width: 720, height: 100 }, deviceScaleFactor: 2 });
for (const [name, message] of Object.entries(drawnMessages)) {
  await page.setContent(html(message));
  await page.screenshot({ path: here(`${name}.png`), fullPage: true });
}
await browser.close();
writeFileSync(here('slack-messages.json'), `${JSON.stringify(drawnMessages, null, 2)}\n`);

function here(file: string): string {
  return new URL(file, import.meta.url).pathname;
}

function html({ blocks }: SlackMessage): string {
  return `<!doctype html><meta charset="utf-8"><style>
    body { font: 15px/1.46 Lato, Arial, "Noto Sans", "Noto Color Emoji", sans-serif; margin: 16px; color: #1d1c1d; }
    .bot { font-weight: 900 } .app { background: #ddd; border-radius: 2px; font-size: 10px; padding: 1px 3px; color: #616061 }
    h3 { font-size: 18px; margin: 8px 0 } section { margin: 8px 0; white-space: pre-wrap }
    .context { font-size: 13px; color: #616061; margin: 8px 0 }
    a { display: inline-block; border: 1px solid #bbb; border-radius: 4px; padding: 4px 12px; margin-right: 8px; font-weight: 700; color: inherit; text-decoration: none }
    hr { border: 0; border-top: 1px solid #ddd }
  </style><div><span class="bot">cost-alerts</span> <span class="app">APP</span></div>
  ${blocks.map(drawn).join('')}`;
}

function drawn(block: Block): string {
  switch (block.type) {
    case 'header':
      return `<h3>${escaped(block.text.text)}</h3>`;
    case 'section':
      return `<section>${mrkdwn(block.text.text)}</section>`;
    case 'context':
      return `<div class="context">${block.elements.map(({ text }) => mrkdwn(text)).join('<br>')}</div>`;
    case 'actions':
      return `<div>${block.elements.map(({ text }) => `<a>${escaped(text.text)}</a>`).join('')}</div>`;
    case 'divider':
      return '<hr>';
  }
}

/** Slack's texts come escaped; of its markup only bold is used. */
function mrkdwn(text: string): string {
  return text.replaceAll(/\*([^*\n]+)\*/g, '<b>$1</b>').replaceAll(/_([^_\n]+)_/g, '<i>$1</i>');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
