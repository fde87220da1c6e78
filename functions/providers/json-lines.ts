/** An answer of JSON lines, read line by line. */
import { ExchangeError } from './exchange-error.ts';

export interface BodyLine {
  /** Not blank. */
  readonly text: string;
  /** Whether a line break came after it; a list that was cut off ends without. */
  readonly isEnded: boolean;
}

/** No row comes near; without a limit a body of one line would be kept whole. */
const MOST_CHARACTERS = 1024 * 1024;

/** As UTF-8. Throws an ExchangeError for a line that is too long to be a row. */
export async function* bodyLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<BodyLine, void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = (lines.pop() ?? '').trimStart();
    for (const line of lines) if (line.trim() !== '') yield { text: line, isEnded: true };
    if (rest.length > MOST_CHARACTERS) {
      throw new ExchangeError('answered a line of more than 1 MiB', { retry: false });
    }
  }
  rest += decoder.decode();
  if (rest.trim() !== '') yield { text: rest, isEnded: false };
}
