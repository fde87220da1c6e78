/** The providers as the deployment of this folder has them. */
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import type { Provider } from '../functions/providers/provider.ts';
import { providers } from '../functions/providers/registry.ts';

/** As `cdk deploy` writes it. */
const SETTINGS_FILE = 'cost-alerts.json';

const settings = z.looseObject({ customHosts: z.array(z.string()) });

/** Of those without hosts of their own, with the `customHosts` of the settings in the working directory. */
export function providersHere(): readonly Provider[] {
  const hosts = customHosts();
  return providers.map((one) => (one.hosts.length === 0 ? { ...one, hosts } : one));
}

/** None where there are no settings, or none that can be read: then no host is allowed. */
function customHosts(): readonly string[] {
  try {
    return settings.parse(JSON.parse(readFileSync(SETTINGS_FILE, 'utf8'))).customHosts;
  } catch {
    return [];
  }
}
