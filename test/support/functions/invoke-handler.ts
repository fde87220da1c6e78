/** A process that runs a bundled handler once, as Lambda would: `node invoke-handler.ts BUNDLE EVENT`. */
import { createRequire } from 'node:module';

const [, , bundle = '', event = '{}'] = process.argv;
try {
  const { handler } = createRequire(import.meta.url)(bundle);
  const startedAt = performance.now();
  const context = { getRemainingTimeInMillis: () => 900_000 - (performance.now() - startedAt) };
  const answer = await handler(JSON.parse(event), context);
  // What a function answers with is its output, where that is a text.
  if (typeof answer === 'string') console.log(answer);
} catch (error) {
  // Node itself would print the line of the bundle first, which is all of it, and lose what comes after it.
  console.error(error);
  process.exitCode = 1;
}
