import { writeFileSync } from 'node:fs';
import { simulatedProviders } from '../functions/local/simulated-providers.ts';

const out: Record<string, unknown> = {};
for (const [id, start] of Object.entries(simulatedProviders)) {
  const world = await start(Date.now());
  for (const a of world.accounts) {
    out[`/cost-alerts/${id}/${a.name}/token`] = a.token;
    out[`/cost-alerts/${id}/${a.name}/config`] = a.config;
  }
}
writeFileSync('/tmp/lead/params.json', JSON.stringify(out, null, 1));
setTimeout(() => process.exit(), 7_200_000);
