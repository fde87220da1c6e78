#!/usr/bin/env -S node --max-semi-space-size=16 --max-old-space-size=1024
// The package's command. In JavaScript, so that a Node.js which cannot run the rest can say so. With the heap's limits
// Node.js collects what a backtest leaves behind before it is 400 MB; without, it waits for as long as the machine is large.

const needed = 24;

// "npm run" changes to the package's folder; files are named from where it was typed.
const { npm_lifecycle_event: script, INIT_CWD: typedIn } = process.env;
if (script === 'cost-alerts' && typedIn) process.chdir(typedIn);

if (Number.parseInt(process.versions.node, 10) < needed) {
  end(
    `needs Node.js ${needed} or newer, this is ${process.versions.node}; "npx cost-alerts" brings its own after "npm ci"`,
  );
} else {
  await import('./cost-alerts.ts').catch((error) => {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    end(`${error.message.split(' imported from')[0]}; run "npm ci" first`);
  });
}

function end(/** @type {string} */ problem) {
  process.stderr.write(`cost-alerts: ${problem}\n`);
  process.exitCode = 2;
}
