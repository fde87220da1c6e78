import { expect } from 'vitest';
import type { Provider } from '../../functions/providers/provider.ts';
import { providers } from '../../functions/providers/registry.ts';

/** Fails for an unknown id. */
export function registeredProvider(id: string): Provider {
  return providers.find((provider) => provider.id === id) ?? expect.fail(`no provider ${id}`);
}
