// What a developer runs before each commit: every check that needs no real-time rehearsal, side by side where it can be.
const { spawn } = require('node:child_process');
const { join } = require('node:path');

const root = join(__dirname, '..');
const bin = (/** @type {string} */ name) => join(root, 'node_modules', '.bin', name);

/** Name and command of each check; those in one row run at the same time. */
const rows = [
  [
    ['types', bin('tsc'), ['-p', '.']],
    ['lint and format', bin('biome'), ['check', '.']],
    ['generated files', process.execPath, ['bin/vigia.js', 'render', '--check']],
  ],
  [
    [
      'tests',
      process.execPath,
      [
        'bin/test.js',
        'test/suites/design.test.ts',
        'test/suites/machine.test.ts',
        'test/suites/runtime.test.ts',
      ],
    ],
  ],
];

/** @returns {Promise<boolean>} */
function run([name, command, args]) {
  const startedAt = process.hrtime.bigint();
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    child.on('close', (code) => {
      const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9;
      console.log(`${code === 0 ? 'ok  ' : 'FAIL'}  ${name.padEnd(18)} ${seconds.toFixed(1)} s`);
      if (code !== 0) console.log(output);
      resolve(code === 0);
    });
  });
}

async function main() {
  let good = true;
  // With --static the tests are left out: for whoever has just run all of them.
  for (const row of process.argv.includes('--static') ? rows.slice(0, 1) : rows) {
    const results = await Promise.all(row.map(run));
    good = good && results.every(Boolean);
  }
  process.exitCode = good ? 0 : 1;
}

main();
