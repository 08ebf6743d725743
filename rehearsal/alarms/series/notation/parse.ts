/**
 * Reads series as tests write them. Items stand one after the other, with spaces or line breaks between them:
 *
 *   5              one sample of 5                    -1.5  2e3
 *   5x30           thirty of them                     an `x` and a number repeats any item
 *   _   _x3        one missing sample, three          the time passes, nothing is put
 *   0..100x11      from 0 to 100 in 11 samples        both ends are reached
 *   0+10x11        11 samples, each 10 more           100-5x4 is 100 95 90 85
 *   day(20..200)x1440      by the time of day         200 at noon UTC, 20 at midnight
 *   day(20..200@18:30)x96  with the peak at 18:30
 *   100~5x60       100 and normal noise around it     after a number, a ramp, steps or a day
 *   [1 2 3 40]x5   four raw samples a step            for percentiles and sample counts
 *   [1*95 400*5]   95 samples of 1 and 5 of 400
 *   (5x3 50)x4     the items in parentheses, again and again
 *
 * Inside an item there are no spaces, so that `5 -3` is two samples and `5-3x2` is 5 and 2.
 */
import { Scanner } from './scanner';
import { type Item, minutesPerDay, type Notation, type Shape, sizeOf, usualPeakMinute } from './shapes';

const number = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const unsigned = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const wholeNumber = /\d+/y;
const space = /\s+/y;
const timeOfDay = /(?:[01]\d|2[0-3]):[0-5]\d/y;

/** A year by the minute is half a million, a month by the second two and a half. */
const mostSamples = 10_000_000;
/** What a person can still read. */
const deepestGroup = 20;
/** AWS takes so many values in one datum. */
const mostValues = 150;
/** AWS takes no larger ones. */
const maxMagnitude = 2 ** 360;

const itemWords = 'a number, _, day(..), [..] or (..)';

/** @throws NotationError, which is a SeriesError, with the place and a caret below it */
export function parseNotation(text: string): Notation {
  const scanner = new Scanner(text);
  const items = parseItems(scanner, 0);
  if (!scanner.atEnd) throw scanner.fail('nothing to close', `${itemWords} after a space`);
  checkSize(scanner, items, 0);
  return items;
}

/** Up to the end or a closing parenthesis; at least one. */
function parseItems(scanner: Scanner, depth: number): Item[] {
  const items: Item[] = [];
  scanner.take(space);
  for (;;) {
    items.push(parseItem(scanner, depth));
    const spaced = scanner.take(space) !== undefined;
    if (scanner.atEnd || scanner.text[scanner.position] === ')') return items;
    if (!spaced) throw scanner.fail('the item goes on', 'a space between items');
  }
}

function parseItem(scanner: Scanner, depth: number): Item {
  const start = scanner.position;
  const item = scanner.skip('(') ? parseGroup(scanner, depth, start) : parseRun(scanner);
  checkSize(scanner, [item], start);
  return item;
}

function checkSize(scanner: Scanner, items: readonly Item[], start: number): void {
  if (sizeOf(items) > mostSamples)
    throw scanner.fail(`more than ${mostSamples} samples`, 'fewer: a larger step, or less often', start);
}

function parseGroup(scanner: Scanner, depth: number, start: number): Item {
  if (depth >= deepestGroup)
    throw scanner.fail(`more than ${deepestGroup} parentheses in each other`, 'fewer', start);
  const items = parseItems(scanner, depth + 1);
  if (!scanner.skip(')')) throw scanner.fail('parentheses are not closed', 'a )');
  return { kind: 'group', items, count: parseCount(scanner) ?? 1 };
}

function parseRun(scanner: Scanner): Item {
  const shape = parseShape(scanner);
  const canHaveNoise = shape.kind !== 'gap' && shape.kind !== 'samples';
  const noise = canHaveNoise && scanner.skip('~') ? parseNumber(scanner, unsigned) : 0;
  const count = parseCount(scanner);
  if (count === undefined && shape.kind !== 'constant' && shape.kind !== 'gap' && shape.kind !== 'samples')
    throw scanner.fail('the number of samples is not told', 'x and a number, as x60');
  if (shape.kind === 'ramp' && count === 1)
    throw scanner.fail('a ramp reaches both its ends', 'x2 or more', scanner.position - 1);
  return { kind: 'run', shape, noise, count: count ?? 1 };
}

function parseShape(scanner: Scanner): Shape {
  if (scanner.skip('_')) return { kind: 'gap' };
  if (scanner.skip('[')) return parseSamples(scanner);
  if (scanner.skip('day(')) return parseDay(scanner);
  const value = scanner.take(number);
  if (value === undefined) throw scanner.fail('no item', itemWords);
  const from = finite(scanner, value);
  if (scanner.skip('..')) return { kind: 'ramp', from, to: parseNumber(scanner, number) };
  if (scanner.skip('+')) return { kind: 'steps', from, by: parseNumber(scanner, unsigned) };
  if (scanner.skip('-')) return { kind: 'steps', from, by: 0 - parseNumber(scanner, unsigned) };
  return { kind: 'constant', value: from };
}

function parseDay(scanner: Scanner): Shape {
  const low = parseNumber(scanner, number);
  if (!scanner.skip('..')) throw scanner.fail('the day has one value', '.. and the value at the peak');
  const high = parseNumber(scanner, number);
  const peakMinute = scanner.skip('@') ? parseTimeOfDay(scanner) : usualPeakMinute;
  if (!scanner.skip(')')) throw scanner.fail('the day is not closed', ') or the time of the peak, as @18:30');
  return { kind: 'day', low, high, peakMinute };
}

function parseTimeOfDay(scanner: Scanner): number {
  const time = scanner.take(timeOfDay);
  if (time === undefined) throw scanner.fail('no time of day', 'hours and minutes, as 18:30');
  return (Number(time.slice(0, 2)) * 60 + Number(time.slice(3))) % minutesPerDay;
}

function parseSamples(scanner: Scanner): Shape {
  const start = scanner.position - 1;
  const values: number[] = [];
  const counts: number[] = [];
  scanner.take(space);
  while (!scanner.skip(']')) {
    values.push(parseNumber(scanner, number));
    counts.push(scanner.skip('*') ? parseWhole(scanner) : 1);
    const spaced = scanner.take(space) !== undefined;
    if (!spaced && scanner.text[scanner.position] !== ']')
      throw scanner.fail('the samples go on', 'a space, or ] at their end');
  }
  if (values.length === 0) throw scanner.fail('no sample', 'values in the brackets, or _ for a gap', start);
  if (values.length > mostValues)
    throw scanner.fail(`more than ${mostValues} values`, 'fewer, with counts as 1*95', start);
  return { kind: 'samples', values, counts };
}

function parseCount(scanner: Scanner): number | undefined {
  return scanner.skip('x') ? parseWhole(scanner) : undefined;
}

function parseWhole(scanner: Scanner): number {
  const start = scanner.position;
  const digits = scanner.take(wholeNumber);
  const count = Number(digits);
  if (digits !== undefined && count >= 1 && count <= mostSamples) return count;
  throw scanner.fail('no number of times', `a whole number from 1 to ${mostSamples}`, start);
}

function parseNumber(scanner: Scanner, pattern: RegExp): number {
  const text = scanner.take(pattern);
  if (text === undefined) throw scanner.fail('no number', 'a number as 5, -1.5 or 2e3');
  return finite(scanner, text);
}

/** Adding zero makes -0 the same as 0, which it is for every alarm. */
function finite(scanner: Scanner, text: string): number {
  const value = Number(text) + 0;
  if (Math.abs(value) <= maxMagnitude) return value;
  throw scanner.fail('the number is too large', 'at most 2^360', scanner.position - text.length);
}
