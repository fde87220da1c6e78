import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Cli, painted, terminalOn, withProgress } from '../../cli/output.ts';

describe('output', () => {
  const erase = '\r\u001b[K';

  interface Screen {
    readonly cli: Cli;
    /** Everything on stderr, control sequences included. */
    readonly errors: () => string;
  }

  function screen({
    isTTY,
    environment = {},
  }: {
    isTTY: boolean;
    environment?: NodeJS.ProcessEnv;
  }) {
    const written: string[] = [];
    const stream = () => Object.assign(new PassThrough(), { isTTY });
    const stderr = stream();
    stderr.on('data', (chunk) => written.push(String(chunk)));
    const cli: Cli = {
      stdin: stream(),
      stdout: stream(),
      stderr,
      environment,
      now: () => 0,
      signal: new AbortController().signal,
      providers: [],
      exitCode: 0,
    };
    const result: Screen = { cli, errors: () => written.join('') };
    return result;
  }

  describe('colours', () => {
    test.each([
      { isTTY: true, environment: {}, colored: true },
      { isTTY: true, environment: { NO_COLOR: '1' }, colored: false },
      { isTTY: true, environment: { NO_COLOR: '' }, colored: true },
      { isTTY: true, environment: { TERM: 'dumb' }, colored: false },
      { isTTY: false, environment: {}, colored: false },
    ])('are $colored on a terminal ($isTTY) with $environment', ({ colored, ...given }) => {
      const text = painted(screen(given).cli, 'red', 'x');

      expect(text).toBe(colored ? '\u001b[31mx\u001b[39m' : 'x');
    });
  });

  describe('progress', () => {
    beforeEach(() => {
      vi.useFakeTimers();
    });
    afterEach(() => {
      vi.useRealTimers();
    });

    /** Takes so many milliseconds. */
    function work(ms: number): Promise<string> {
      return new Promise((resolve) => setTimeout(() => resolve('done'), ms));
    }

    test('is shown after a second, replaced, and taken away at the end', async () => {
      const { cli, errors } = screen({ isTTY: true });

      const working = withProgress(cli, 'Reading', async ({ say }) => {
        await work(1500);
        say('Checking');
        return work(500);
      });
      await vi.advanceTimersByTimeAsync(3000);

      expect(await working).toBe('done');
      expect(errors()).toBe(`${erase}Reading …${erase}Checking …${erase}`);
    });

    test.each([
      { what: 'what takes no longer', isTTY: true, ms: 900 },
      { what: 'what is written to no screen', isTTY: false, ms: 5000 },
    ])('is not shown for $what', async ({ isTTY, ms }) => {
      const { cli, errors } = screen({ isTTY });

      const working = withProgress(cli, 'Reading', () => work(ms));
      await vi.advanceTimersByTimeAsync(10_000);

      expect(await working).toBe('done');
      expect(errors()).toBe('');
    });

    test('is taken away when the work fails', async () => {
      const { cli, errors } = screen({ isTTY: true });

      const working = withProgress(cli, 'Reading', async () => {
        await work(2000);
        throw new Error('no');
      });
      const ended = expect(working).rejects.toThrow('no');
      await vi.advanceTimersByTimeAsync(3000);

      await ended;
      expect(errors().endsWith(erase)).toBe(true);
    });
  });
});

describe('terminal', () => {
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
});
