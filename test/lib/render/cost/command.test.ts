import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { loadConfig } from '../../../../bin/load-config';
import { sheetText } from '../../../../lib/render/cost/text';
import { sampleConfig } from '../../sample-config';
import { sheetOf } from './sample-sheet';

interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `vigia cost` as a shell starts it. */
function vigiaCost(...words: readonly string[]): Promise<Ended> {
  const program = join(__dirname, '../../../../bin/vigia.js');
  return new Promise((done) => {
    const child = execFile(process.execPath, [program, 'cost', ...words], (_error, stdout, stderr) =>
      done({ status: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

describe('vigia cost', () => {
  it('prints the sheet of the first stage, and its JSON says the same', async () => {
    const [text, json] = await Promise.all([vigiaCost(), vigiaCost('--json')]);
    assert.equal(text.status, 0, text.stderr);
    const sheet = JSON.parse(json.stdout);
    assert.equal(sheet.stage, loadConfig(undefined).stage);
    assert.match(text.stdout, new RegExp(`^Total ${sheet.totalUsd.toFixed(2)} USD a month`, 'm'));
    assert.equal(sheet.isOverBudget, false);
    for (const line of sheet.lines) assert.ok(line.source.length > 0 && line.read.length > 0, line.item);
  });

  it('ends with 1 over the budget, and with 0 within it', async () => {
    const [over, within] = await Promise.all([vigiaCost('--budget', '10'), vigiaCost('--budget', '100000')]);
    assert.equal(over.status, 1);
    assert.match(over.stdout, /^OVER the budget of 10\.00 USD by \d/m);
    assert.equal(within.status, 0);
    assert.match(within.stdout, /^Within the budget of 100000\.00 USD/m);
  });

  it('costs more with more traffic, and prices the host as told', async () => {
    const total = async (...words: string[]): Promise<number> =>
      JSON.parse((await vigiaCost('--json', ...words)).stdout).totalUsd;
    const [usual, busy, free] = await Promise.all([
      total(),
      total('--requests-per-second', '200'),
      total('--host-usd-per-hour', '0.0208'),
    ]);
    assert.ok(busy > usual);
    assert.equal(free.toFixed(4), usual.toFixed(4));
  });

  it('ends with 2 and one sentence for bad input', async () => {
    const mistakes: readonly (readonly [string[], RegExp])[] = [
      [['--budget', 'much'], /--budget: not usable, got 'much', expected a number from 0 on/],
      [['--budget', ''], /--budget: not usable/],
      [['--requests-per-second', '-1'], /--requests-per-second: not usable, got '-1'/],
      [['--stage', 'moon'], /stage: not in vigia\.config\.ts, got 'moon'/],
      [['--speed', '3'], /unknown option/],
    ];
    const ended = await Promise.all(mistakes.map(([words]) => vigiaCost(...words)));
    for (const [index, { status, stderr }] of ended.entries()) {
      assert.equal(status, 2, stderr);
      assert.match(stderr, mistakes[index]?.[1] ?? /never/);
      assert.doesNotMatch(stderr, /\n {4}at /);
    }
  });
});

describe('the sheet as text', () => {
  const sheet = sheetOf(sampleConfig({ host: { instanceType: 'c5.large' }, remediation: { mode: 'on' } }), {
    requestsPerSecond: 1,
  });
  const text = sheetText(sheet);

  it('marks what is unconfirmed, and is a least where a price is unknown', () => {
    assert.match(text.join('\n'), /^Total at least \d/m);
    assert.match(text.join('\n'), /EC2 c5\.large.* unknown/);
    const unconfirmed = sheet.lines.filter((line) => line.usd !== null && !line.isConfirmed);
    assert.ok(unconfirmed.length > 0);
    for (const { item } of unconfirmed) {
      assert.ok(
        text.some((line) => line.includes(item) && line.endsWith('?')),
        item,
      );
    }
  });

  it('stands in columns: every amount ends at the same place', () => {
    const ends = text.flatMap((line) => {
      const match = /^(.*(?:\d\.\d\d|unknown)) {2}[a-z ]\??$/.exec(line);
      return match === null ? [] : [match[1]?.length];
    });
    assert.equal(ends.length, sheet.lines.length);
    assert.equal(new Set(ends).size, 1);
  });

  it('tells every line of the sheet once', () => {
    for (const { item } of sheet.lines) {
      assert.equal(text.filter((line) => line.startsWith(`  ${item}`)).length, 1, item);
    }
  });
});
