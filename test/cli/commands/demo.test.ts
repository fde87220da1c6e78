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
    expect(stdout).toMatch(/ --providers <names> .*\(default:\s+northflank,influxdb,tpstreams\)/s);
  });

  test.for([
    ['--wach', "unknown option '--wach'"],
    ['mine.json', 'too many arguments'],
    ['--parameters', "option '--parameters <file>' argument missing"],
    ['--providers=', '--providers: expected all, or some of northflank, '],
    ['--providers=openai,antropic', 'got "antropic" (did you mean anthropic?)'],
    ['--providers=openai --parameters=mine.json', "cannot be used with option '--parameters"],
    ['--port=0', '--port: expected a number from 1 to 65535, got "0"'],
    ['--port=65536', '--port: expected a number from 1 to 65535, got "65536"'],
    ['--port=http', '--port: expected a number from 1 to 65535, got "http"'],
    ['--port=', '--port: expected a number from 1 to 65535, got ""'],
  ] as const)('such as %s are refused in one line', async ([option, expected]) => {
    const { exitCode, stdout, stderr } = await demo(...option.split(' '));

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^cost-alerts: .*\n$/);
    expect(stderr).toContain(expected);
  });
});
