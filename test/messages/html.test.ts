import { expect, test } from 'vitest';
import { html, scriptJson, trusted } from '../../functions/messages/html.ts';

test('texts are escaped, markup and lists of it are not, and nothing is nothing', () => {
  const name = `<b title="x">'&`;

  const { html: text } =
    html`<p>${name}${trusted('<br>')}${[html`<i>${1}</i>`, 'a<']}${false}${undefined}</p>`;

  expect(text).toBe('<p>&lt;b title=&quot;x&quot;&gt;&#39;&amp;<br><i>1</i>a&lt;</p>');
});

test('JSON in a script can neither end it nor start a comment, and is the same value', () => {
  const value = { text: '</script><!--\u2028\u2029&', list: [1, null] };

  const { html: json } = scriptJson(value);

  expect(json).not.toMatch(/[<>&\u2028\u2029]/);
  expect(JSON.parse(json)).toEqual(value);
});
