/** Functions of one series, which do the same to each series of a list. */
import { bucketStart, type Grid, type Points } from '../buckets';
import { isOneOf, type MathFunction } from './function';
import { finite, mapSeries, scalar } from './values';

/** A function of one series or of each series of a list. */
export function perSeries(change: (points: Points, grid: Grid) => Points): MathFunction {
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
export function perPoint(change: (value: number) => number): MathFunction {
  const changeOrDrop = (value: number | undefined): number | undefined =>
    value === undefined ? undefined : finite(change(value));
  const onSeries = perSeries((points) => points.map(changeOrDrop));
  return {
    usage: 'TS or TS[]',
    shape: (args, nodes) =>
      args.length === 1 && args[0] === 'scalar' ? 'scalar' : onSeries.shape(args, nodes),
    run: (args, context) =>
      args[0]?.kind === 'scalar' ? scalar(changeOrDrop(args[0].value)) : onSeries.run(args, context),
  };
}

/** Each point with the one before it that exists, and the seconds between the two. */
export function againstPrevious(
  compare: (value: number, previous: number, seconds: number) => number,
): MathFunction {
  return perSeries((points, grid) => {
    let previous: { value: number; at: number } | undefined;
    return points.map((value, index) => {
      if (value === undefined) return undefined;
      const before = previous;
      const at = bucketStart(grid, index);
      previous = { value, at };
      return before && finite(compare(value, before.value, (at - before.at) / 1000));
    });
  });
}

/** Each point with all before it added. */
export const runningSum: MathFunction = perSeries((points) => {
  let total = 0;
  return points.map((value) => {
    if (value === undefined) return undefined;
    total += value;
    return finite(total);
  });
});
