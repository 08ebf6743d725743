/** Samples that have the statistics which were recorded of a period: CloudWatch gives out statistics only, alarms read samples. */

import type { StatisticSet } from '../../cloudwatch/types';

export interface PeriodStatistics {
  sampleCount?: number;
  sum?: number;
  average?: number;
  minimum?: number;
  maximum?: number;
  /** Values by percent. */
  readonly percentiles: Map<number, number>;
}

export interface Samples {
  readonly values: readonly number[];
  readonly counts: readonly number[];
}

/**
 * Where the number of samples is unknown and several statistics must still come out right: enough for p99.99, and never
 * "too few samples" up to p99.9.
 */
const assumedSampleCount = 10_000;

/** A run of samples of one value. `rank` is that of its first one, counted from 1. */
interface Run {
  rank: number;
  count: number;
  value: number;
  /** Its value was not recorded, and may move between its neighbours. */
  isFree: boolean;
}

/** How many samples the period had, as far as its statistics tell. */
export function knownSampleCount({ sampleCount, sum, average }: PeriodStatistics): number | undefined {
  if (sampleCount !== undefined) return sampleCount;
  return sum !== undefined && average !== undefined && average !== 0 ? Math.round(sum / average) : undefined;
}

/** The period as CloudWatch itself keeps what was summed up before; undefined where percentiles need samples. */
export function statisticSetOf(statistics: PeriodStatistics): StatisticSet | undefined {
  const { sampleCount, minimum, maximum, percentiles } = statistics;
  const sum = statistics.sum ?? (statistics.average ?? Number.NaN) * (sampleCount ?? Number.NaN);
  const isWhole = sampleCount !== undefined && minimum !== undefined && maximum !== undefined;
  if (!isWhole || Number.isNaN(sum) || percentiles.size > 0) return undefined;
  return { sampleCount, sum, minimum, maximum };
}

/**
 * Samples of which count, sum, average, minimum, maximum and nearest-rank percentiles are those recorded, as far as they
 * agree with each other. One statistic alone is one sample. Undefined where a sum stands beside other statistics and
 * the number of samples is unknown.
 */
export function samplesOfPeriod(statistics: PeriodStatistics): Samples | undefined {
  const { sum, average, minimum, maximum, percentiles } = statistics;
  const known = knownSampleCount(statistics);
  const recorded = [sum, average, minimum, maximum, ...percentiles.values()].filter(
    (each) => each !== undefined,
  );
  const [first] = recorded;
  if (known === 0) return { values: [], counts: [] };
  if (first === undefined) return { values: [0], counts: [known ?? 1] };
  if (known === undefined && recorded.length === 1) return { values: [first], counts: [1] };
  if (known === undefined && sum !== undefined) return undefined;
  const count = Math.max(1, Math.round(known ?? assumedSampleCount));
  const runs = runsBetween(anchorsOf(statistics, count), count, average ?? sum);
  const wanted = sum ?? (average === undefined ? undefined : average * count);
  if (wanted !== undefined) moveTo(wanted, runs, statistics);
  return { values: runs.map(({ value }) => value), counts: runs.map((run) => run.count) };
}

/** The samples whose values are known, by rank. */
function anchorsOf({ minimum, maximum, percentiles }: PeriodStatistics, count: number): Map<number, number> {
  const anchors = new Map<number, number>();
  for (const [percent, value] of [...percentiles].sort(([left], [right]) => left - right)) {
    // The subtraction keeps 0.07 * 100 from becoming the eighth of a hundred.
    anchors.set(Math.max(1, Math.ceil((percent * count) / 100 - 1e-9)), value);
  }
  if (minimum !== undefined && (count > 1 || maximum === undefined)) anchors.set(1, minimum);
  if (maximum !== undefined) anchors.set(count, maximum);
  return anchors;
}

/** The known samples, and between them free ones, halfway between their neighbours for now. */
function runsBetween(
  anchors: ReadonlyMap<number, number>,
  count: number,
  otherwise: number | undefined,
): Run[] {
  const runs: Run[] = [];
  let rank = 1;
  const ranks = [...anchors.keys()].sort((left, right) => left - right);
  const valueAt = (at: number | undefined): number | undefined =>
    at === undefined ? undefined : anchors.get(at);
  for (const [index, known] of [...ranks, count + 1].entries()) {
    const below = valueAt(ranks[index - 1]);
    const above = valueAt(ranks[index]);
    const value = ((below ?? above ?? otherwise ?? 0) + (above ?? below ?? otherwise ?? 0)) / 2;
    if (known > rank) runs.push({ rank, count: known - rank, value, isFree: true });
    if (above !== undefined) runs.push({ rank: known, count: 1, value: above, isFree: false });
    rank = known + 1;
  }
  return runs;
}

/** Moves the free samples until they sum up: first between their neighbours, then where nothing was recorded beyond. */
function moveTo(wanted: number, runs: Run[], { minimum, maximum }: PeriodStatistics): void {
  const missing = (): number => wanted - total(runs);
  const room = runs.map((run, index) => {
    if (!run.isFree) return 0;
    const neighbour = runs[missing() > 0 ? index + 1 : index - 1];
    return neighbour === undefined ? 0 : (neighbour.value - run.value) * run.count;
  });
  const allRoom = room.reduce((sum, each) => sum + each, 0);
  const share = allRoom === 0 ? 0 : Math.min(1, Math.max(0, missing() / allRoom));
  runs.forEach((run, index) => {
    run.value += ((room[index] ?? 0) * share) / run.count;
  });
  const rest = missing();
  const open =
    rest > 0
      ? maximum === undefined
        ? runs.at(-1)
        : undefined
      : minimum === undefined
        ? runs[0]
        : undefined;
  if (open?.isFree) open.value += rest / open.count;
  takeUpRounding(wanted, runs);
}

/** One free sample takes up what rounding left over, so that a sum of 5 is not 5.000000001, which is greater than 5. */
function takeUpRounding(wanted: number, runs: Run[]): void {
  const left = wanted - total(runs);
  const place = runs.findIndex((run) => run.isFree);
  const free = runs[place];
  const isRounding = Math.abs(left) <= 1e-9 * Math.max(1, Math.abs(wanted));
  if (left === 0 || free === undefined || !isRounding) return;
  if (free.count > 1) free.count -= 1;
  else runs.splice(place, 1);
  // Added up last, the sample is rounded with the sum and not before it.
  runs.push({ rank: free.rank, count: 1, value: wanted - total(runs), isFree: true });
}

/** Added up in the order in which the store does it. */
function total(runs: readonly Run[]): number {
  return runs.reduce((sum, { value, count }) => sum + value * count, 0);
}
