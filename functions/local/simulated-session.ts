/** The demo without real accounts: the last three days of simulated providers. */
import { providers } from '../providers/registry.ts';
import { deployLocally, type LocalDeployment, parameterRoot } from './local-deployment.ts';
import { play } from './play.ts';
import { endSession, type Session } from './session.ts';
import { simulatedProviders } from './simulated-providers.ts';
import type { SimulatedAccount, SimulatedWorld } from './simulated-world.ts';

/** Closes everything that it starts. Throws a UsageError. */
export async function runSimulated(session: Session): Promise<void> {
  const { port, terminal, cli } = session;
  const end = Date.now();
  await using closing = new AsyncDisposableStack();
  const deployment = await deployLocally({ providers, port });
  closing.defer(deployment.close);
  for (const { id } of providers) {
    const world = await startWorld(id, end);
    closing.defer(world.close);
    for (const account of world.accounts) putAccount(id, account, deployment);
  }
  terminal.print(heading());
  const last = await play(deployment, end, session);
  if (!cli.signal.aborted) await endSession(deployment, session, last);
}

function startWorld(provider: string, end: number): Promise<SimulatedWorld> {
  const start = simulatedProviders[provider];
  if (start === undefined) throw new Error(`${provider}: expected a simulated provider, got none`);
  return start(end);
}

function putAccount(
  provider: string,
  { name, token, config }: SimulatedAccount,
  { parameters }: LocalDeployment,
): void {
  const folder = `${parameterRoot}/${provider}/${name}`;
  parameters.put(`${folder}/token`, token, 'SecureString');
  parameters.put(`${folder}/config`, JSON.stringify(config));
}

function heading(): string[] {
  const names = providers.map(({ name }) => name).join(', ');
  return [
    'cost-alerts, the last three days, a check an hour. Simulated:',
    `${names}.`,
    'AWS is embedded; nothing leaves this machine. Each line is a message.',
    '',
  ];
}
