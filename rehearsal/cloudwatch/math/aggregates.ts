/** Functions that make one number of a series, or one series of a list. */
import type { EvaluationSettings } from '../settings';
import type { MathFunction } from './function';
import { finite, realValues, scalar, series, type Value } from './values';

interface Sample {
  /** The points that exist: of a series, or of a list at one timestamp. There is at least one. */
  readonly values: readonly number[];
  /** How many there could be: for a list its members. */
  readonly members: number;
}

type Reduce = (sample: Sample, settings: EvaluationSettings) => number | undefined;

/** One series becomes a number; a list becomes a series of what its members have at each timestamp. `ofNone` is for a series without points. */
function aggregate(reduce: Reduce, ofNone?: number): MathFunction {
  const reduceFinite = (sample: Sample, settings: EvaluationSettings): number | undefined => {
    const result = reduce(sample, settings);
    return result === undefined ? undefined : finite(result);
  };
  return {
    usage: 'TS or TS[]',
    shape: (args) => {
      if (args.length !== 1) return undefined;
      if (args[0] === 'series') return 'scalar';
      return args[0] === 'list' ? 'series' : undefined;
    },
    run: ([value], { grid, settings }): Value => {
      if (value?.kind === 'series') {
        const values = realValues(value.points);
        return scalar(
          values.length === 0 ? ofNone : reduceFinite({ values, members: values.length }, settings),
        );
      }
      const members = value?.kind === 'list' ? value.members : [];
      const points = Array.from({ length: grid.length }, (_, index) => {
        const values = realValues(members.map((member) => member.points[index]));
        return values.length === 0 ? undefined : reduceFinite({ values, members: members.length }, settings);
      });
      return series(points);
    },
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** One point alone deviates by 0 from the mean of a population; of a sample it says nothing. */
function deviate({ values }: Sample, { standardDeviation }: EvaluationSettings): number | undefined {
  const divisor = standardDeviation === 'population' ? values.length : values.length - 1;
  if (divisor === 0) return undefined;
  const mean = sum(values) / values.length;
  return Math.sqrt(sum(values.map((value) => (value - mean) ** 2)) / divisor);
}

export const aggregates = {
  SUM: aggregate(({ values }) => sum(values)),
  // In an array AWS counts a missing member as 0; in one series it averages the points that there are.
  AVG: aggregate(({ values, members }) => sum(values) / members),
  MIN: aggregate(({ values }) =>
    values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY),
  ),
  MAX: aggregate(({ values }) =>
    values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
  ),
  STDDEV: aggregate(deviate),
  DATAPOINT_COUNT: aggregate(({ values }) => values.length, 0),
} as const;
