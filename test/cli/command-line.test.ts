import { PassThrough } from 'node:stream';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { runCommandLine } from '../../cli/command-line.ts';
import { type Cli, UsageError } from '../../cli/output.ts';
import { cliOn, collected, runCommand } from './command-run.ts';

const { stdout: programHelp } = await runCommand(['--help']);
const commands = [...programHelp.matchAll(/^ {2}([a-z-]+) \[options\]/gm)].map(
  ([, name = '']) => name,
);

describe('help', () => {
  test('names every command, and examples', () => {
    expect(commands).toEqual(expect.arrayContaining(['validate', 'check', 'test-alert']));
    expect(programHelp).toMatch(/\nExamples:\n {2}npx cost-alerts /);
    expect(programHelp).toMatch(/\nExit codes: 0 success, 1 findings, 2 wrong use.*, 130 Ctrl-C\./);
  });

  test.each([
    [['help'], ['--help']],
    [
      ['help', 'check'],
      ['check', '--help'],
    ],
  ])('%j is the same as %j', async (args, same) => {
    const asked = await runCommand(args);

    expect(asked).toEqual({ exitCode: 0, stdout: expect.stringContaining('Usage: '), stderr: '' });
    expect(asked).toEqual(await runCommand(same));
  });

  test('of no such command names those that are', async () => {
    expect(await runCommand(['help', 'nope'])).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: programHelp,
    });
  });

  test.each(commands)('of %s has examples and fits a terminal', async (command) => {
    const { exitCode, stdout, stderr } = await runCommand([command, '--help']);

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain(`Usage: cost-alerts ${command} `);
    expect(stdout).toContain(`\nExamples:\n  npx cost-alerts ${command}`);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test('comes to standard error where nothing is asked for, as wrong use', async () => {
    expect(await runCommand([])).toEqual({ exitCode: 2, stdout: '', stderr: programHelp });
  });

  test('the version is that of the package', async () => {
    expect(await runCommand(['--version'])).toEqual({
      exitCode: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      stderr: '',
    });
  });
});

describe('wrong use is one line that says what is allowed, and exit 2', () => {
  test.each([
    [
      ['valdate'],
      /: unknown command 'valdate' \(Did you mean validate\?\); expected one of .*validate/,
    ],
    [['--nope'], /: unknown option '--nope'; expected one of .*validate, check/],
    [['check', '--nope'], /: unknown option '--nope'; see "cost-alerts check --help"/],
    [
      ['check', '--root'],
      /: option '--root <name>' argument missing; see "cost-alerts check --help"/,
    ],
    [['check', '--root', 'a b'], /: --root: expected a name such as "\/cost-alerts", got "a b"/],
  ])('%j', async (args, expected) => {
    const { exitCode, stdout, stderr } = await runCommand(args);

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(expected);
    expect(stderr).toMatch(/^cost-alerts: [^\n]*\n$/);
  });
});

describe('a command', () => {
  /** One command, `try`, with an action of the test's. */
  function runTry(action: (cli: Cli) => Promise<void>, signal?: AbortSignal) {
    const streams = {
      stdin: new PassThrough(),
      stdout: new PassThrough(),
      stderr: new PassThrough(),
    };
    const stderr = collected(streams.stderr);
    const add = (program: Command, cli: Cli) => {
      program.command('try').action(() => action(cli));
    };
    const cli = cliOn(streams, { ...(signal && { signal }) });
    const exitCode = runCommandLine(['try'], cli, [add]);
    return { exitCode, stderr };
  }

  test.each([0, 1] as const)('ends with its own exit code: %d', async (code) => {
    const { exitCode } = runTry(async (cli) => {
      cli.exitCode = code;
    });

    expect(await exitCode).toBe(code);
  });

  test('that cannot do it says so in one line', async () => {
    const error = new UsageError('no "a"; expected b');
    const { exitCode, stderr } = runTry(() => Promise.reject(error));

    expect(await exitCode).toBe(2);
    expect(stderr()).toBe('cost-alerts: no "a"; expected b\n');
  });

  test('that has a bug does not hide it', async () => {
    const { exitCode } = runTry(() => Promise.reject(new TypeError('x is undefined')));

    await expect(exitCode).rejects.toThrow('x is undefined');
  });

  test('stopped by Ctrl-C ends with 130, whatever it ends with itself', async () => {
    const stop = new AbortController();

    const { exitCode, stderr } = runTry(async () => {
      stop.abort();
      throw new TypeError('of a connection that was cut');
    }, stop.signal);

    expect(await exitCode).toBe(130);
    expect(stderr()).toBe('');
  });

  test('left at a question ends with 130', async () => {
    const left = Object.assign(new Error('User force closed the prompt'), {
      name: 'ExitPromptError',
    });

    const { exitCode, stderr } = runTry(() => Promise.reject(left));

    expect(await exitCode).toBe(130);
    expect(stderr()).toBe('');
  });
});
