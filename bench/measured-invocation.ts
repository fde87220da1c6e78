/** Runs a bundled handler once and sends its parent how many accounts there were, the peak of its resident memory (MB) and the time that it took (s). */
import { createRequire } from 'node:module';
import { peakMb, sendMeasured } from './measuring.ts';

const { handler } = createRequire(import.meta.url)(process.argv[2] ?? '');
const startedAt = performance.now();
const summary = await handler({}, { getRemainingTimeInMillis: () => 900_000 });
if (summary.complete + summary.handedOn !== summary.accounts)
  throw new Error(JSON.stringify(summary));
sendMeasured({
  accounts: summary.accounts,
  peakMb: peakMb(),
  seconds: Math.round((performance.now() - startedAt) / 1000),
});
