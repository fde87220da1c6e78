/** Runs a bundled handler once and sends its parent how many accounts there were, the peak of its resident memory (MB) and the time that it took (s). */
import { pathToFileURL } from 'node:url';

const { handler } = await import(pathToFileURL(process.argv[2] ?? '').href);
const startedAt = performance.now();
const summary = await handler({}, { getRemainingTimeInMillis: () => 900_000 });
if (summary.complete + summary.handedOn !== summary.accounts)
  throw new Error(JSON.stringify(summary));
process.send?.(
  {
    accounts: summary.accounts,
    peakMb: Math.round(process.resourceUsage().maxRSS / 1024),
    seconds: Math.round((performance.now() - startedAt) / 1000),
  },
  () => process.exit(0),
);
