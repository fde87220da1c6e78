import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newFolder } from '../../support/run-folder.ts';
import { type CommandRun, runCommand } from '../command-run.ts';

const demo = (...args: string[]) => runCommand(['demo', ...args]);

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
    expectOneLine(await demo(...option.split(' ')), expected);
  });
});

describe('what cannot be started says why in one line', () => {
  let folder: string;
  let server: Server;

  beforeAll(async () => {
    folder = newFolder();
    writeFileSync(join(folder, 'broken.json'), '{\n  "/cost-alerts/x/acme/token": "x",\n}');
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterAll(() => {
    server.close();
  });

  test.for([
    ['none.json', 'none.json: cannot be read: no such'],
    ['broken.json', 'broken.json: not JSON, line 3, column 1: expected '],
  ] as const)('%s for parameters', async ([file, expected]) => {
    expectOneLine(await demo('--parameters', join(folder, file)), expected);
  });

  test('a port in use', async () => {
    const { port } = server.address() as AddressInfo;

    const run = await demo('--port', String(port));

    expectOneLine(run, `cannot listen on port ${port}: it is already in use`);
  });
});

function expectOneLine({ exitCode, stdout, stderr }: CommandRun, expected: string): void {
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toMatch(/^cost-alerts: .*\n$/);
  expect(stderr).toContain(expected);
}
