/** Holds what happened against what a test expects. Pure. */
import type { AlarmState } from '../../events';
import type { AlarmPlayback, Playback } from '../types';
import { formatDuration } from './duration';
import {
  compare,
  type Difference,
  lastPart,
  placed,
  sameAction,
  sameMail,
  sameTransition,
  sameWithheld,
  toAction,
  writersFrom,
} from './exact-lists';
import { type Mail, type MailSubscription, mailsOf } from './mails';
import type { Claim, ResolvedExpectation } from './resolve';
import { alarmStates } from './scalars';

export interface Failure {
  /** Which expectation of the test, counted from 0, and its line in the file. */
  readonly expectation: number;
  readonly line: number;
  readonly what: 'state' | 'transitions' | 'actions' | 'withheld' | 'mails' | 'quiet';
  /** The alarm's name; undefined for mails. */
  readonly alarm: string | undefined;
  /** The first moment that is not as expected. */
  readonly at: number;
  readonly expected: string;
  readonly got: string;
}

type Found = Pick<Failure, 'what' | 'alarm' | 'at' | 'expected' | 'got'>;

export interface Evidence {
  readonly playback: Playback;
  readonly subscriptions: readonly MailSubscription[];
}

/** Everything that is not as expected, in the order of the test. */
export function judgeTest(expectations: readonly ResolvedExpectation[], evidence: Evidence): Failure[] {
  return expectations.flatMap((expectation, index) =>
    judgeExpectation(expectation, evidence).map((found) => ({
      ...found,
      expectation: index,
      line: expectation.line,
    })),
  );
}

/** The state after everything that happened at `at`. */
export function stateAt({ initial, transitions }: AlarmPlayback, at: number): AlarmState {
  return transitions.findLast((transition) => transition.at <= at)?.to ?? initial;
}

/** `not ALARM`, `OK or ALARM`: as a person says it. */
export function describeStates(states: readonly AlarmState[]): string {
  const others = alarmStates.filter((each) => !states.includes(each));
  const [other] = others;
  return other !== undefined && others.length === 1 && states.length > 1
    ? `not ${other}`
    : states.join(' or ');
}

function judgeExpectation(expectation: ResolvedExpectation, evidence: Evidence): Found[] {
  const { playback, subscriptions } = evidence;
  const alarm = (name: string): AlarmPlayback => find(playback, name);
  return [
    ...expectation.claims.flatMap((claim) =>
      judgeClaim(claim, alarm(claim.entry.name), expectation, playback.start),
    ),
    ...(expectation.mails === undefined
      ? []
      : judgeMails(expectation.mails, mailsOf(playback.alarms, subscriptions), playback.start)),
    ...(expectation.quiet ?? []).flatMap(({ entry }) =>
      judgeQuiet(alarm(entry.name), expectation, playback.start),
    ),
  ];
}

function find(playback: Playback, name: string): AlarmPlayback {
  const found = playback.alarms.find((alarm) => alarm.name === name);
  if (found === undefined) throw new Error(`the playback has no alarm ${name}`);
  return found;
}

function judgeClaim(
  { life }: Claim,
  alarm: AlarmPlayback,
  interval: ResolvedExpectation,
  start: number,
): Found[] {
  const { state, transitions, actions, withheld } = life;
  const tell = (what: Failure['what'], difference: Difference | undefined): Found[] =>
    difference === undefined ? [] : [{ what, alarm: alarm.name, ...difference }];
  const writer = writersFrom(start);
  return [
    ...(state === undefined ? [] : tell('state', judgeState(state, alarm, interval, start))),
    ...(transitions === undefined
      ? []
      : tell(
          'transitions',
          compare(placed(transitions, start), alarm.transitions, sameTransition, writer.transition),
        )),
    ...(actions === undefined
      ? []
      : tell(
          'actions',
          compare(placed(actions, start), alarm.actions.map(toAction), sameAction, writer.action),
        )),
    ...(withheld === undefined
      ? []
      : tell('withheld', compare(placed(withheld, start), alarm.withheld, sameWithheld, writer.withheld))),
  ];
}

function judgeState(
  states: readonly AlarmState[],
  alarm: AlarmPlayback,
  { from, until, isMoment }: ResolvedExpectation,
  start: number,
): Difference | undefined {
  const moments = [from, ...alarm.transitions.map(({ at }) => at).filter((at) => at > from && at <= until)];
  const wrongAt = moments.find((at) => !states.includes(stateAt(alarm, at)));
  if (wrongAt === undefined) return undefined;
  const since = alarm.transitions.findLast(({ at }) => at <= wrongAt)?.at ?? start;
  const interval = `, from ${formatDuration(from - start)} to ${formatDuration(until - start)}`;
  return {
    at: wrongAt,
    expected: `${describeStates(states)}${isMoment ? '' : interval}`,
    got: `${stateAt(alarm, wrongAt)}${since === start ? ' since the start' : `, since ${formatDuration(since - start)}`}`,
  };
}

function judgeQuiet(alarm: AlarmPlayback, { from, until }: ResolvedExpectation, start: number): Found[] {
  const loud = alarm.actions.filter(({ at, state }) => state === 'ALARM' && at >= from && at <= until);
  const [first] = loud;
  if (first === undefined) return [];
  const got = `${loud.length === 1 ? 'one' : loud.length}, the first to ${lastPart(first.arn)} at ${formatDuration(first.at - start)}`;
  return [{ what: 'quiet', alarm: alarm.name, at: first.at, expected: 'no action for ALARM', got }];
}

function judgeMails(
  expected: NonNullable<ResolvedExpectation['mails']>,
  got: readonly Mail[],
  start: number,
): Found[] {
  const wanted = placed(
    expected.map((mail) => ({ ...mail, alarm: mail.entry.name })),
    start,
  );
  const difference = compare(wanted, got, sameMail, writersFrom(start).mail);
  return difference === undefined ? [] : [{ what: 'mails', alarm: undefined, ...difference }];
}
