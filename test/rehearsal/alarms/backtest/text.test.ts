/** The text of a backtest: what to distrust first, the table, the what-ifs; and its words. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toText } from '../../../../rehearsal/alarms/backtest/text';
import { duration, percent, sharedPrefix, wrap } from '../../../../rehearsal/alarms/backtest/words';
import { alarm, latency, minutes, shopBacktest, sourceOf, steady } from './shop';

const source = sourceOf(
  minutes('Latency', [...steady(100, 120), ...steady(800, 30), ...steady(100, 90)]),
  minutes('Total', steady(100, 240)),
  minutes('Errors', steady(0, 240)),
  minutes('Odd', [1]),
);
const textOf = (...sets: string[]): string[] => toText(shopBacktest({ source, sets }), (_tone, text) => text);

describe('the text of a backtest', () => {
  it('tells of alarms without data before any number', () => {
    const lines = textOf();
    const warning = lines.findIndex((line) => line.startsWith('! 1 of 3 metric alarms had no data'));
    const table = lines.findIndex((line) => line.includes('pages  nights'));
    assert.ok(warning > 0 && warning < table, `${warning} before ${table}`);
    assert.ok(lines.slice(warning, table).some((line) => line.trim() === 'diskFull'));
  });

  it('has a row for each alarm, the loudest first, and those without data last', () => {
    const lines = textOf();
    const rows = lines.slice(lines.findIndex((line) => line.includes('pages  nights')) + 1);
    assert.deepEqual(
      rows.slice(0, 5).map((line) => line.trim().split(/\s{2,}/)[0]),
      ['latencyHigh', 'errorRate', 'both', '! diskFull', 'all'],
    );
    assert.match(rows[0] ?? '', /latencyHigh\s+1\s+1\s+30 min\s+30 min\s+0\s+0 %/);
  });

  it('shows each stay in ALARM with its start, length, peak and reason', () => {
    const text = textOf().join('\n');
    assert.match(text, /2026-11-03 02:02 +30 min +peak 800 +page at night\n +Threshold Crossed/);
  });

  it('puts the values of a what-if side by side, and what else they change', () => {
    const text = textOf('latencyHigh.threshold=900', 'settings.evaluationRangeExtraPeriods=0').join('\n');
    assert.match(
      text,
      /What if latencyHigh\.threshold\n.*first page\n +500 \(as is\) +1 .*2026-11-03 02:02\n +900 +0 .*never/,
    );
    assert.match(
      text,
      /What if settings\.evaluationRangeExtraPeriods\n(.*\n)+ +None of these values makes a difference here\./,
    );
  });

  it('ends with what AWS does not publish and what the words mean', () => {
    const text = textOf().join('\n');
    assert.match(text, /No alarm reads 1 metric of the data: Shop Odd/);
    assert.match(text, /this run assumed\n +- The evaluation range/);
    assert.match(text, /A night woken is a night, 22:00 to 07:00 in UTC/);
  });

  it('stays within its width, and obeys no code in a name', () => {
    const remarks = [{ subject: 'shop-evil\u001b[2J', text: 'bell\u0007' }];
    const lines = toText(shopBacktest({ source, resources: [latency], remarks }), (_tone, text) => text);
    assert.ok(lines.some((line) => line.includes('evil')));
    assert.ok(lines.every((line) => !/\p{Cc}/u.test(line)));
    assert.deepEqual(
      textOf('latencyHigh.threshold=900').filter((line) => line.length > 80 && line.includes(' is ')),
      [],
    );
  });

  it('counts what was never in ALARM instead of listing hundreds', () => {
    const many = Array.from({ length: 50 }, (_, index) =>
      alarm(`a${index}`, { ...latency.properties, AlarmName: `shop-a${index}`, Threshold: 5000 }),
    );
    const lines = toText(shopBacktest({ source, resources: [latency, ...many] }), (_tone, text) => text);
    assert.equal(lines.filter((line) => /^ {2}a\d+ /.test(line)).length, 20);
    assert.ok(lines.includes('  30 more were never in ALARM'));
  });
});

describe('words', () => {
  it('write durations in two parts at most', () => {
    assert.deepEqual(
      [0, 30, 90, 720, 3600, 15_000, 86_400, 183_600].map((seconds) => duration(seconds * 1000)),
      ['0 s', '30 s', '1 min 30 s', '12 min', '1 h', '4 h 10 min', '1 d', '2 d 3 h'],
    );
  });

  it('round no share away', () => {
    assert.deepEqual([0, 0.001, 0.5, 0.999, 1].map(percent), ['0 %', '<1 %', '50 %', '>99 %', '100 %']);
  });

  it('find what names begin with, up to a hyphen', () => {
    assert.equal(sharedPrefix(['shop-dev-a', 'shop-dev-b']), 'shop-dev-');
    assert.equal(sharedPrefix(['shop-error', 'shop-errors']), 'shop-');
    assert.equal(sharedPrefix(['one', 'two']), '');
    assert.equal(sharedPrefix(['shop-a']), '');
  });

  it('wrap at blanks and never within a word', () => {
    assert.deepEqual(wrap('aaa bbb cccccccccc d', 7, ' '), [' aaa', ' bbb', ' cccccccccc', ' d'].slice(0, 4));
  });
});
