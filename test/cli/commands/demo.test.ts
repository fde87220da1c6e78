import { describe, expect, test } from 'vitest';
import { addDemoCommand } from '../../../cli/commands/demo.ts';
import { runCommand } from '../command-run.ts';

const demo = (...args: string[]) => runCommand(['demo', ...args], { commands: [addDemoCommand] });

describe('the options of a demo', () => {
  test('are explained one by one', async () => {
    const { stdout } = await demo('--help');

    for (const option of ['--full', '--watch', '--parameters <file>', '--port <number>']) {
      expect(stdout).toContain(`\n  ${option} `);
    }
  });

  test.for([
    ['--wach', "unknown option '--wach'"],
    ['mine.json', 'too many arguments'],
    ['--parameters', "option '--parameters <file>' argument missing"],
    ['--port=0', '--port: expected a number from 1 to 65535, got "0"'],
    ['--port=65536', '--port: expected a number from 1 to 65535, got "65536"'],
    ['--port=http', '--port: expected a number from 1 to 65535, got "http"'],
    ['--port=', '--port: expected a number from 1 to 65535, got ""'],
  ] as const)('such as %s are refused in one line', async ([option, expected]) => {
    const { exitCode, stdout, stderr } = await demo(option);

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^cost-alerts: .*\n$/);
    expect(stderr).toContain(expected);
  });
});
