// Runs every test file below test/, or those below the folders named, through Node's own runner.
const { readdirSync, statSync } = require('node:fs');
const { spawnSync } = require('node:child_process');
const { join } = require('node:path');
const { availableParallelism } = require('node:os');

const root = join(__dirname, '..');

/** @param {string} path */
function testFiles(path) {
  if (statSync(path).isFile()) return path.endsWith('.test.ts') ? [path] : [];
  return readdirSync(path)
    .sort()
    .flatMap((name) => testFiles(join(path, name)));
}

const asked = process.argv.slice(2);
const without = asked
  .filter((arg) => arg.startsWith('--without='))
  .map((arg) => join(root, arg.slice('--without='.length)));
const folders = asked.filter((arg) => !arg.startsWith('--'));
const files = (folders.length > 0 ? folders : ['test'])
  .flatMap((folder) => testFiles(join(root, folder)))
  .filter((file) => !without.some((folder) => file.startsWith(folder)));
if (files.length === 0) {
  console.error(
    `test: no test file, got ${folders.join(', ')}, expected folders below test/; correct the names`,
  );
  process.exit(2);
}
const { status } = spawnSync(
  process.execPath,
  ['--import', 'tsx', '--test', `--test-concurrency=${availableParallelism()}`, ...files],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  },
);
process.exit(status ?? 1);
