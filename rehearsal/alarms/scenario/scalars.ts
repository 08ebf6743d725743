/** The small things that a file of alarm tests is written with: times, states, values. */
import { z } from 'zod';
import type { AlarmState } from '../../events';
import { parseDuration } from './duration';
import { defaultMessage, problemsOf } from './problems';

export const alarmStates = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const satisfies readonly AlarmState[];

const time = 'expected a time as 90s, 1m30s or 2h';

const dayMs = 86_400_000;
/** A year and some weeks: no alarm looks back further than a week, and a year of minutes already takes a while to play. */
export const longestTestMs = 400 * dayMs;
export const longestTestWords = 'at most 400d, because a year is the longest that makes sense';
const isWithinTest = (durationMs: number): boolean => Math.abs(durationMs) <= longestTestMs;
const tooLong = `expected ${longestTestWords}`;

/** Milliseconds. */
export const duration = z
  .string(time)
  .transform((text, context) => {
    const durationMs = parseDuration(text);
    if (durationMs !== undefined) return durationMs;
    context.addIssue(time);
    return z.NEVER;
  })
  .refine(isWithinTest, tooLong);

/** Milliseconds, negative for what came before. */
export const signedDuration = z
  .string(time)
  .transform((text, context) => {
    const durationMs = parseDuration(text.replace(/^-/, ''));
    if (durationMs !== undefined) return text.startsWith('-') ? -durationMs : durationMs;
    context.addIssue(`${time}, or -5m`);
    return z.NEVER;
  })
  .refine(isWithinTest, tooLong);

/** Milliseconds that pass. */
export const span = duration.refine((durationMs) => durationMs > 0, 'expected more than 0s');

/** Values in the notation of series; a single number is one value. */
export const notation = z.union([z.string(), z.number().transform(String)], 'expected values as 0x6 10x24');

const stateWords = 'expected OK, ALARM, INSUFFICIENT_DATA, or one of them after not';

const state = z.string(stateWords).transform((text, context): AlarmState[] => {
  const [, not, name] = /^(not\s+)?(\S+)$/.exec(text.trim()) ?? [];
  const found = alarmStates.find((each) => each === name);
  if (found !== undefined) return not === undefined ? [found] : alarmStates.filter((each) => each !== found);
  context.addIssue(stateWords);
  return z.NEVER;
});

const oneState = state.transform((value): readonly AlarmState[] => value);
const severalStates = z
  .array(state)
  .min(1, 'expected at least one state')
  .transform((value): readonly AlarmState[] => alarmStates.filter((each) => value.flat().includes(each)))
  .refine(
    (value) => value.length < alarmStates.length,
    'expected at most two of the three states, because all three can never fail; take one out',
  );

/** The states that are right: one, several, or all but one. */
export const states = chosenBy<readonly AlarmState[]>(
  (_, value) => (Array.isArray(value) ? severalStates : oneState),
  stateWords,
);

/** A value whose kind shows: only the mistakes of that kind are told. `choose` asks `has` for the keys of an object. */
export function chosenBy<T>(
  choose: (has: (key: string) => boolean, value: unknown) => z.ZodType<T> | undefined,
  otherwise: string,
) {
  return z.unknown().transform((value, context): T => {
    const has = (key: string): boolean =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key);
    const schema = choose(has, value);
    if (schema === undefined) {
      context.addIssue(otherwise);
      return z.NEVER;
    }
    const parsed = schema.safeParse(value, { error: defaultMessage });
    if (parsed.success) return parsed.data;
    for (const { path, message } of problemsOf(parsed.error.issues))
      context.addIssue({ code: 'custom', path: [...path], message });
    return z.NEVER;
  });
}
