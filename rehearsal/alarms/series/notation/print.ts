/** Writes a series in the notation of tests, in its shortest form. */
import { type Item, type Notation, type Run, type Shape, usualPeakMinute } from './shapes';

/** The text that `parseNotation` reads back as the same items. */
export function printNotation(items: Notation): string {
  return items.map(printItem).join(' ');
}

function printItem(item: Item): string {
  if (item.kind === 'group') return `(${printNotation(item.items)})${times(item.count)}`;
  const noise = item.noise === 0 ? '' : `~${item.noise}`;
  return `${printShape(item.shape)}${noise}${needsCount(item) ? `x${item.count}` : times(item.count)}`;
}

function times(count: number): string {
  return count === 1 ? '' : `x${count}`;
}

function needsCount({ shape }: Run): boolean {
  return shape.kind === 'ramp' || shape.kind === 'steps' || shape.kind === 'day';
}

function printShape(shape: Shape): string {
  switch (shape.kind) {
    case 'gap':
      return '_';
    case 'constant':
      return `${shape.value}`;
    case 'ramp':
      return `${shape.from}..${shape.to}`;
    case 'steps':
      return shape.by < 0 ? `${shape.from}-${-shape.by}` : `${shape.from}+${shape.by}`;
    case 'day':
      return `day(${shape.low}..${shape.high}${shape.peakMinute === usualPeakMinute ? '' : `@${clock(shape.peakMinute)}`})`;
    case 'samples': {
      const { values, counts } = shape;
      return `[${values.map((value, index) => `${value}${counts[index] === 1 ? '' : `*${counts[index]}`}`).join(' ')}]`;
    }
  }
}

function clock(minute: number): string {
  const two = (part: number): string => String(part).padStart(2, '0');
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}
