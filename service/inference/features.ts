/** What one input of a model may be, and how a value of it becomes the number that the model is given. */
import * as z from 'zod';

const named = z.string().min(1);

/** A caller may send null; the model is then given NaN, which is how its training library wrote "missing". */
const nullable = z.boolean().optional();

const measured = {
  name: named,
  /** Outside of these a request is refused: the model has never seen such a value, and its answer would mean nothing. */
  min: z.number(),
  max: z.number(),
  nullable,
};

export const feature = z
  .discriminatedUnion('type', [
    z.strictObject({ ...measured, type: z.literal('number') }),
    z.strictObject({ ...measured, type: z.literal('integer') }),
    z.strictObject({
      name: named,
      type: z.literal('category'),
      /** The words that callers send. The model is given a word's place in this list, or the word where it takes text. */
      categories: z
        .array(named)
        .min(1)
        .refine((words) => new Set(words).size === words.length, { error: 'expected each category once' }),
      nullable,
    }),
  ])
  .refine((known) => known.type === 'category' || known.min < known.max, {
    error: 'expected min below max',
    path: ['min'],
  });

export type Feature = Readonly<z.infer<typeof feature>>;

/** One row: a value for each feature, in the metadata's order. 64 bits only where the graph's input has them. */
export type Row = Float32Array | Float64Array;

/** The number that stands for `value` in a row, or undefined when the feature cannot have it. */
export function encode(value: unknown, known: Feature): number | undefined {
  if (value === null) return known.nullable === true ? Number.NaN : undefined;
  if (known.type === 'category') {
    const place = typeof value === 'string' ? known.categories.indexOf(value) : -1;
    return place < 0 ? undefined : place;
  }
  // Written so that NaN fails, and with it infinity, which is above any maximum.
  if (typeof value !== 'number' || !(value >= known.min && value <= known.max)) return undefined;
  return known.type === 'number' || Number.isInteger(value) ? value : undefined;
}

/** What is wrong with a value that `encode` does not take, in words for the caller. Text of the caller is cut short. */
export function wrongWith(value: unknown, known: Feature): string {
  const expected = `expected ${wanted(known)}`;
  if (known.type === 'category') {
    const got = typeof value === 'string' ? JSON.stringify(shortened(value)) : kindOf(value);
    return `is none of the categories, got ${got}, ${expected}`;
  }
  if (typeof value !== 'number') return `is not a number, got ${kindOf(value)}, ${expected}`;
  // JSON has no NaN, but 1e999 is legal text for Infinity.
  if (!Number.isFinite(value)) return `is not finite, ${expected}`;
  if (value < known.min || value > known.max) return `is out of range, got ${value}, ${expected}`;
  return `is not whole, got ${value}, ${expected}`;
}

/** What the feature may be, in words. */
export function wanted(known: Feature): string {
  const orNull = known.nullable === true ? ' or null' : '';
  if (known.type !== 'category') {
    return `${known.type === 'integer' ? 'an integer' : 'a number'} from ${known.min} to ${known.max}${orNull}`;
  }
  const { categories } = known;
  const more =
    categories.length > mostWords
      ? ` and ${categories.length - mostWords} more that are listed in model.json`
      : '';
  return `one of ${categories.slice(0, mostWords).join(', ')}${more}${orNull}`;
}

/** A list that is longer than this helps nobody. */
const mostWords = 10;
const mostCharacters = 40;

const shortened = (text: string): string =>
  text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text;

/** JSON's own word for a value. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : typeof value;
}
