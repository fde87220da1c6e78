/** Where the text goes, and what belongs to the person in front of it. */

export interface Terminal {
  readonly print: (lines: readonly string[]) => void;
  /** One line that the next text replaces; nothing where the output is no screen. */
  readonly progress: (text: string) => void;
}

export interface OutputStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** IANA name of the machine's zone. */
export const localTimeZone = new Intl.DateTimeFormat().resolvedOptions().timeZone;

const eraseLine = '\r\u001b[K';

export function terminalOn(stream: OutputStream): Terminal {
  const isScreen = stream.isTTY === true;
  const clear = isScreen ? eraseLine : '';
  return {
    print: (lines) => {
      stream.write(`${clear}${lines.join('\n')}\n`);
    },
    progress: (text) => {
      if (isScreen) stream.write(`${clear}${text}`);
    },
  };
}
