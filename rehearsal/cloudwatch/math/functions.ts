/** Metric math's functions that can be computed here, by name. */
import { bucketStart } from '../buckets';
import { aggregates } from './aggregates';
import { fillFunction, fillWords } from './fill';
import { isOneOf, type MathFunction } from './function';
import {
  firstFunction,
  lastFunction,
  metricCount,
  metricsFunction,
  removeEmpty,
  sliceFunction,
  sortFunction,
  sortWords,
} from './lists';
import { choose } from './operators';
import { againstPrevious, perPoint, runningSum } from './per-series';
import { constantSeries, scalar, series } from './values';

/** A function of the timestamps alone: every bucket has a value. DAY counts from Monday, which is 1. */
function calendar(read: (at: Date) => number): MathFunction {
  return {
    usage: 'TS',
    shape: (args) => (args.length === 1 && args[0] === 'series' ? 'series' : undefined),
    run: (_, { grid }) =>
      series(Array.from({ length: grid.length }, (__, index) => read(new Date(bucketStart(grid, index))))),
  };
}

const ifFunction: MathFunction = {
  usage: 'condition, value when true[, value when false]',
  shape: (args) => {
    if (args.length < 2 || args.length > 3) return undefined;
    if (!args.every((arg) => isOneOf(arg, 'scalar', 'series'))) return undefined;
    return args.includes('series') ? 'series' : 'scalar';
  },
  run: (args, { grid, settings }) => {
    const [condition, whenTrue, whenFalse] = args.filter(
      (arg) => arg.kind === 'scalar' || arg.kind === 'series',
    );
    if (condition === undefined || whenTrue === undefined) return scalar(undefined);
    return choose(condition, whenTrue, whenFalse, { length: grid.length, settings });
  },
};

/** AWS takes metrics, not the results of expressions. */
const periodFunction: MathFunction = {
  usage: 'the id of a metric',
  shape: (args, [metric]) =>
    args.length === 1 && args[0] === 'series' && metric?.kind === 'id' ? 'scalar' : undefined,
  run: (_, { grid }) => scalar(grid.periodMs / 1000),
};

const timeSeries: MathFunction = {
  usage: 'S',
  shape: (args) => (args.length === 1 && args[0] === 'scalar' ? 'series' : undefined),
  run: ([value], { grid }) => constantSeries(grid, value?.kind === 'scalar' ? value.value : undefined),
};

export const mathFunctions: ReadonlyMap<string, MathFunction> = new Map(
  Object.entries({
    ...aggregates,
    ABS: perPoint(Math.abs),
    CEIL: perPoint(Math.ceil),
    FLOOR: perPoint(Math.floor),
    LOG: perPoint(Math.log),
    LOG10: perPoint(Math.log10),
    DIFF: againstPrevious((value, previous) => value - previous),
    DIFF_TIME: againstPrevious((_, __, seconds) => seconds),
    RATE: againstPrevious((value, previous, seconds) => (value - previous) / seconds),
    RUNNING_SUM: runningSum,
    METRICS: metricsFunction,
    METRIC_COUNT: metricCount,
    REMOVE_EMPTY: removeEmpty,
    SORT: sortFunction,
    SLICE: sliceFunction,
    FIRST: firstFunction,
    LAST: lastFunction,
    IF: ifFunction,
    FILL: fillFunction,
    PERIOD: periodFunction,
    TIME_SERIES: timeSeries,
    MINUTE: calendar((at) => at.getUTCMinutes()),
    HOUR: calendar((at) => at.getUTCHours()),
    DAY: calendar((at) => ((at.getUTCDay() + 6) % 7) + 1),
    DATE: calendar((at) => at.getUTCDate()),
    MONTH: calendar((at) => at.getUTCMonth() + 1),
    YEAR: calendar((at) => at.getUTCFullYear()),
    EPOCH: calendar((at) => Math.floor(at.getTime() / 1000)),
  }),
);

/** Words that mean something as an argument. */
export const argumentWords: ReadonlySet<string> = new Set([...fillWords, ...sortWords]);
