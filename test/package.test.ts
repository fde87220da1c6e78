/** What `npm pack` makes, unpacked into an empty project beside the packages that it says it needs, and no others. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { providers } from '../functions/providers/registry.ts';
import project from '../package.json' with { type: 'json' };

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'cost-alerts-package-'));
const unpacked = join(folder, 'node_modules/cost-alerts');

beforeAll(() => {
  execFileSync('npm', ['pack', '--pack-destination', folder], { cwd: root, stdio: 'pipe' });
  const tarball = join(folder, `cost-alerts-${project.version}.tgz`);
  mkdirSync(unpacked, { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '--strip-components', '1', '-C', unpacked]);
  const { esbuild: _optional, ...peers } = project.peerDependencies;
  for (const name of Object.keys({ ...project.dependencies, ...peers })) install(name);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true }));

function install(name: string): void {
  const link = join(folder, 'node_modules', name);
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(join(root, 'node_modules', name), link);
}

/** Runs a script of the empty project. */
function run(...args: readonly string[]) {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH, NODE_COMPILE_CACHE, CDK_OUTDIR: join(folder, 'cdk.out') },
  });
  return { status, stdout, stderr };
}

/** The TypeScript snippets of the page on the construct. */
function snippets(): string[] {
  const page = readFileSync(join(unpacked, 'docs/construct.md'), 'utf8');
  return [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code);
}

/** The code of each function in the synthesized app. */
function functionsIn(out: string): string[] {
  return readdirSync(join(folder, out))
    .filter((name) => name.startsWith('asset.'))
    .map((name) => readFileSync(join(folder, out, name, 'index.cjs'), 'utf8'));
}

describe('the package', () => {
  test('holds JavaScript with types and source maps, and nothing of this folder', () => {
    const files = readdirSync(unpacked, { recursive: true, encoding: 'utf8' });
    const sources = files.filter((file) => /(?<!\.d)\.ts$/.test(file));
    const texts = files.filter((file) => /\.(js|mjs|json|map|md)$/.test(file));
    const naming = texts.filter((file) =>
      readFileSync(join(unpacked, file), 'utf8').includes(root),
    );

    expect(sources).toEqual([]);
    expect(naming).toEqual([]);
    expect(files).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'README.md',
        'CHANGELOG.md',
        'dist/infra/cost-alerts.js',
        'dist/infra/cost-alerts.js.map',
        'dist/infra/cost-alerts.d.ts',
      ]),
    );
  });

  test('has a command line that plays the demo, with --providers another one, which has alerts and budgets to show, too', () => {
    const command = join(unpacked, project.bin['cost-alerts']);

    const { status, stdout, stderr } = run(command, 'demo', '--providers', 'openrouter');

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/\nOpenRouter\.\n/);
    expect(stdout).toMatch(/^ {2}\d\d:\d\d {2}\[(warning|critical)] openrouter\//m);
    const table = stdout.slice(stdout.indexOf('Budgets on'));
    expect(table).toMatch(/^openrouter\/\w+\n {2}everything +\d/m);
    expect(table).toMatch(/^ {2}credit: \d+\.\d\d USD left, runs out on \d+ \w+$/m);
    expect(stdout).toContain('cost-alerts.html');
    expect(stdout).toContain("\nDeploy it in a CDK app: new CostAlerts(stack, 'CostAlerts', ");
    expect(stdout).not.toContain('npx cdk deploy');
  });

  test('needs three lines in an app in JavaScript', () => {
    writeFileSync(
      join(folder, 'three-lines.js'),
      `import { App, Stack } from 'aws-cdk-lib';
import { CostAlerts } from 'cost-alerts';
new CostAlerts(new Stack(new App({ outdir: 'js.out' }), 'Operations'), 'CostAlerts', { emails: ['ops@example.com'] }).node.root.synth();`,
    );

    const { status, stderr } = run('three-lines.js');

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const functions = functionsIn('js.out');
    expect(functions.length).toBeGreaterThanOrEqual(providers.length + 1);
    for (const code of functions) expect(code.slice(-100)).toMatch(/module\.exports=\{handler\}/);
  });

  test('says what a provider of one’s own needs: esbuild', () => {
    writeFileSync(join(folder, 'acme-cloud.ts'), snippets()[2] ?? '');
    writeFileSync(
      join(folder, 'app.ts'),
      `${snippets()[0]}
${snippets()[1]?.replace("'CostAlerts'", "'Own'")}
stack.node.root instanceof App && stack.node.root.synth();`,
    );

    const { stderr } = run('app.ts');

    expect(stderr).toContain(
      'CostAlerts: providers: "./acme-cloud.ts": esbuild has to be installed to bundle it: npm install --save-dev esbuild',
    );
  });

  test('bundles a provider of one’s own, and has its types', () => {
    install('esbuild');

    const { status, stderr } = run('app.ts');

    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: 'Bundling asset Operations/Own/CheckUsage-acme-cloud/Function/Code/Stage...\n',
    });
    const own = functionsIn('cdk.out').filter((code) => code.includes('api.acme.example'));
    expect(own).toHaveLength(1);
    const template = readFileSync(join(folder, 'cdk.out/Operations.template.json'), 'utf8');
    expect(template).toContain('/cost-alerts/acme-cloud');
    // The function that says when a provider is no longer read looks at it, too.
    expect(template).toMatch(/"PROVIDERS": "northflank,acme-cloud"/);
    install('@types/node');
    install('typescript');
    const options = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2024'];
    const more = ['--allowImportingTsExtensions', '--skipLibCheck', '--types', 'node'];
    expect(
      run('node_modules/typescript/bin/tsc', ...options, ...more, 'app.ts', 'acme-cloud.ts'),
    ).toEqual({ status: 0, stdout: '', stderr: '' });
  });
});

test('the command line knows a provider of one’s own, by the settings', () => {
  writeFileSync(join(folder, 'cost-alerts.json'), '{ "providers": ["./acme-cloud.ts"] }');
  const config = { project: 'p', budgets: [] };
  writeFileSync(
    join(folder, 'parameters.json'),
    JSON.stringify({
      '/cost-alerts/acme-cloud/main/token': 'acme-0123456789',
      '/cost-alerts/acme-cloud/main/config': config,
    }),
  );

  const command = join(unpacked, project.bin['cost-alerts']);
  const { status, stdout, stderr } = run(command, 'list', '--parameters', 'parameters.json');

  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/^acme-cloud\/main +USD +UTC +0 budgets +ok$/m);
});

describe('the provider of the docs', () => {
  const answers = [
    '{"days":[{"date":"2026-11-21","usd":120.50000000000000001}]}',
    '{"days":[{"date":"2026-11-21","usd":null}]}',
  ];
  /** What it makes of each answer. */
  let fetched: unknown[];

  beforeAll(() => {
    writeFileSync(
      join(folder, 'ask.ts'),
      `import { createServer } from 'node:http';
import { acmeCloud } from './acme-cloud.ts';
const day = Date.parse('2026-11-21');
for (const answer of ${JSON.stringify(answers)}) {
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json').end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address() as { port: number };
  const fetched = await acmeCloud.fetchUsage({
    account: { name: 'acme', token: 'secret', baseUrl: \`http://127.0.0.1:\${address.port}\`, currency: 'USD', options: { project: 'p' } },
    window: { start: day, end: day + 86_400_000 },
    now: day + 86_400_000,
    signal: AbortSignal.timeout(5_000),
    timeLeftMs: 5_000,
  });
  console.log(JSON.stringify(fetched));
  server.close();
  server.closeAllConnections();
}`,
    );
    const { stdout } = run('ask.ts');
    fetched = stdout.split('\n', answers.length).map((line) => JSON.parse(line));
  });

  test('keeps every digit', () => {
    const start = Date.parse('2026-11-21');

    expect(fetched[0]).toEqual({
      status: 'complete',
      usage: [
        {
          meter: 'egress',
          start,
          end: start + 86_400_000,
          cost: '120.50000000000000001',
        },
      ],
      remarks: [],
    });
  });

  test('never takes for 0 what it cannot read', () => {
    expect(fetched[1]).toEqual({
      status: 'failed',
      failure: 'unreadable',
      reason: expect.stringContaining('answer.days[0].usd'),
    });
  });
});
