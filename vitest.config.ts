import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // The SDK and the CDK are loaded once a worker, not once a file: half of the time of most files.
    isolate: false,
    globalSetup: ['test/support/run-folder.ts'],
    setupFiles: ['test/support/own-environment.ts'],
    // A third of the time tests wait: for child processes, and for time to pass.
    maxWorkers: availableParallelism() + 1,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: process.env.CI
      ? ['default', ['json', { outputFile: '.local/vitest.json' }]]
      : ['default'],
  },
});
