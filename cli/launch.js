#!/usr/bin/env -S node --max-semi-space-size=16 --max-old-space-size=1024
// The package's command. In JavaScript, so that a Node.js which cannot run the rest can say so. With the heap's limits
// Node.js collects what a backtest leaves behind before it is 400 MB; without, it waits for as long as the machine is large.

import { existsSync } from 'node:fs';
import module from 'node:module';

// Half of what a short command does is to compile the same sources as the one before. Node.js 20 has no such cache.
module.enableCompileCache?.();

// A checkout runs the sources; the package has them compiled, as Node.js runs no TypeScript below node_modules.
const isCheckout = existsSync(new URL('cost-alerts.ts', import.meta.url));
const needed = isCheckout ? 24 : 22;
const command = isCheckout ? './cost-alerts.ts' : '../dist/cli/cost-alerts.js';

// "npm run" changes to the package's folder; files are named from where it was typed.
const { npm_lifecycle_event: script, INIT_CWD: typedIn } = process.env;
if (script === 'cost-alerts' && typedIn) process.chdir(typedIn);

if (Number.parseInt(process.versions.node, 10) < needed) {
  const bringsOwn = isCheckout ? '; "npx cost-alerts" brings its own after "npm ci"' : '';
  end(`needs Node.js ${needed} or newer, this is ${process.versions.node}${bringsOwn}`);
} else {
  await import(command).catch((error) => {
    if (!isCheckout || error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    end(`${error.message.split(' imported from')[0]}; run "npm ci" first`);
  });
}

function end(/** @type {string} */ problem) {
  process.stderr.write(`cost-alerts: ${problem}\n`);
  process.exitCode = 2;
}
