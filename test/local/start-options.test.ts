import { describe, expect, test } from 'vitest';
import { readOptions, usage } from '../../functions/local/start-options.ts';

describe('options', () => {
  test('are off, if not given', () => {
    expect(readOptions([])).toEqual({ help: false, watch: false });
  });

  test('can be combined', () => {
    expect(readOptions(['--watch', '--parameters', 'mine.json', '--port=4566'])).toEqual({
      help: false,
      watch: true,
      parameters: 'mine.json',
      port: 4566,
    });
  });

  test('are explained one by one in lines 80 wide', () => {
    for (const option of ['--watch', '--parameters FILE', '--port N', '--help']) {
      expect(usage).toContain(`\n  ${option} `);
    }
    expect(usage.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test.for([
    ['--wach', "Unknown option '--wach'; allowed are "],
    ['mine.json', "Unexpected argument 'mine.json'; allowed are "],
    ['--parameters', "Option '--parameters <value>' argument missing; allowed are "],
    ['--watch=yes', "Option '--watch' does not take an argument; allowed are "],
    ['--port=0', '--port: expected a number from 1 to 65535, got "0"'],
    ['--port=65536', '--port: expected a number from 1 to 65535, got "65536"'],
    ['--port=http', '--port: expected a number from 1 to 65535, got "http"'],
    ['--port=', '--port: expected a number from 1 to 65535, got ""'],
  ] as const)('such as %s are refused in one line', ([option, expected]) => {
    const read = () => readOptions([option]);

    expect(read).toThrow(expected);
    expect(read).toThrow(/^.*$/);
  });

  test('that lack a value before another option are refused in one line', () => {
    const read = () => readOptions(['--parameters', '--watch']);

    expect(read).toThrow(/^Option '--parameters' argument is ambiguous; allowed are .*$/);
  });
});
