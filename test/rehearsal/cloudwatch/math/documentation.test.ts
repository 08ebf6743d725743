import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Grid, Points } from '../../../../rehearsal/cloudwatch/buckets';
import { ExpressionError } from '../../../../rehearsal/cloudwatch/math/ast';
import { evaluateExpression, shapeOf } from '../../../../rehearsal/cloudwatch/math/evaluate';
import { parseExpression } from '../../../../rehearsal/cloudwatch/math/parse';
import { type Shape, series, type Value } from '../../../../rehearsal/cloudwatch/math/values';
import { defaultSettings, type EvaluationSettings } from '../../../../rehearsal/cloudwatch/settings';

const _ = undefined;
type Inputs = Readonly<Record<string, Points>>;

function evaluate(text: string, inputs: Inputs, settings: Partial<EvaluationSettings> = {}): Value {
  const metrics = Object.entries(inputs).map(([id, points]) => ({ id, value: series(points, id) }));
  const length = metrics[0]?.value.points.length ?? 0;
  // Saturday 14 November 2026, 18:58 UTC.
  const grid: Grid = { start: Date.UTC(2026, 10, 14, 18, 58), periodMs: 60_000, length };
  const node = parseExpression(text);
  shapeOf(node, (id) => (inputs[id] === undefined ? undefined : 'series'));
  const lookup = (id: string): Value | undefined => metrics.find((metric) => metric.id === id)?.value;
  return evaluateExpression(node, lookup, { grid, metrics, settings: { ...defaultSettings, ...settings } });
}

function points(text: string, inputs: Inputs, settings: Partial<EvaluationSettings> = {}): Points {
  const value = evaluate(text, inputs, settings);
  assert.equal(value.kind, 'series', text);
  return value.kind === 'series' ? value.points : [];
}

function members(text: string, inputs: Inputs): (string | undefined)[] {
  const value = evaluate(text, inputs);
  assert.equal(value.kind, 'list', text);
  return value.kind === 'list' ? value.members.map((member) => member.label) : [];
}

function shape(text: string): Shape {
  const ids = ['m1', 'm2', 'e1', 'metric1', 'latency', 'threshold'];
  return shapeOf(parseExpression(text), (id) => (ids.includes(id) ? 'series' : undefined));
}

describe("the documentation's example expressions", () => {
  const ofSeries = [
    ...['5 * m1', 'm1 - m2', 'SUM(100/[m1, m2])', 'AVG(METRICS())', '-5*m1', '-m1', 'SUM(-[m1, m2])'],
    ...['e1-MIN(e1)', 'm1-AVG(m1)', 'SUM(METRICS("errors"))', 'SUM([METRICS("4xx"), METRICS("5xx")])'],
    ...['ABS(m1-m2)', 'MIN(ABS([m1, m2]))', 'SUM([m1,m2])/AVG(m2)', 'CEIL(m1)', 'SUM(CEIL(METRICS()))'],
    ...['DATAPOINT_COUNT(METRICS())', 'DIFF(m1)', 'FILL(m1,10)', 'FILL(m1, MIN(m1))', 'FILL(m1, REPEAT)'],
    ...['IF(FIRST(SORT(METRICS(), AVG, DESC))>100, 1, 0)', 'FLOOR(m1)', 'LOG10(m1)', 'MAX(m1)/m1'],
    ...['MAX(METRICS())', 'm1/METRIC_COUNT(METRICS())', 'm1-MIN(m1)', 'MIN(METRICS())', 'MINUTE(m1)'],
    ...['IF(DAY(m1)<6,m1)', 'IF(MONTH(m1) == 4,m1)', 'm1/PERIOD(m1)', 'RATE(m1)', 'm1/STDDEV(m1)'],
    ...['STDDEV(METRICS())', 'SUM(METRICS())/SUM(m1)', 'SUM(METRICS("errors"))/SUM(METRICS("requests"))*100'],
    ...['TIME_SERIES(MAX(m1))', 'TIME_SERIES(5*AVG(m1))', 'TIME_SERIES(10)'],
    ...['IF(metric1<400, metric1)', 'IF(metric1<400, 10, 2)', 'IF(latency>threshold, 1, 0)'],
  ];
  const ofLists = [
    ...['METRICS()*100', 'METRICS()/100', 'ABS(METRICS())', 'CEIL(METRICS())', 'DIFF_TIME(METRICS())'],
    ...['FILL(METRICS(), 0)', 'FILL(METRICS(), m1)', 'FILL(METRICS(), LINEAR)', 'FLOOR(METRICS())'],
    ...['LOG(METRICS())', 'RATE(METRICS())', 'REMOVE_EMPTY(METRICS())', 'RUNNING_SUM([m1,m2])'],
    ...['SLICE(SORT(METRICS(), SUM, DESC), 0, 10)', 'SLICE(SORT(METRICS(), AVG, ASC), 5)'],
    ...['SORT(METRICS(), AVG, DESC, 10)', 'SORT(METRICS(), MAX, ASC)'],
  ];
  const ofNumbers = ['PERIOD(m1)/60', 'SUM(m1) / DATAPOINT_COUNT(m1)', 'AVG(m2)', 'STDDEV(m2)'];

  it('give the kinds of result that it names', () => {
    for (const text of ofSeries) assert.equal(shape(text), 'series', text);
    for (const text of ofLists) assert.equal(shape(text), 'list', text);
    for (const text of ofNumbers) assert.equal(shape(text), 'scalar', text);
  });

  it('are refused by name where they need AWS itself', () => {
    const refused = [
      'ANOMALY_DETECTION_BAND(m1)',
      'ANOMALY_DETECTION_BAND(m1,4)',
      'LAST(ANOMALY_DETECTION_BAND(m1))',
      "DB_PERF_INSIGHTS('RDS', 'db-ABCDEFGHIJKLMNOPQRSTUVWXY1', 'os.cpuUtilization.user.avg')",
      "DB_PERF_INSIGHTS('DOCDB', 'db-A', ['os.cpuUtilization.idle.avg', 'os.cpuUtilization.user.max'])",
    ];
    for (const text of refused) {
      assert.throws(
        () => shape(text),
        (error) => error instanceof ExpressionError && /^not evaluated locally: /.test(error.message),
        text,
      );
    }
  });
});

describe("the documentation's example values", () => {
  const compared = { metric1: [30, 20, 0, 0], metric2: [20, _, 20, _] };

  it('comparison and logic', () => {
    assert.deepEqual(points('(metric1 < metric2)', compared), [0, 0, 1, 0]);
    assert.deepEqual(points('(metric1 >= 30)', compared), [1, 0, 0, 0]);
    assert.deepEqual(points('(metric1 > 15 AND metric2 > 15)', compared), [1, 0, 0, 0]);
    assert.deepEqual(points('(metric1 > 15 && metric2 > 15)', compared), [1, 0, 0, 0]);
    assert.deepEqual(points('(metric1 > 15 OR metric2 > 15)', compared), [1, 1, 1, 0]);
    assert.deepEqual(points('(metric1 > 15 || metric2 > 15)', compared), [1, 1, 1, 0]);
    assert.deepEqual(points('metric1 == metric2', compared), [0, 0, 0, 1]);
    assert.deepEqual(points('metric1 != metric2', compared), [1, 1, 1, 0]);
    assert.deepEqual(points('metric1 <= metric2', compared), [0, 0, 1, 1]);
  });

  it('a missing side counts as 0 in arithmetic, and a division by zero is dropped', () => {
    assert.deepEqual(points('metric1 + metric2', compared), [50, 20, 20, 0]);
    assert.deepEqual(points('metric1 / metric2', compared), [1.5, _, 0, _]);
  });

  const branches = { metric1: [1, 1, 0, 0, _], metric2: [30, _, 0, 0, 30], metric3: [0, 0, 20, _, 20] };
  const older = { missingFalseBranch: 'missing' } as const;

  it('IF(metric1, metric2, metric3), in the text of 2026 and in that of 2023', () => {
    assert.deepEqual(points('IF(metric1, metric2, metric3)', branches), [30, 0, 20, 0, _]);
    assert.deepEqual(points('IF(metric1, metric2, metric3)', branches, older), [30, 0, 20, _, _]);
  });

  it('IF(metric1, 5, metric3) and IF(metric1, metric2, 5), in which both texts agree', () => {
    for (const settings of [{}, older]) {
      assert.deepEqual(points('IF(metric1, 5, metric3)', branches, settings), [5, 5, 20, _, _]);
      assert.deepEqual(points('IF(metric1, metric2, 5)', branches, settings), [30, 0, 5, 5, _]);
    }
  });

  it('IF without a value for false', () => {
    assert.deepEqual(points('IF(metric1, metric2)', branches), [30, 0, _, _, _]);
    assert.deepEqual(points('IF(1, metric2, metric3)', branches), branches.metric2);
    assert.deepEqual(points('IF(0, metric2, metric3)', branches), branches.metric3);
    assert.deepEqual(points('IF(0, metric2)', branches), [_, _, _, _, _]);
  });

  it('weekdays: 14 November 2026 is a Saturday, the sixth day', () => {
    assert.deepEqual(points('IF(DAY(m1) < 6, m1)', { m1: [1] }), [_]);
    assert.deepEqual(points('DAY(m1)', { m1: [_] }), [6]);
  });
});

describe('functions of lists', () => {
  // By sum: low 3, high 30, middle 12, empty nothing.
  const inputs = { low: [1, 2], high: [_, 30], middle: [6, 6], empty: [_, _] };

  it('SORT orders by one number of each series; series without points come last', () => {
    assert.deepEqual(members('SORT(METRICS(), SUM, DESC)', inputs), ['high', 'middle', 'low', 'empty']);
    assert.deepEqual(members('SORT(METRICS(), SUM, ASC)', inputs), ['low', 'middle', 'high', 'empty']);
    assert.deepEqual(members('SORT(METRICS(), MIN, ASC)', inputs), ['low', 'middle', 'high', 'empty']);
    assert.deepEqual(members('SORT(METRICS(), MAX, DESC, 2)', inputs), ['high', 'middle']);
    assert.deepEqual(members('SORT(METRICS(), AVG, DESC, 10)', inputs).length, 4);
    assert.deepEqual(members('SORT(METRICS(), AVG, DESC, -1)', inputs), []);
  });

  it('SORT by different numbers orders differently, and keeps the order of equal ones', () => {
    const tied = { a: [0, 9], b: [4, 4], c: [1, 8] };
    assert.deepEqual(members('SORT(METRICS(), MIN, DESC)', tied), ['b', 'c', 'a']);
    assert.deepEqual(members('SORT(METRICS(), MAX, DESC)', tied), ['a', 'c', 'b']);
    assert.deepEqual(members('SORT(METRICS(), SUM, DESC)', tied), ['a', 'c', 'b']);
    assert.deepEqual(members('SORT(METRICS(), AVG, ASC)', tied), ['b', 'a', 'c']);
  });

  it('SLICE takes from a place, counted from 0, up to another without it', () => {
    assert.deepEqual(members('SLICE(METRICS(), 1, 3)', inputs), ['high', 'middle']);
    assert.deepEqual(members('SLICE(METRICS(), 2)', inputs), ['middle', 'empty']);
    assert.deepEqual(members('SLICE(METRICS(), 0, 0)', inputs), []);
    assert.deepEqual(members('SLICE(METRICS(), -2)', inputs).length, 4);
    assert.deepEqual(members('SLICE(METRICS(), 0, METRIC_COUNT(METRICS()) - 3)', inputs), ['low']);
    assert.deepEqual(members('SLICE(SORT(METRICS(), SUM, DESC), 0, 1)', inputs), ['high']);
  });

  it('FIRST and LAST take the series at the ends; of nothing one without points', () => {
    assert.deepEqual(points('FIRST(METRICS())', inputs), [1, 2]);
    assert.deepEqual(points('LAST(SLICE(METRICS(), 0, 3))', inputs), [6, 6]);
    assert.deepEqual(points('IF(FIRST(SORT(METRICS(), AVG, DESC)) > 10, 1, 0)', inputs), [_, 1]);
    assert.deepEqual(points('LAST(METRICS("none"))', inputs), [_, _]);
  });

  it('REMOVE_EMPTY drops the series without a point', () => {
    assert.deepEqual(members('REMOVE_EMPTY(METRICS())', inputs), ['low', 'high', 'middle']);
    assert.deepEqual(points('AVG(REMOVE_EMPTY(METRICS()))', inputs), [7 / 3, 38 / 3]);
  });

  it('a band has no first side: FIRST, LAST and SLICE of its id are refused, the others take it', () => {
    const ofBand = (text: string): Shape =>
      shapeOf(parseExpression(text), (id) => (id === 'band' ? 'band' : 'series'));
    for (const name of ['FIRST', 'LAST']) {
      assert.throws(() => ofBand(`m1 > ${name}(band)`), new RegExp(`${name} of an anomaly band, .* at 6$`));
    }
    assert.throws(() => ofBand('SLICE(band, 1)'), /SLICE of an anomaly band/);
    assert.equal(ofBand('m1 > MAX(band)'), 'series');
    assert.equal(ofBand('band'), 'list');
  });
});
