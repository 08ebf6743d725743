/** Functions of lists of series: the request's metrics, their order, parts of them. */
import type { Points } from '../buckets';
import { isWord, type MathFunction } from './function';
import { constantSeries, realValues, type SeriesList, scalar, type TimeSeries, type Value } from './values';

const membersOf = (value: Value | undefined): readonly TimeSeries[] =>
  value?.kind === 'list' ? value.members : [];

const numberOf = (value: Value | undefined): number | undefined =>
  value?.kind === 'scalar' ? value.value : undefined;

const list = (members: readonly TimeSeries[]): SeriesList => ({ kind: 'list', members });

export const metricsFunction: MathFunction = {
  usage: 'nothing, or a part of the ids as text',
  shape: (args) => (args.length === 0 || (args.length === 1 && args[0] === 'text') ? 'list' : undefined),
  run: ([part], { metrics }) =>
    list(
      metrics
        .filter((metric) => part?.kind !== 'text' || metric.id.includes(part.text))
        .map((metric) => metric.value),
    ),
};

export const metricCount: MathFunction = {
  usage: 'TS[]',
  shape: (args) => (args.length === 1 && args[0] === 'list' ? 'scalar' : undefined),
  run: ([value]) => scalar(membersOf(value).length),
};

/** Drops the series that have no point at all. */
export const removeEmpty: MathFunction = {
  usage: 'TS[]',
  shape: (args) => (args.length === 1 && args[0] === 'list' ? 'list' : undefined),
  run: ([value]) =>
    list(membersOf(value).filter(({ points }) => points.some((point) => point !== undefined))),
};

/** What a list can be sorted by: one number of each series. */
const sortKeys: Readonly<Record<string, (values: readonly number[]) => number>> = {
  AVG: (values) => values.reduce((total, value) => total + value / values.length, 0),
  SUM: (values) => values.reduce((total, value) => total + value, 0),
  MIN: (values) => values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY),
  MAX: (values) => values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
};
const sortOrders = ['ASC', 'DESC'];

/** Words that mean something to SORT. */
export const sortWords: readonly string[] = [...Object.keys(sortKeys), ...sortOrders];

export const sortFunction: MathFunction = {
  usage: 'TS[], then AVG, MIN, MAX or SUM, then ASC or DESC[, then how many to keep]',
  shape: (args, [, key, order]) => {
    if (args.length < 3 || args.length > 4 || args[0] !== 'list') return undefined;
    if (!isWord(key, Object.keys(sortKeys)) || !isWord(order, sortOrders)) return undefined;
    return args[3] === undefined || args[3] === 'scalar' ? 'list' : undefined;
  },
  run: ([value, key, order, limit]) => {
    const keyOf = (key?.kind === 'word' ? sortKeys[key.word] : undefined) ?? (() => 0);
    const isDescending = order?.kind === 'word' && order.word === 'DESC';
    const sorted = sortMembers(membersOf(value), keyOf, isDescending);
    return list(limit === undefined ? sorted : cut(sorted, 0, numberOf(limit)));
  },
};

function sortMembers(
  members: readonly TimeSeries[],
  keyOf: (values: readonly number[]) => number,
  isDescending: boolean,
): readonly TimeSeries[] {
  const keyed = members.map((member) => ({ member, key: keyOfPoints(member.points, keyOf) }));
  keyed.sort((one, other) => {
    // AWS does not say where a series without points goes: it never gets in front of one that has some.
    if (one.key === undefined || other.key === undefined) {
      return Number(one.key === undefined) - Number(other.key === undefined);
    }
    if (one.key === other.key) return 0;
    return one.key < other.key === isDescending ? 1 : -1;
  });
  return keyed.map(({ member }) => member);
}

function keyOfPoints(points: Points, keyOf: (values: readonly number[]) => number): number | undefined {
  const values = realValues(points);
  return values.length === 0 ? undefined : keyOf(values);
}

export const sliceFunction: MathFunction = {
  usage: 'TS[], the first place, counted from 0[, the place after the last]',
  isOrdered: true,
  shape: ([value, start, end, ...rest]) => {
    if (value !== 'list' || start !== 'scalar' || rest.length > 0) return undefined;
    return end === undefined || end === 'scalar' ? 'list' : undefined;
  },
  run: ([value, start, end]) => {
    const members = membersOf(value);
    return list(cut(members, numberOf(start), end === undefined ? members.length : numberOf(end)));
  },
};

/** Places before the first count as the first, and a place that cannot be computed holds nothing. */
function cut(
  members: readonly TimeSeries[],
  start: number | undefined,
  end: number | undefined,
): readonly TimeSeries[] {
  if (start === undefined || end === undefined) return [];
  return members.slice(Math.max(0, start), Math.max(0, end));
}

/** The series at one end; of an empty list a series without points. */
function memberAt(index: 0 | -1): MathFunction {
  return {
    usage: 'TS[]',
    isOrdered: true,
    shape: (args) => (args.length === 1 && args[0] === 'list' ? 'series' : undefined),
    run: ([value], { grid }) => membersOf(value).at(index) ?? constantSeries(grid, undefined),
  };
}

export const firstFunction: MathFunction = memberAt(0);
export const lastFunction: MathFunction = memberAt(-1);
