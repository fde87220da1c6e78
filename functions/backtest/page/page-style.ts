import { readFileSync } from 'node:fs';

const sheets = ['page', 'charts', 'told', 'try', 'print'];

/** The page's style sheet. */
export const pageStyle = sheets
  .map((name) => readFileSync(new URL(`${name}.css`, import.meta.url), 'utf8'))
  .join('\n');
