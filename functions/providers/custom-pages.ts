/** Where the next page of an answer is, in the four ways that APIs have. */
import { linkTarget } from '../config/origin.ts';
import { withParameter } from './cursor-pages.ts';
import type { Paging } from './custom-api.ts';
import { valueAt } from './custom-paths.ts';
import type { Page } from './custom-rows.ts';
import { exactNumber, nameIn } from './exact-number.ts';
import { isJsonObject } from './json-body.ts';

/** Without a URL the page was the last one. A problem is a clause that fits after the provider's name. */
type Following = { readonly url?: string } | { readonly problem: string };

interface PageAsked {
  /** Of the first page. */
  readonly url: string;
  /** Never shown. */
  readonly token: string;
  /** How many were read, and what they had together. */
  readonly pages: number;
  readonly items: number;
}

const LOST = { problem: 'has another page, but does not say where' } as const;
const LAST = {} as const;

export function followingPage(paging: Paging | undefined, page: Page, asked: PageAsked): Following {
  if (paging === undefined) return unlessMore(page);
  const more = moreIn(paging, page);
  if (typeof more === 'object') return more;
  if (more === false) return LAST;
  if ('next' in paging) {
    const next = valueAt({ value: page.root, at: 'answer' }, paging.next).value;
    if (!isNothing(next)) return linked(paging, next, asked);
    return more === true ? LOST : LAST;
  }
  const isOver = more === undefined && page.items === 0;
  return isOver
    ? LAST
    : { url: withParameter(asked.url, paging.parameter, placeOf(paging, asked)) };
}

/** Of the page after those that were read: a server may give less at a time than it was asked for. */
function placeOf(paging: Exclude<Paging, { next: string }>, { pages, items }: PageAsked): string {
  return String(paging.style === 'page' ? paging.first + pages : items);
}

/** By a number or a text, as cursors and addresses are. */
function linked(
  paging: Extract<Paging, { next: string }>,
  found: unknown,
  { url, token }: PageAsked,
): Following {
  const next = nameIn(found);
  if (next === undefined) return LOST;
  if (paging.style === 'cursor') return { url: withParameter(url, paging.parameter, next) };
  const target = linkTarget(next, new URL(url), token);
  return target === null ? LOST : { url: target.href };
}

/** Undefined where the config does not say what to look at. */
function moreIn(
  paging: Paging,
  { root }: Page,
): boolean | { readonly problem: string } | undefined {
  if (!('more' in paging) || paging.more === undefined) return undefined;
  const { value, at } = valueAt({ value: root, at: 'answer' }, paging.more);
  if (typeof value === 'boolean') return value;
  return { problem: `does not say whether it has more pages: ${at}: expected true or false` };
}

function unlessMore({ root, isLinked }: Page): Following {
  const sign = isLinked ? 'the header "link"' : signOfMore(root);
  if (sign === undefined) return LAST;
  return { problem: `says that there is more (${sign}), and the config has no "paging"` };
}

/** What stands for no next page. */
function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === '' || value === false;
}

/** Without case and signs: `has_more`, `hasMore`, `@odata.nextLink`; and how many pages there are. */
const SIGN =
  /^((has|is)more\w*|more(results|pages|data|available)|hasnext\w*|(is)?truncated|(odata)?next(page\w*|cursor|token|link|url|uri)?)$/;
const PAGES = /^(totalpages|pagecount|lastpage)$/;

/** What a part of a list says of the rest, in the words that APIs have for it. */
function signOfMore(root: unknown): string | undefined {
  if (!isJsonObject(root)) return undefined;
  const holders = [root, ...Object.values(root).filter(isJsonObject)];
  const [name] = holders.flatMap((one) => Object.entries(one)).find(isMore) ?? [];
  return name === undefined ? undefined : JSON.stringify(name);
}

function isMore([name, value]: readonly [string, unknown]): boolean {
  const plain = name.toLowerCase().replaceAll(/[_@.-]/g, '');
  if (PAGES.test(plain)) return exactNumber(value)?.gt('1') ?? false;
  if (!SIGN.test(plain)) return false;
  const link = isJsonObject(value) ? value.href : value;
  return link === true || !['', '0'].includes(nameIn(link) ?? '');
}
