/** What a test may expect: states at a moment or in an interval, and whole lists over the test. */
import { z } from 'zod';
import { keyed } from './problems';
import { alarmStates, chosenBy, duration, states } from './scalars';

const transitionWords = 'expected a transition as OK -> ALARM at 1m30s';

const transition = z.string(transitionWords).transform((text, context) => {
  const [, fromText, toText, atText] = /^(\S+)\s*->\s*(\S+)\s+at\s+(\S+)$/.exec(text.trim()) ?? [];
  const from = alarmStates.find((each) => each === fromText);
  const to = alarmStates.find((each) => each === toText);
  const at = duration.safeParse(atText);
  if (from !== undefined && to !== undefined && at.success) return { from, to, at: at.data };
  context.addIssue(transitionWords);
  return z.NEVER;
});

const action = keyed({
  at: duration,
  /** The ARN, or the end of its name. */
  to: z.string('expected the ARN of the target, or the end of its name').min(1),
  /** The state whose action it is. */
  state: z.enum(alarmStates).optional(),
});

const withheldWords =
  'expected what held the actions back: wait period, extension period, suppressor NAME, mute rule NAME, ActionsEnabled or warm-up';

const withheld = keyed({
  at: duration,
  by: z
    .string(withheldWords)
    .regex(
      /^(mute rule .+|suppressor .+|wait period|extension period|ActionsEnabled|warm-up)$/,
      withheldWords,
    ),
  state: z.enum(alarmStates).optional(),
});

const mail = keyed({
  at: duration,
  to: z.string('expected an address').min(1),
  alarm: z.string('expected an alarm').min(1),
  state: z.enum(alarmStates).optional(),
});

/** The whole life of an alarm in the test; each list is exact. */
const life = keyed({
  /** Holds throughout. */
  state: states.optional(),
  transitions: z.array(transition, 'expected a list of transitions').optional(),
  actions: z.array(action, 'expected a list of actions').optional(),
  withheld: z.array(withheld, 'expected a list').optional(),
}).refine(
  (value) => Object.values(value).some((each) => each !== undefined),
  'expected state, transitions, actions or withheld',
);

export type ExpectedLife = z.output<typeof life>;
export type ExpectedTransition = z.output<typeof transition>;
export type ExpectedAction = z.output<typeof action>;
export type ExpectedWithheld = z.output<typeof withheld>;
export type ExpectedMail = z.output<typeof mail>;

const ofAlarm = chosenBy<ExpectedLife>(
  (_, value) =>
    typeof value === 'string' || Array.isArray(value)
      ? states.transform((state): ExpectedLife => ({ state }))
      : life,
  '',
);

const fields = z
  .object({
    at: duration.optional(),
    from: duration.optional(),
    until: duration.optional(),
    mails: z.array(mail, 'expected a list of mails').optional(),
    quiet: z
      .union(
        [
          z.literal('all'),
          z
            .array(z.string(), 'expected all, or a list of alarms')
            .min(1, 'expected all, or at least one alarm'),
        ],
        'expected all, or a list of alarms with at least one',
      )
      .optional(),
  })
  .catchall(ofAlarm);

/** Ends both included; undefined where the test itself begins or ends. */
export const expectation = fields
  .transform(({ at, from, until, mails, quiet, ...alarms }) => ({
    at,
    from,
    until,
    mails,
    quiet,
    alarms: alarms as Readonly<Record<string, ExpectedLife>>,
  }))
  .superRefine((value, context) => {
    for (const message of contradictions(value)) context.addIssue(message);
  });

export type Expectation = z.output<typeof expectation>;

function contradictions({
  at,
  from,
  until,
  mails,
  quiet,
  alarms,
}: {
  readonly at: number | undefined;
  readonly from: number | undefined;
  readonly until: number | undefined;
  readonly mails: readonly ExpectedMail[] | undefined;
  readonly quiet: 'all' | readonly string[] | undefined;
  readonly alarms: Readonly<Record<string, ExpectedLife>>;
}): string[] {
  const hasInterval = from !== undefined || until !== undefined;
  const lists = Object.values(alarms).flatMap(({ transitions, actions, withheld: held }) => [
    transitions,
    actions,
    held,
  ]);
  const rules: readonly [isBroken: boolean, message: string][] = [
    [
      at !== undefined && hasInterval,
      'a moment and an interval at once, got at beside from or until, expected one of both; write at, or from and until',
    ],
    [
      (from ?? 0) > (until ?? Number.POSITIVE_INFINITY),
      'the interval ends before it begins, got from after until, expected from before until; exchange them',
    ],
    [
      Object.keys(alarms).length === 0 && mails === undefined && quiet === undefined,
      'nothing is expected, got times alone, expected an alarm, mails or quiet; name one',
    ],
    [
      (at !== undefined || hasInterval) && [...lists, mails].some((list) => list !== undefined),
      'transitions, actions, withheld and mails are about the whole test, got a time, expected none; take at, from and until away',
    ],
    [
      at !== undefined && quiet !== undefined,
      'quiet is about the whole test or an interval, got a moment, expected none; take at away',
    ],
  ];
  return rules.flatMap(([isBroken, message]) => (isBroken ? [message] : []));
}
