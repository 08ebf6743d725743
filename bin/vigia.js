#!/usr/bin/env node
// Starts the TypeScript command line without a build step, from any directory.
const { existsSync } = require('node:fs');
const { join } = require('node:path');

if (!existsSync(join(__dirname, '..', 'node_modules', 'tsx'))) {
  console.error(
    'vigia: packages are not installed, got no node_modules, expected them; run npm start, or node bin/setup.js',
  );
  process.exit(2);
}
// The AWS SDK warns of Node 20 in nine lines at each start; the floor is this project's own decision.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
require('tsx/cjs');
require('./vigia.ts');
