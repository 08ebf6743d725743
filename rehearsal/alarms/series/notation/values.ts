/** The values of a series step by step. The same seed gives the same values on every machine. */
import { seededRandom } from '../../../traffic';
import { minutesPerDay, type Notation, type Run, type Shape } from './shapes';

/** Called for each sample: the step that it belongs to, its value, and how often it came. */
export type TakeSample = (step: number, value: number, count: number) => void;

export interface StepTimes {
  /** Of the first step, in milliseconds since the epoch. */
  readonly start: number;
  readonly stepMs: number;
}

const minuteMs = 60_000;
const dayMs = minutesPerDay * minuteMs;

/** Gives out every sample in order; gaps pass in silence. Returns the number of steps. */
export function eachSample(items: Notation, times: StepTimes, seed: number, take: TakeSample): number {
  return runItems(items, 0, { times, normal: normalNumbers(seed), take });
}

interface Walk {
  readonly times: StepTimes;
  readonly normal: () => number;
  readonly take: TakeSample;
}

function runItems(items: Notation, first: number, walk: Walk): number {
  let step = first;
  for (const item of items) {
    if (item.kind === 'run') step = takeRun(item, step, walk);
    else for (let turn = 0; turn < item.count; turn++) step = runItems(item.items, step, walk);
  }
  return step;
}

function takeRun({ shape, noise, count }: Run, first: number, { times, normal, take }: Walk): number {
  if (shape.kind === 'gap') return first + count;
  for (let index = 0; index < count; index++) {
    const step = first + index;
    if (shape.kind === 'samples') {
      shape.values.forEach((value, place) => {
        take(step, value, shape.counts[place] ?? 1);
      });
      continue;
    }
    const value = valueAt(shape, index, count, times.start + step * times.stepMs);
    take(step, noise === 0 ? value : value + noise * normal(), 1);
  }
  return first + count;
}

type NumberShape = Exclude<Shape, { kind: 'gap' | 'samples' }>;

function valueAt(shape: NumberShape, index: number, count: number, at: number): number {
  switch (shape.kind) {
    case 'constant':
      return shape.value;
    case 'ramp':
      if (index === count - 1) return shape.to;
      return asWritten(shape.from + ((shape.to - shape.from) * index) / (count - 1));
    case 'steps':
      return asWritten(shape.from + shape.by * index);
    case 'day':
      return asWritten(shape.low + (shape.high - shape.low) * height(at, shape.peakMinute));
  }
}

/** Fifteen digits, as many as a number holds for certain: three times 0.1 is 0.3 then and does not cross a threshold of 0.3. */
function asWritten(value: number): number {
  return Number(value.toPrecision(15));
}

/**
 * 1 at the peak, 0 half a day away, level at both and within a hundredth of a cosine between. Sums and products only:
 * the last digit of a cosine may differ between machines, and with it a test's verdict.
 */
function height(at: number, peakMinute: number): number {
  const sincePeak = (((at - peakMinute * minuteMs) % dayMs) + dayMs) % dayMs;
  const nearness = 1 - Math.min(sincePeak, dayMs - sincePeak) / (dayMs / 2);
  return nearness * nearness * (3 - 2 * nearness);
}

/** The variance of one uniform number is a twelfth: twelve of them have the variance 1. */
const uniformNumbers = 12;

/**
 * Normal numbers by adding up uniform ones. The usual way takes logarithms and cosines, whose last digit ECMAScript leaves
 * to each machine; these sums are exact. None is further out than six standard deviations, which suits tests.
 */
function normalNumbers(seed: number): () => number {
  const random = seededRandom(seed);
  return () => {
    let sum = 0;
    for (let drawn = 0; drawn < uniformNumbers; drawn++) sum += random();
    return sum - uniformNumbers / 2;
  };
}
