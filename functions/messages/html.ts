/** Markup that is escaped unless it says that it is markup. */
import { unicodeEscape } from './plain-text.ts';

export interface Html {
  readonly html: string;
}

export type Content = Html | string | number | false | undefined | readonly Content[];

/** Template tag: texts are escaped, for elements as for quoted attributes; lists are joined, `false` is nothing. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Html {
  return trusted(strings.reduce((text, next, index) => text + markup(values[index - 1]) + next));
}

/** Markup from elsewhere, as it is. */
export function trusted(text: string): Html {
  return { html: text };
}

/** JSON for a script element: no text in it can end the element or start a comment. */
export function scriptJson(value: unknown): Html {
  return trusted(JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, unicodeEscape));
}

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function markup(content: Content): string {
  if (content === undefined || content === false) return '';
  if (typeof content === 'object') {
    return 'html' in content ? content.html : content.map(markup).join('');
  }
  return escaped(String(content));
}
