import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createSwitchBoard, defaultSwitches, overridePath } from '../../service/switches';

function files(): { path: string; set: (content: string, override?: boolean) => void; complaints: string[] } {
  const directory = mkdtempSync(join(tmpdir(), 'vigia-switches-'));
  test.after(() => rmSync(directory, { recursive: true, force: true }));
  const path = join(directory, 'fraud.switches.json');
  return {
    path,
    complaints: [],
    set: (content, override = false) => writeFileSync(override ? overridePath(path) : path, content),
  };
}

test('switches: without a file the defaults hold', () => {
  const { path, complaints } = files();
  assert.deepEqual(createSwitchBoard(path, (message) => complaints.push(message)).now, defaultSwitches);
  assert.deepEqual(createSwitchBoard(undefined, (message) => complaints.push(message)).now, defaultSwitches);
  assert.deepEqual(complaints, []);
});

test('switches: the override wins over the configuration, value by value, and both are read again on reload', () => {
  const { path, set, complaints } = files();
  set('{ "logLevel": "warn", "traceShare": 0.2 }');
  const board = createSwitchBoard(path, (message) => complaints.push(message));
  const seen: string[] = [];
  board.onChange((now) => seen.push(`${now.logLevel} ${now.traceShare} ${now.degraded}`));
  set('{ "degraded": "on", "logLevel": "debug" }', true);
  board.reload();
  board.reload();
  assert.deepEqual(seen, ['warn 0.2 auto', 'debug 0.2 on']);
  assert.deepEqual(complaints, []);
});

for (const [name, content, told] of [
  ['text that is not JSON', '{', /is not JSON/],
  ['an unknown switch', '{ "logLevl": "info" }', /logLevl/],
  ['a share above one', '{ "traceShare": 5 }', /traceShare/],
] as const) {
  test(`switches: ${name} is told and changes nothing`, () => {
    const { path, set, complaints } = files();
    set('{ "logLevel": "error" }');
    const board = createSwitchBoard(path, (message) => complaints.push(message));
    set(content);
    board.reload();
    assert.equal(board.now.logLevel, 'error');
    assert.equal(complaints.length, 1);
    assert.match(complaints[0] ?? '', told);
  });
}
