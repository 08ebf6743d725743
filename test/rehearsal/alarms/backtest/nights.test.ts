/** Which night a page falls into: what "nights woken" counts. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BacktestError } from '../../../../rehearsal/alarms/backtest/backtest-error';
import { nightOf, nightSpans, readNight } from '../../../../rehearsal/alarms/backtest/nights';

const utc = readNight('22-07', 'UTC');
const madrid = readNight('22:30-06:15', 'Europe/Madrid');
const at = (text: string): number => Date.parse(text);

describe('a night', () => {
  it('is named by its evening, on both sides of midnight', () => {
    assert.equal(nightOf(at('2026-11-03T22:00:00Z'), utc), '2026-11-03');
    assert.equal(nightOf(at('2026-11-04T06:59:59Z'), utc), '2026-11-03');
    assert.equal(nightOf(at('2026-11-04T07:00:00Z'), utc), undefined);
    assert.equal(nightOf(at('2026-11-03T21:59:59Z'), utc), undefined);
  });

  it('follows the clock on the wall of its zone, in winter and in summer', () => {
    assert.equal(nightOf(at('2026-01-10T21:30:00Z'), madrid), '2026-01-10');
    assert.equal(nightOf(at('2026-01-10T21:29:00Z'), madrid), undefined);
    assert.equal(nightOf(at('2026-07-10T20:30:00Z'), madrid), '2026-07-10');
    assert.equal(nightOf(at('2026-07-11T04:14:00Z'), madrid), '2026-07-10');
    assert.equal(nightOf(at('2026-07-11T04:15:00Z'), madrid), undefined);
  });

  it('may lie within one day', () => {
    const siesta = readNight('13-16', 'UTC');
    assert.equal(nightOf(at('2026-11-03T13:00:00Z'), siesta), '2026-11-03');
    assert.equal(nightOf(at('2026-11-03T16:00:00Z'), siesta), undefined);
  });

  it('spans the range with every night that touches it, an hour longer when the clock is set back', () => {
    const night = readNight('22-07', 'Europe/Madrid');
    const spans = nightSpans(at('2026-10-24T20:00:00Z'), at('2026-10-25T21:30:00Z'), night);
    assert.deepEqual(
      spans.map((span) => [new Date(span.start).toISOString(), (span.end - span.start) / 3_600_000]),
      [
        ['2026-10-24T20:00:00.000Z', 10],
        ['2026-10-25T21:00:00.000Z', 9],
      ],
    );
  });

  it('is refused when it is no span of hours, or its zone does not exist', () => {
    for (const text of ['22', '25-07', '22-22', '22:60-07', 'night', '22-07-08'])
      assert.throws(
        () => readNight(text, 'UTC'),
        (error: unknown) => error instanceof BacktestError && error.message.includes(`'${text}'`),
      );
    assert.throws(() => readNight('22-07', 'Mars/Olympus'), /--timezone.*Mars\/Olympus.*Europe\/Madrid/);
  });
});
