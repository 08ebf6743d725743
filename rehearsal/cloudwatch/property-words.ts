/** What a property expects, in words that a person can act on: numbers that say it themselves, and the schema's other complaints. */
import { z } from 'zod';

/** Numbers, written as such or as decimal text; `words` say what is expected where it is none or does not fit. */
export function numberThat(words: string, fits: (value: number) => boolean): z.ZodType<number> {
  return z
    .union(
      [
        z.number(),
        z
          .string()
          .regex(/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/)
          .transform(Number),
      ],
      words,
    )
    .refine(fits, words);
}

/** A count, a number of seconds. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): z.ZodType<number> {
  const words =
    most === Number.MAX_SAFE_INTEGER
      ? `expected a whole number from ${least} on`
      : `expected a whole number from ${least} to ${most}`;
  return numberThat(words, (value) => Number.isInteger(value) && value >= least && value <= most);
}

const typeNames: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'an object',
  string: 'text',
};

/** What would be taken, in words. */
export function expectedBy(issue: z.core.$ZodIssue | undefined): string {
  switch (issue?.code) {
    case 'invalid_type':
      return typeNames[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return `one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
    case 'too_big': {
      const limit = issue.code === 'too_small' ? `at least ${issue.minimum}` : `at most ${issue.maximum}`;
      return `${limit} ${issue.origin === 'array' ? 'entries' : 'characters'}`;
    }
    default:
      return (issue?.message ?? 'another value').replace(/^.*?expected /, '');
  }
}
