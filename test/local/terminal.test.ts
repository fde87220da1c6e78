import { expect, test } from 'vitest';
import { terminalOn } from '../../functions/local/terminal.ts';

function written(isTTY: boolean): string {
  let text = '';
  const stream = {
    isTTY,
    write: (part: string) => {
      text += part;
    },
  };
  const terminal = terminalOn(stream);
  terminal.progress('one');
  terminal.progress('two');
  terminal.print(['done', '']);
  return text;
}

test('on a screen each text takes the place of the progress before it', () => {
  const erased = '\r\u001b[K';

  expect(written(true)).toBe(`${erased}one${erased}two${erased}done\n\n`);
});

test('elsewhere there is no progress and no control character', () => {
  expect(written(false)).toBe('done\n\n');
});
