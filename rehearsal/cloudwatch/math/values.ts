/** What metric math computes with: numbers, time series on one grid, lists of series. */
import type { Grid, Points } from '../buckets';

export interface Scalar {
  readonly kind: 'scalar';
  /** undefined where nothing can be computed, as the average of no point. */
  readonly value: number | undefined;
}

export interface TimeSeries {
  readonly kind: 'series';
  readonly points: Points;
  /** Whose values these are, for the labels of a list. */
  readonly label?: string;
}

export interface SeriesList {
  readonly kind: 'list';
  readonly members: readonly TimeSeries[];
}

/** Words and texts occur only as arguments. */
export type Value =
  | Scalar
  | TimeSeries
  | SeriesList
  | { readonly kind: 'word'; readonly word: string }
  | { readonly kind: 'text'; readonly text: string };

/** A band is a list of two series of which it is not known which comes first. Expressions never have that shape, ids do. */
export type Shape = Value['kind'] | 'band';

/** A finite number; a division by zero or the logarithm of nothing drops the point. */
export function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

/** A number as CloudWatch gives it, or no point. */
export function scalar(value: number | undefined): Scalar {
  return { kind: 'scalar', value };
}

/** A series that takes its label from where it came. */
export function series(points: Points, label?: string): TimeSeries {
  return label === undefined ? { kind: 'series', points } : { kind: 'series', points, label };
}

/** The same value at each timestamp of the grid. */
export function constantSeries(grid: Grid, value: number | undefined): TimeSeries {
  return series(Array.from({ length: grid.length }, () => value));
}

/** Applies `change` to each member of a list, or to the one series. */
export function mapSeries(
  value: TimeSeries | SeriesList,
  change: (points: Points) => Points,
): TimeSeries | SeriesList {
  if (value.kind === 'series') return series(change(value.points), value.label);
  return {
    kind: 'list',
    members: value.members.map((member) => series(change(member.points), member.label)),
  };
}

/** The points that exist. */
export function realValues(points: Points): number[] {
  return points.filter((value) => value !== undefined);
}
