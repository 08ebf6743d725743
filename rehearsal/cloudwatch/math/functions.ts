/** Metric math's functions that depend on nothing but their arguments, as data: shapes in, shape out, and what they compute. */
import { bucketStart, type Grid, type Points } from '../buckets';
import type { EvaluationSettings } from '../settings';
import { choose } from './operators';
import {
  constantSeries,
  finite,
  mapSeries,
  realValues,
  type SeriesList,
  type Shape,
  scalar,
  series,
  type TimeSeries,
  type Value,
} from './values';

export interface MathContext {
  readonly grid: Grid;
  readonly settings: EvaluationSettings;
  /** The metrics of the request by id; expressions are no part of it. */
  readonly metrics: readonly { readonly id: string; readonly value: TimeSeries }[];
}

export interface MathFunction {
  /** How AWS writes its arguments. */
  readonly usage: string;
  /** The shape of the result, or undefined when the arguments do not fit. */
  shape(args: readonly Shape[]): Shape | undefined;
  run(args: readonly Value[], context: MathContext): Value;
}

const isOneOf = (shape: Shape | undefined, ...allowed: Shape[]): boolean =>
  shape !== undefined && allowed.includes(shape);

/** A function of one series or of each series of a list. */
function perSeries(change: (points: Points, grid: Grid) => Points): MathFunction {
  return {
    usage: 'TS or TS[]',
    shape: (args) => (args.length === 1 && isOneOf(args[0], 'series', 'list') ? args[0] : undefined),
    run: ([value], { grid }) =>
      value?.kind === 'series' || value?.kind === 'list'
        ? mapSeries(value, (points) => change(points, grid))
        : scalar(undefined),
  };
}

/** A function of each number by itself. AWS lists series only; a number inside a larger expression is harmless. */
function perPoint(change: (value: number) => number): MathFunction {
  const changeOrDrop = (value: number | undefined) =>
    value === undefined ? undefined : finite(change(value));
  const onSeries = perSeries((points) => points.map(changeOrDrop));
  return {
    usage: 'TS or TS[]',
    shape: (args) => (args.length === 1 && args[0] === 'scalar' ? 'scalar' : onSeries.shape(args)),
    run: (args, context) =>
      args[0]?.kind === 'scalar' ? scalar(changeOrDrop(args[0].value)) : onSeries.run(args, context),
  };
}

/** One series becomes a number; a list becomes a series of what its members have at each timestamp. */
function aggregate(reduce: (values: readonly number[], members: number) => number): MathFunction {
  return {
    usage: 'TS or TS[]',
    shape: (args) => {
      if (args.length !== 1) return undefined;
      if (args[0] === 'series') return 'scalar';
      return args[0] === 'list' ? 'series' : undefined;
    },
    run: ([value], { grid }) => {
      if (value?.kind === 'series') {
        const values = realValues(value.points);
        return scalar(values.length === 0 ? undefined : reduce(values, values.length));
      }
      const members = value?.kind === 'list' ? value.members : [];
      const points = Array.from({ length: grid.length }, (_, index) => {
        const values = realValues(members.map((member) => member.points[index]));
        return values.length === 0 ? undefined : reduce(values, members.length);
      });
      return series(points);
    },
  };
}

/** A function of the timestamps alone: every bucket has a value. DAY counts from Monday, which is 1. */
function calendar(read: (at: Date) => number): MathFunction {
  return {
    usage: 'TS',
    shape: (args) => (args.length === 1 && args[0] === 'series' ? 'series' : undefined),
    run: (_, { grid }) =>
      series(Array.from({ length: grid.length }, (__, index) => read(new Date(bucketStart(grid, index))))),
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Each point with the one before it that exists, and the seconds between the two. */
function againstPrevious(
  compare: (value: number, previous: number, seconds: number) => number,
): MathFunction {
  return perSeries((points, grid) => {
    let previous: { value: number; index: number } | undefined;
    return points.map((value, index) => {
      if (value === undefined) return undefined;
      const before = previous;
      previous = { value, index };
      if (before === undefined) return undefined;
      return finite(compare(value, before.value, ((index - before.index) * grid.periodMs) / 1000));
    });
  });
}

function runningSum(points: Points): Points {
  let total = 0;
  return points.map((value) => {
    if (value === undefined) return undefined;
    total += value;
    return total;
  });
}

const metricsFunction: MathFunction = {
  usage: 'nothing, or a part of the ids as text',
  shape: (args) => (args.length === 0 || (args.length === 1 && args[0] === 'text') ? 'list' : undefined),
  run: ([part], { metrics }): SeriesList => ({
    kind: 'list',
    members: metrics
      .filter((metric) => part?.kind !== 'text' || metric.id.includes(part.text))
      .map((metric) => metric.value),
  }),
};

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

function fill(points: Points, filler: Value | undefined): Points {
  if (filler?.kind === 'scalar') return points.map((value) => value ?? filler.value);
  if (filler?.kind === 'series') return points.map((value, index) => value ?? filler.points[index]);
  return filler?.kind === 'word' && filler.word === 'LINEAR' ? fillLinear(points) : fillRepeat(points);
}

function fillRepeat(points: Points): Points {
  let last: number | undefined;
  return points.map((value) => {
    last = value ?? last;
    return last;
  });
}

/** A gap at either end has only one neighbour and stays. */
function fillLinear(points: Points): Points {
  return points.map((value, index) => {
    if (value !== undefined) return value;
    const before = points.findLastIndex((point, at) => at < index && point !== undefined);
    const after = points.findIndex((point, at) => at > index && point !== undefined);
    const from = points[before];
    const to = points[after];
    if (from === undefined || to === undefined) return undefined;
    return from + ((to - from) * (index - before)) / (after - before);
  });
}

const fillFunction: MathFunction = {
  usage: 'TS or TS[], then a value, a TS, REPEAT or LINEAR',
  shape: ([target, filler, ...rest]) => {
    if (rest.length > 0 || !isOneOf(target, 'series', 'list')) return undefined;
    return isOneOf(filler, 'scalar', 'series', 'word') ? target : undefined;
  },
  run: ([target, filler]) =>
    target?.kind === 'series' || target?.kind === 'list'
      ? mapSeries(target, (points) => fill(points, filler))
      : scalar(undefined),
};

const periodFunction: MathFunction = {
  usage: 'TS',
  shape: (args) => (args.length === 1 && args[0] === 'series' ? 'scalar' : undefined),
  run: (_, { grid }) => scalar(grid.periodMs / 1000),
};

const timeSeries: MathFunction = {
  usage: 'S',
  shape: (args) => (args.length === 1 && args[0] === 'scalar' ? 'series' : undefined),
  run: ([value], { grid }) => constantSeries(grid, value?.kind === 'scalar' ? value.value : undefined),
};

const metricCount: MathFunction = {
  usage: 'TS[]',
  shape: (args) => (args.length === 1 && args[0] === 'list' ? 'scalar' : undefined),
  run: ([value]) => scalar(value?.kind === 'list' ? value.members.length : undefined),
};

export const mathFunctions: ReadonlyMap<string, MathFunction> = new Map(
  Object.entries({
    ABS: perPoint(Math.abs),
    CEIL: perPoint(Math.ceil),
    FLOOR: perPoint(Math.floor),
    LOG: perPoint(Math.log),
    LOG10: perPoint(Math.log10),
    SUM: aggregate(sum),
    // In an array AWS counts a missing member as 0; in one series it averages the points that there are.
    AVG: aggregate((values, members) => sum(values) / members),
    MIN: aggregate((values) =>
      values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY),
    ),
    MAX: aggregate((values) =>
      values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
    ),
    DATAPOINT_COUNT: aggregate((values) => values.length),
    DIFF: againstPrevious((value, previous) => value - previous),
    DIFF_TIME: againstPrevious((_, __, seconds) => seconds),
    RATE: againstPrevious((value, previous, seconds) => (value - previous) / seconds),
    RUNNING_SUM: perSeries(runningSum),
    METRICS: metricsFunction,
    METRIC_COUNT: metricCount,
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

/** Functions that AWS has and that are refused by name: they need AWS's models, other services, or rules that it does not publish. */
export const refusedFunctions: ReadonlySet<string> = new Set([
  'ANOMALY_DETECTION_BAND',
  'DB_PERF_INSIGHTS',
  'FIRST',
  'INSIGHT_RULE_METRIC',
  'LAMBDA',
  'LAST',
  'REMOVE_EMPTY',
  'SEARCH',
  'SERVICE_QUOTA',
  'SLICE',
  'SORT',
  'STDDEV',
]);
