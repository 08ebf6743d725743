/**
 * Alarms a second time: every evaluation from scratch, over all samples, with no regard for speed. What is fast — kept
 * periods, sums, windows that move — must come to the same.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { play } from '../../../rehearsal/alarms/playback';
import type { Arrival } from '../../../rehearsal/alarms/types';
import type { TreatMissingData } from '../../../rehearsal/cloudwatch/decide';
import type { AlarmState } from '../../../rehearsal/events';
import { rehearsalPlace } from '../../../rehearsal/resources';
import { seed } from '../../seed';
import { decideSlowly } from '../cloudwatch/decide-slowly';
import { dimensions, metricAlarm, start } from '../cloudwatch/fixture';

/** One sample: its minute or second, how late it comes, its value. */
interface Sample {
  readonly at: number;
  readonly arrivedAt: number;
  readonly value: number;
  readonly metric: 'total' | 'errors';
}

interface Shape {
  readonly signal: 'Sum' | 'Average' | 'Minimum' | 'Maximum' | 'SampleCount' | 'p50' | 'p90' | 'ratio';
  readonly periodSeconds: number;
  readonly wallClock: boolean;
  readonly n: number;
  readonly m: number;
  readonly comparison:
    | 'GreaterThanThreshold'
    | 'GreaterThanOrEqualToThreshold'
    | 'LessThanThreshold'
    | 'LessThanOrEqualToThreshold';
  readonly threshold: number;
  readonly treatMissingData: TreatMissingData;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function slowPoint({ signal }: Shape, samples: readonly Sample[]): number | undefined {
  const values = samples.filter(({ metric }) => metric === 'total').map(({ value }) => value);
  if (signal === 'ratio') {
    const errors = samples.filter(({ metric }) => metric === 'errors').map(({ value }) => value);
    // A missing side counts as zero, a division by zero gives no point.
    return sum(values) === 0 ? undefined : (100 * sum(errors)) / sum(values);
  }
  if (values.length === 0) return undefined;
  const sorted = values.sort((left, right) => left - right);
  switch (signal) {
    case 'SampleCount':
      return values.length;
    case 'Sum':
      return sum(values);
    case 'Average':
      return sum(values) / values.length;
    case 'Minimum':
      return sorted[0];
    case 'Maximum':
      return sorted.at(-1);
    case 'p50':
    case 'p90':
      return sorted[Math.ceil((Number(signal.slice(1)) / 100) * sorted.length) - 1];
  }
}

function crosses({ comparison, threshold }: Shape, value: number): boolean {
  if (comparison === 'GreaterThanThreshold') return value > threshold;
  if (comparison === 'GreaterThanOrEqualToThreshold') return !(value < threshold);
  return comparison === 'LessThanThreshold' ? value < threshold : !(value > threshold);
}

function slowTransitions(
  shape: Shape,
  samples: readonly Sample[],
  end: number,
  extraPeriods: number,
): string[] {
  const period = shape.periodSeconds * 1000;
  const cadence = shape.periodSeconds < 60 ? 10_000 : 60_000;
  const told: string[] = [];
  let state: AlarmState = 'INSUFFICIENT_DATA';
  for (let tick = start + cadence; tick <= end; tick += cadence) {
    const known = samples.filter(({ arrivedAt }) => arrivedAt < tick);
    const newestEnd = shape.wallClock ? Math.floor(tick / period) * period : tick;
    const length = shape.wallClock ? shape.n : shape.n + extraPeriods;
    const points: (number | undefined)[] = [];
    for (let from = newestEnd - length * period; from < newestEnd; from += period) {
      points.push(
        slowPoint(
          shape,
          known.filter(({ at }) => at >= from && at < from + period),
        ),
      );
    }
    const next = decideSlowly({
      breaching: points.map((point) => (point === undefined ? undefined : crosses(shape, point))),
      evaluationPeriods: shape.n,
      datapointsToAlarm: shape.m,
      treatMissingData: shape.treatMissingData,
      previous: state,
    });
    if (next !== state) told.push(`${(tick - start) / 1000} ${state} > ${next}`);
    state = next;
  }
  return told;
}

function toResource(shape: Shape, index: number): ReturnType<typeof metricAlarm> {
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  const stat = (Id: string, MetricName: string): object => ({
    Id,
    ReturnData: false,
    MetricStat: {
      Metric: { Namespace: 'App', MetricName, Dimensions },
      Period: shape.periodSeconds,
      Stat: 'Sum',
    },
  });
  const percentile = shape.signal.startsWith('p');
  const signal =
    shape.signal === 'ratio'
      ? {
          Metrics: [
            { Id: 'e', Expression: '100 * errors / total', ReturnData: true },
            stat('errors', 'errors'),
            stat('total', 'total'),
          ],
        }
      : {
          MetricName: 'total',
          Namespace: 'App',
          Dimensions,
          Period: shape.periodSeconds,
          [percentile ? 'ExtendedStatistic' : 'Statistic']: shape.signal,
        };
  const resource = metricAlarm(`a${index}`);
  return {
    ...resource,
    properties: {
      AlarmName: `a${index}`,
      ...signal,
      EvaluationPeriods: shape.n,
      DatapointsToAlarm: shape.m,
      ComparisonOperator: shape.comparison,
      Threshold: shape.threshold,
      TreatMissingData: shape.treatMissingData,
      ...(shape.wallClock ? { EvaluationWindow: { WallClockWindow: {} } } : {}),
    },
  };
}

function toArrivals(samples: readonly Sample[], resolution: 1 | 60): Arrival[] {
  return samples
    .map(({ at, arrivedAt, value, metric }) => ({
      arrivedAt,
      datum: {
        namespace: 'App',
        name: metric,
        dimensions,
        at,
        values: [value],
        storageResolutionSeconds: resolution,
      },
    }))
    .sort((left, right) => left.arrivedAt - right.arrivedAt);
}

const shapeOf = (periods: readonly number[], wallClock: fc.Arbitrary<boolean>): fc.Arbitrary<Shape> =>
  fc
    .record({
      signal: fc.constantFrom<Shape['signal']>(
        'Sum',
        'Average',
        'Minimum',
        'Maximum',
        'SampleCount',
        'p50',
        'p90',
        'ratio',
      ),
      periodSeconds: fc.constantFrom(...periods),
      wallClock,
      n: fc.integer({ min: 1, max: 5 }),
      part: fc.double({ min: 0.01, max: 1, noNaN: true }),
      comparison: fc.constantFrom<Shape['comparison']>(
        'GreaterThanThreshold',
        'GreaterThanOrEqualToThreshold',
        'LessThanThreshold',
        'LessThanOrEqualToThreshold',
      ),
      threshold: fc.integer({ min: 0, max: 9 }),
      treatMissingData: fc.constantFrom<TreatMissingData>('missing', 'ignore', 'breaching', 'notBreaching'),
    })
    .map(({ part, ...shape }) => ({ ...shape, m: Math.ceil(shape.n * part) }))
    .map((shape) => ({ ...shape, wallClock: shape.wallClock && [60, 300].includes(shape.periodSeconds) }));

/** Mostly in time, sometimes late by several periods, with holes. */
const samplesOf = (stepMs: number, steps: number): fc.Arbitrary<Sample[]> =>
  fc.array(
    fc
      .record({
        step: fc.integer({ min: -2, max: steps - 1 }),
        late: fc.oneof(
          { weight: 5, arbitrary: fc.constant(0) },
          { weight: 1, arbitrary: fc.integer({ min: 1, max: 6 }) },
        ),
        value: fc.integer({ min: 0, max: 9 }),
        metric: fc.constantFrom<Sample['metric']>('total', 'total', 'errors'),
      })
      .map(({ step, late, ...rest }) => {
        const at = start + step * stepMs;
        return { at, arrivedAt: at + late * stepMs, ...rest };
      }),
    { maxLength: 2 * steps },
  );

/** Half of the series are steady below what is strewn over them: long runs of one side are where evaluations are left out. */
const storyOf = (stepMs: number, steps: number): fc.Arbitrary<Story> =>
  fc
    .record({
      strewn: samplesOf(stepMs, steps),
      steady: fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined }),
      extraPeriods: fc.constantFrom(0, 2),
    })
    .map(({ strewn, steady, extraPeriods }) => {
      if (steady === undefined) return { samples: strewn, extraPeriods };
      const below = Array.from({ length: steps }, (_, step): Sample => {
        const at = start + step * stepMs;
        return { at, arrivedAt: at, value: steady, metric: 'total' };
      });
      return { samples: [...below, ...strewn.slice(0, steps / 4)], extraPeriods };
    });

/** Pairs of one series and one alarm: this many runs with this many alarms each. */
const runs = 204;
const alarmsPerRun = 250;

interface Story {
  readonly samples: readonly Sample[];
  readonly extraPeriods: number;
}

function agree(
  shapes: readonly Shape[],
  { samples, extraPeriods }: Story,
  end: number,
  resolution: 1 | 60,
): void {
  const { alarms } = play({
    resources: shapes.map(toResource),
    place: rehearsalPlace,
    source: toArrivals(samples, resolution),
    start,
    end,
    settings: { evaluationRangeExtraPeriods: extraPeriods },
  });
  shapes.forEach((shape, index) => {
    const fast = alarms[index]?.transitions.map(
      ({ at, from, to }) => `${(at - start) / 1000} ${from} > ${to}`,
    );
    assert.deepEqual(fast, slowTransitions(shape, samples, end, extraPeriods), JSON.stringify(shape));
  });
}

/** One alarm of a hundred fails: that one and the samples are told, not the other ninety-nine. */
function reporter(run: fc.RunDetails<[Shape[], Story]>): void {
  if (!run.failed) return;
  const [, story] = run.counterexample ?? [];
  const error = run.errorInstance instanceof Error ? run.errorInstance.message : String(run.errorInstance);
  throw new Error(`FC_SEED=${run.seed}\n${error}\n${JSON.stringify(story)}`);
}

describe('the evaluator and a slow second formulation of it', () => {
  const sizes = { minLength: alarmsPerRun, maxLength: alarmsPerRun };

  it(`agree on ${runs * alarmsPerRun} pairs of series and alarm at periods of a minute and more (FC_SEED=${seed})`, () => {
    const end = start + 18 * 60_000;
    const shapes = fc.array(shapeOf([60, 60, 120, 300], fc.boolean()), sizes);
    fc.assert(
      fc.property(shapes, storyOf(60_000, 16), (alarms, story) => agree(alarms, story, end, 60)),
      { numRuns: runs, seed, reporter },
    );
  });

  it(`agree on ${runs * alarmsPerRun} pairs at periods below a minute (FC_SEED=${seed})`, () => {
    const end = start + 18 * 10_000;
    const shapes = fc.array(shapeOf([10, 10, 20, 30], fc.constant(false)), sizes);
    fc.assert(
      fc.property(shapes, storyOf(10_000, 16), (alarms, story) => agree(alarms, story, end, 1)),
      { numRuns: runs, seed, reporter },
    );
  });
});
