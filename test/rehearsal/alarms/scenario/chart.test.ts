/** The small chart of a failing test. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ChartPoint, drawChart } from '../../../../rehearsal/alarms/scenario/chart';

const minute = 60_000;

function points(values: readonly (number | undefined)[], upper: number): ChartPoint[] {
  return values.map((value, index) => ({
    at: (index + 1) * minute,
    value,
    upper,
    state: value === undefined ? 'INSUFFICIENT_DATA' : value > upper ? 'ALARM' : 'OK',
  }));
}

const options = { useUnicode: false, start: 0, mark: 5 * minute };

describe('the chart', () => {
  it('shows values, limit, gaps, states and the moment', () => {
    assert.deepEqual(drawChart(points([0, 4, undefined, 10, 12], 6), options), [
      '       12 |    *',
      '          |   *',
      '          |',
      '        6 +----- limit',
      '          | *',
      '          |',
      '        0 |*',
      '  no data    -',
      '    state  oo.AA',
      '               ^ 5m',
      '           o OK  A ALARM  . INSUFFICIENT_DATA',
    ]);
  });

  it('never draws a value on the limit that is not on it', () => {
    const rows = drawChart(points([101, 99, 100], 100), options);
    const limit = rows.findIndex((row) => row.includes('limit'));
    assert.match(rows[limit - 1] ?? '', /\|\*$/);
    assert.match(rows[limit] ?? '', /\+--\* limit$/);
    assert.ok((rows[limit + 1] ?? '').endsWith(' *'), rows.join('\n'));
  });

  it('puts many points into few columns and keeps the worst of them', () => {
    const values = Array.from({ length: 600 }, (_, index) => (index === 300 ? 50 : 1));
    const rows = drawChart(points(values, 20), { ...options, maxColumns: 60 });
    assert.ok(
      rows.every((row) => row.length <= 80),
      rows.join('\n'),
    );
    assert.match(rows[0] ?? '', /50 \| +\*$/);
  });

  it('is left out where there is no value', () => {
    assert.deepEqual(drawChart(points([undefined, undefined], 1), options), []);
  });

  it('draws a band', () => {
    const band = points([5, 9], 8).map((point) => ({ ...point, lower: 2 }));
    const rows = drawChart(band, options);
    assert.equal(rows.filter((row) => row.includes('limit')).length, 2);
  });
});
