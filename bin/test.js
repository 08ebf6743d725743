// Runs the test suites, or the test files and folders named, through Node's own runner.
const { existsSync, readdirSync, statSync } = require('node:fs');
const { spawnSync } = require('node:child_process');
const { join } = require('node:path');
const { availableParallelism } = require('node:os');

const root = join(__dirname, '..');

/** @param {string} path */
function testFiles(path) {
  if (!existsSync(path)) {
    console.error(`test: no such file or folder, got ${path}, expected one below test/; correct the name`);
    process.exit(2);
  }
  if (statSync(path).isFile()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => testFiles(join(path, name)))
    .filter((file) => file.endsWith('.test.ts'));
}

const asked = process.argv.slice(2);
// The slowest first, so that the others run beside it.
const files = (
  asked.length > 0
    ? asked
    : ['acceptance', 'machine', 'runtime', 'design'].map((name) => `test/suites/${name}.test.ts`)
).flatMap((path) => testFiles(join(root, path)));
const { status } = spawnSync(
  process.execPath,
  [
    '--import',
    'tsx',
    '--test',
    // Named, because the runner's own choice without a terminal does not repeat at its end what failed.
    '--test-reporter=spec',
    `--test-concurrency=${Math.max(2, availableParallelism())}`,
    ...files,
  ],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  },
);
process.exit(status ?? 1);
