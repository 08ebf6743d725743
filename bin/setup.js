// Installs what the lock file names when it is not installed yet; offline and silent when it is.
const { createHash } = require('node:crypto');
const { existsSync, readFileSync, statSync, writeFileSync } = require('node:fs');
const { spawnSync } = require('node:child_process');
const { join } = require('node:path');

const root = join(__dirname, '..');
const stamp = join(root, 'node_modules', '.vigia-installed');
const wanted = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');

/** Installed by this script, or by hand after the lock file last changed. */
function isInstalled() {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return true;
  const installed = join(root, 'node_modules', '.package-lock.json');
  return (
    existsSync(installed) && statSync(installed).mtimeMs > statSync(join(root, 'package-lock.json')).mtimeMs
  );
}

if (!isInstalled()) {
  console.error(
    'Installing packages, once. This needs the npm registry; everything after it works offline ...',
  );
  const [major = 0] = process.versions.node.split('.').map(Number);
  if (major < 20) {
    console.error(
      `setup: Node is too old, got ${process.version}, expected 20 or newer; install a newer Node`,
    );
    process.exit(2);
  }
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    // Standard output belongs to the command that follows. The inference runtime would fetch accelerator files nobody uses.
    stdio: ['ignore', 2, 2],
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    console.error(
      'setup: npm ci failed, got its message above, expected the npm registry or your mirror to answer; check network and proxy',
    );
    process.exit(status ?? 1);
  }
  writeFileSync(stamp, wanted);
}
