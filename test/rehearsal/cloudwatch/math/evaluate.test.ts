import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Grid, Points } from '../../../../rehearsal/cloudwatch/buckets';
import { evaluateExpression, shapeOf } from '../../../../rehearsal/cloudwatch/math/evaluate';
import { parseExpression } from '../../../../rehearsal/cloudwatch/math/parse';
import { series, type Value } from '../../../../rehearsal/cloudwatch/math/values';
import { defaultSettings, type EvaluationSettings } from '../../../../rehearsal/cloudwatch/settings';

const _ = undefined;
type Inputs = Readonly<Record<string, Points>>;

function evaluate(text: string, inputs: Inputs, settings: Partial<EvaluationSettings> = {}): Value {
  const length = Math.max(...Object.values(inputs).map((points) => points.length));
  // Saturday 14 November 2026, 18:58 UTC; minutes.
  const grid: Grid = { start: Date.UTC(2026, 10, 14, 18, 58), periodMs: 60_000, length };
  const metrics = Object.entries(inputs).map(([id, points]) => ({ id, value: series(points, id) }));
  const node = parseExpression(text);
  shapeOf(node, (id) => (inputs[id] === undefined ? undefined : 'series'));
  const lookup = (id: string): Value | undefined => metrics.find((metric) => metric.id === id)?.value;
  return evaluateExpression(node, lookup, { grid, metrics, settings: { ...defaultSettings, ...settings } });
}

function points(text: string, inputs: Inputs, settings: Partial<EvaluationSettings> = {}): Points {
  const value = evaluate(text, inputs, settings);
  assert.equal(value.kind, 'series');
  return value.kind === 'series' ? value.points : [];
}

describe('metric math', () => {
  it('takes a condition that is negative for true', () => {
    assert.deepEqual(points('IF(m1 - 40, 1, 2)', { m1: [30, 40] }), [1, 2]);
  });

  it('counts a missing side as 0, and has no point where both are missing', () => {
    const inputs = { m1: [5, _, _], m2: [_, 3, _] };
    assert.deepEqual(points('m1 - m2', inputs), [5, -3, _]);
    assert.deepEqual(points('m1 - m2', inputs, { bothSidesMissing: 'zero' }), [5, -3, 0]);
  });

  it('has no point where the only series has none', () => {
    assert.deepEqual(points('2 * m1 + 1', { m1: [1, _] }), [3, _]);
    assert.deepEqual(points('-m1', { m1: [0, _, 2] }), [0, _, -2]);
  });

  it('drops a division by zero and a logarithm of nothing', () => {
    assert.deepEqual(points('m1 / m2', { m1: [1, 0, 6], m2: [0, _, 3] }), [_, _, 2]);
    assert.deepEqual(points('LOG10(m1)', { m1: [100, 0, -1] }), [2, _, _]);
  });

  it('judges an error rate only where there is enough traffic', () => {
    const inputs = { errors: [20, _, 5, 1], total: [100, 40, 19, _] };
    assert.deepEqual(points('IF(total >= 20, 100 * errors / total)', inputs), [20, 0, _, _]);
  });

  it('computes with powers, rounding and logic', () => {
    assert.deepEqual(points('m1 ^ 2', { m1: [3, -3] }), [9, 9]);
    assert.deepEqual(points('CEIL(m1) - FLOOR(m1) + ABS(-m1)', { m1: [1.5, 2] }), [2.5, 2]);
    assert.deepEqual(points('m1 > 0 || m2 > 0', { m1: [1, 0, _], m2: [0, 0, 4] }), [1, 0, 1]);
    assert.deepEqual(points('m1 == 1 && m1 != 2', { m1: [1, 2] }), [1, 0]);
  });

  it('fills with a number, a series, the last value or a straight line', () => {
    const inputs = { m1: [_, 1, _, _, 4, _], m2: [9, 9, 9, _, 9, 9] };
    assert.deepEqual(points('FILL(m1, 0)', inputs), [0, 1, 0, 0, 4, 0]);
    assert.deepEqual(points('FILL(m1, m2)', inputs), [9, 1, 9, _, 4, 9]);
    assert.deepEqual(points('FILL(m1, REPEAT)', inputs), [_, 1, 1, 1, 4, 4]);
    assert.deepEqual(points('FILL(m1, LINEAR)', inputs), [_, 1, 2, 3, 4, _]);
    assert.deepEqual(points('FILL(m1, MIN(m1))', inputs), [1, 1, 1, 1, 4, 1]);
  });

  it('makes a number of one series and a series of a list', () => {
    const inputs = { m1: [1, _, 3], m2: [10, _, _] };
    assert.deepEqual(points('m1 - AVG(m1)', inputs), [-1, _, 1]);
    assert.deepEqual(points('SUM([m1, m2])', inputs), [11, _, 3]);
    assert.deepEqual(points('AVG(METRICS())', inputs), [5.5, _, 1.5]);
    assert.deepEqual(points('MAX(METRICS("2"))', inputs), [10, _, _]);
    assert.deepEqual(points('MIN(100 / METRICS())', inputs), [10, _, 100 / 3]);
    assert.deepEqual(points('SUM(-[m1, m2])', inputs), [-11, _, -3]);
    assert.deepEqual(points('m1 * DATAPOINT_COUNT(m1)', inputs), [2, _, 6]);
    assert.deepEqual(points('m1 / METRIC_COUNT(METRICS())', inputs), [0.5, _, 1.5]);
  });

  it('counts the points of a series without any as 0, and adds them up to nothing', () => {
    const inputs = { m1: [_, _] };
    assert.deepEqual(points('TIME_SERIES(DATAPOINT_COUNT(m1))', inputs), [0, 0]);
    assert.deepEqual(points('TIME_SERIES(SUM(m1))', inputs), [_, _]);
  });

  it('deviates as a population or as a sample', () => {
    const inputs = { m1: [2, 4, _, 6], m2: [4, _, _, 10] };
    assert.deepEqual(points('STDDEV([m1, m2])', inputs), [1, 0, _, 2]);
    assert.deepEqual(points('TIME_SERIES(STDDEV(m2))', inputs), [3, 3, 3, 3]);
    const sample = { standardDeviation: 'sample' } as const;
    assert.deepEqual(points('TIME_SERIES(STDDEV(m1))', inputs, sample), [2, 2, 2, 2]);
    assert.deepEqual(points('STDDEV([m1, m2])', inputs, sample), [Math.SQRT2, _, _, Math.sqrt(8)]);
  });

  it('computes an expression as long as AWS allows', () => {
    const text = `m1${'+m1'.repeat(682)}`;
    assert.equal(text.length, 2048);
    assert.deepEqual(points(text, { m1: [1, _, 2] }), [683, _, 1366]);
  });

  it('looks back to the last point that exists for DIFF and RATE', () => {
    const inputs = { m1: [60, _, 180, 120] };
    assert.deepEqual(points('DIFF(m1)', inputs), [_, _, 120, -60]);
    assert.deepEqual(points('DIFF_TIME(m1)', inputs), [_, _, 120, 60]);
    assert.deepEqual(points('RATE(m1)', inputs), [_, _, 1, -1]);
    assert.deepEqual(points('RUNNING_SUM(m1)', inputs), [60, _, 240, 360]);
  });

  it('knows its period and the time', () => {
    const inputs = { m1: [60, _, 120] };
    assert.deepEqual(points('m1 / PERIOD(m1)', inputs), [1, _, 2]);
    assert.deepEqual(points('MINUTE(m1)', inputs), [58, 59, 0]);
    assert.deepEqual(points('HOUR(m1)', inputs), [18, 18, 19]);
    assert.deepEqual(points('DAY(m1)', inputs), [6, 6, 6]);
    assert.deepEqual(points('EPOCH(m1) / 60 - MINUTE(m1)', inputs).length, 3);
    assert.deepEqual(points('TIME_SERIES(MAX(m1))', inputs), [120, 120, 120]);
  });

  it('refuses by name and place what it does not evaluate', () => {
    const inputs = { m1: [1] };
    const refusals: readonly [string, RegExp][] = [
      [
        'm1 > ANOMALY_DETECTION_BAND(m1)',
        /^ExpressionError: not evaluated locally: ANOMALY_DETECTION_BAND, which needs a model that AWS trains; make it a query of its own and supply the series that it would give, at 6$/,
      ],
      [
        'DB_PERF_INSIGHTS("RDS", "db-A", ["os.cpu.user.avg"])',
        /not evaluated locally: DB_PERF_INSIGHTS, which needs Performance Insights; .* at 1$/,
      ],
      ['INSIGHT_RULE_METRIC("r", "Sum")', /INSIGHT_RULE_METRIC, which needs Contributor Insights/],
      ['LAMBDA("f")', /LAMBDA, which needs a function of yours in AWS/],
      ['m1 / SERVICE_QUOTA(m1)', /SERVICE_QUOTA, which needs Service Quotas; .* at 6$/],
      ['SEARCH("{App}", "Sum")', /not evaluated locally: SEARCH, on which AWS allows no alarm, .* at 1$/],
      ['FIRST(ANOMALY_DETECTION_BAND(m1))', /FIRST of an anomaly band, of which AWS's documentation/],
      [
        'm1 > LAST(ANOMALY_DETECTION_BAND(m1, 4))',
        /not evaluated locally: LAST of an anomaly band, .* at 6$/,
      ],
      ['MEDIAN(m1)', /no such function: MEDIAN at 1/],
      ['1 + Sum(m1)', /no such function: Sum, write SUM, at 5/],
      ['PERIOD(m1 * 2)', /PERIOD takes the id of a metric; wrong arguments at 1/],
      [
        'FILL(m1, DESC)',
        /FILL takes TS or TS\[\], then a value, a TS, REPEAT or LINEAR; wrong arguments at 1/,
      ],
      ['SORT(METRICS(), MEDIAN, DESC)', /unknown word MEDIAN at 17/],
      ['SORT(METRICS(), DESC, AVG)', /SORT takes TS\[\], then AVG, .*; wrong arguments at 1/],
      ['SORT(METRICS(), AVG, DESC, m1)', /SORT takes .*; wrong arguments at 1/],
      ['SLICE(METRICS())', /SLICE takes .*; wrong arguments at 1/],
      ['FIRST(m1)', /FIRST takes TS\[\]; wrong arguments at 1/],
      ['STDDEV(1)', /STDDEV takes TS or TS\[\]; wrong arguments at 1/],
      ['m1 + m9', /no metric or expression has the id m9 at 6/],
      ['ABS(m1, m1)', /ABS takes TS or TS\[\]; wrong arguments at 1/],
      ['FILL(m1, SIDEWAYS)', /unknown word SIDEWAYS at 10/],
      ['m1 + REPEAT', /a word cannot be computed with at 6/],
      ['METRICS() + METRICS()', /\+ does not work between two lists of time series at 11/],
      ['[m1, 3]', /only time series can be in a list at 6/],
    ];
    for (const [text, expected] of refusals) {
      assert.throws(
        () => evaluate(text, inputs),
        (error) => expected.test(String(error)),
        text,
      );
    }
  });
});
