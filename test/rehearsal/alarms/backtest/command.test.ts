/** Backtest and explanation as a person starts them: a template and a CSV in, JSON or a page out. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { latency, minutes, pageTopic, shopStart, steady } from './shop';

const root = join(__dirname, '../../../..');
let directory = '';

/** A new program, as a shell starts it. */
function vigia(...words: readonly string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const command = [join(root, 'bin/vigia.js'), 'alarms', ...words];
  return new Promise((done) => {
    const options = { cwd: directory, timeout: 30_000 };
    const child = execFile(process.execPath, command, options, (_error, stdout, stderr) =>
      done({ status: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

before(() => {
  directory = mkdtempSync(join(tmpdir(), 'vigia-backtest-test-'));
});
after(() => rmSync(directory, { recursive: true, force: true }));

describe('the commands', () => {
  it('read files, write JSON alone on standard output, the page where it was asked for, and mistakes in one line', async () => {
    const { type: Type, properties: Properties } = latency;
    writeFileSync(
      join(directory, 'template.json'),
      JSON.stringify({ Resources: { latencyHighAlarm: { Type, Properties } } }),
    );
    const rows = minutes('Latency', [...steady(100, 5), ...steady(900, 5)]).map(
      ({ minute, value }) => `${new Date(shopStart + minute * 60_000).toISOString()},Shop,Latency,,${value}`,
    );
    writeFileSync(
      join(directory, 'series.csv'),
      `timestamp,namespace,metric,dimensions,value\n${rows.join('\n')}\n`,
    );
    const inputs = ['--template', 'template.json', '--series', 'series.csv'];

    const [backtest, explained, mistake] = await Promise.all([
      vigia('backtest', ...inputs, '--json', '--html', 'new/page.html'),
      vigia('explain', 'latencyHighAlarm', ...inputs, '--at', '2026-11-03T00:08:00Z'),
      vigia('backtest', ...inputs, '--from', 'noon'),
    ]);
    assert.equal(backtest.status, 0, backtest.stderr);
    assert.deepEqual(JSON.parse(backtest.stdout).alarms['shop-latencyHigh'].actions, [
      { at: '2026-11-03T00:07:00.000Z', arn: pageTopic },
    ]);
    const page = readFileSync(join(directory, 'new/page.html'), 'utf8');
    assert.ok(page.includes('shop-latencyHigh') && page.includes('uPlot'));

    assert.equal(explained.status, 0, explained.stderr);
    assert.match(explained.stdout, /stays ALARM[\s\S]*ALARM since 2026-11-03 00:07/);

    assert.equal(mistake.status, 2);
    assert.match(mistake.stderr, /^--from: no time, got 'noon', expected one like/m);
    assert.doesNotMatch(mistake.stderr, /\n\s+at /);
  });
});
