/** The figure: points where they belong, gaps where there was nothing, a sentence for whoever cannot see it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chart, describe as inWords } from '../../../rehearsal/report/chart';
import type { WatchedSeries } from '../../../rehearsal/verdict';
import { alarm, faultAt } from '../story';

const range = { start: faultAt - 30_000, end: faultAt + 30_000 };
const series = (
  values: readonly (readonly [number, number])[],
  more: Partial<WatchedSeries> = {},
): WatchedSeries => ({
  alarmName: 'x',
  label: 'error rate',
  threshold: 5,
  comparison: 'GreaterThanThreshold',
  periodSeconds: 10,
  points: values.map(([seconds, value]) => ({ at: faultAt + seconds * 1000, value })),
  ...more,
});
const draw = (
  drawn: WatchedSeries,
  events = [alarm(-20, 'x', 'INSUFFICIENT_DATA', 'OK'), alarm(10, 'x', 'OK', 'ALARM')],
): string => chart({ series: drawn, events, flags: [], range, faultAt });
const dots = (svg: string): [number, number][] =>
  [...svg.matchAll(/<circle class="dot" cx="([^"]*)" cy="([^"]*)"/g)].map(([, x, y]) => [
    Number(x),
    Number(y),
  ]);

describe('a figure', () => {
  it('has every point of the run between its axes, and none from before or after it', () => {
    const points = dots(
      draw(
        series([
          [-40, 99],
          [-30, 0],
          [0, 5],
          [30, 10],
          [40, 99],
        ]),
      ),
    );
    assert.equal(points.length, 3);
    assert.deepEqual(
      points.map(([x]) => x),
      [56, 363, 670],
    );
    assert.ok(points.every(([, y]) => y >= 26 && y <= 178));
  });

  it('joins neighbours and leaves a gap where data is missing', () => {
    const path =
      /<path class="data" d="([^"]*)"/.exec(
        draw(
          series([
            [-30, 0],
            [-20, 0],
            [0, 1],
            [10, 1],
          ]),
        ),
      )?.[1] ?? '';
    assert.equal(path.replace(/[\d. ]+/g, ''), 'MLML');
  });

  it('shows the states as spans of the band', () => {
    const band = [
      ...draw(series([[0, 1]])).matchAll(/class="band (\w+)" x="([^"]*)"[^>]* width="([^"]*)"/g),
    ].map(([, css, x, width]) => [css, Math.round(Number(x)), Math.round(Number(width))]);
    assert.deepEqual(band, [
      ['unknown', 56, 102],
      ['ok', 158, 307],
      ['alarm', 465, 205],
    ]);
  });

  it('is drawn also without a single point, and with a limit of nothing', () => {
    for (const empty of [series([]), series([], { threshold: 0 }), series([[0, 0]], { threshold: 0 })]) {
      assert.doesNotMatch(draw(empty), /NaN|Infinity|undefined/);
    }
  });

  it('says what it shows', () => {
    const seen = series([
      [-30, 0],
      [10, 61.54],
    ]);
    assert.equal(inWords(seen, faultAt), 'error rate 0 to 61.5, limit 5, beyond it from +00:10');
    assert.match(
      draw(seen),
      /role="img" aria-label="error rate 0 to 61\.5, limit 5, beyond it from \+00:10"/,
    );
    assert.equal(inWords(series([[0, 1]]), faultAt), 'error rate 1 to 1, limit 5, never beyond it');
    assert.equal(
      inWords(series([[0, 1]], { comparison: 'LessThanThreshold' }), faultAt),
      'error rate 1 to 1, limit 5, beyond it from +00:00',
    );
    assert.equal(inWords(series([]), faultAt), 'error rate: no data; limit 5');
  });
});
