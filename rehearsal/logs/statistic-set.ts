/** A statistic set as values and counts, so that the metric store needs one shape only. */

export interface StatisticSet {
  readonly Min: number;
  readonly Max: number;
  readonly Sum: number;
  readonly Count: number;
}

/**
 * Values whose minimum, maximum, sum and count are the set's. Percentiles of a true set do not exist on AWS
 * either, unless all its values are equal, and then these are exact.
 */
export function valuesOfStatisticSet(set: StatisticSet): { values: number[]; counts: number[] } {
  if (set.Count <= 0) return { values: [], counts: [] };
  if (set.Min === set.Max || set.Count === 1) return { values: [set.Sum / set.Count], counts: [set.Count] };
  const between = set.Count - 2;
  if (between <= 0) return { values: [set.Min, set.Max], counts: [1, 1] };
  return {
    values: [set.Min, set.Max, (set.Sum - set.Min - set.Max) / between],
    counts: [1, 1, between],
  };
}
