/** FILL: what stands in for points that are missing. */
import type { Points } from '../buckets';
import { isOneOf, isWord, type MathFunction } from './function';
import { mapSeries, scalar, type Value } from './values';

/** Words that mean something to FILL. */
export const fillWords: readonly string[] = ['REPEAT', 'LINEAR'];

export const fillFunction: MathFunction = {
  usage: 'TS or TS[], then a value, a TS, REPEAT or LINEAR',
  shape: ([target, filler, ...rest], nodes) => {
    if (rest.length > 0 || !isOneOf(target, 'series', 'list')) return undefined;
    return isOneOf(filler, 'scalar', 'series') || isWord(nodes[1], fillWords) ? target : undefined;
  },
  run: ([target, filler]) =>
    target?.kind === 'series' || target?.kind === 'list'
      ? mapSeries(target, (points) => fill(points, filler))
      : scalar(undefined),
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
  const filled = [...points];
  let before: { value: number; index: number } | undefined;
  points.forEach((value, index) => {
    if (value === undefined) return;
    for (let gap = (before?.index ?? index) + 1; before !== undefined && gap < index; gap++) {
      const share = (gap - before.index) / (index - before.index);
      filled[gap] = before.value * (1 - share) + value * share;
    }
    before = { value, index };
  });
  return filled;
}
