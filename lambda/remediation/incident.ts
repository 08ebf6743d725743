/** The life of an incident, as a pure function: record + event + now → record + effects. Nothing here acts or waits. */
import { commandAsked, commandEnded, commandRefused, commandSent, commandUnknown } from './action';
import type { AlarmChange, Effect, IncidentEvent, Seen } from './events';
import { abandoned, claimed, published } from './outbox';
import { raise } from './raise';
import { type IncidentRecord, lanes } from './record';
import { withDeployment, withoutNewRelease } from './releases';
import { handOver, settle } from './settle';
import { staleness, untold } from './symptoms';
import { enter, type Known, openIncident, type Turn, tellState } from './turn';

export interface Decision {
  /** The very same object when nothing changed: then there is nothing to write. */
  readonly record: IncidentRecord;
  /** To be run after the record is written, never before. */
  readonly effects: readonly Effect[];
}

const nothingSeen: Seen = { symptoms: { kind: 'unavailable', reason: 'not asked' }, readings: {} };

/** Decides what one event means for the record. */
export function advance(record: IncidentRecord, event: IncidentEvent, now: number, known: Known): Decision {
  const seen = 'seen' in event ? event.seen : nothingSeen;
  const turn: Turn = { ...known, now, seen, record, effects: [] };
  apply(turn, event);
  return { record: turn.record, effects: turn.effects };
}

function apply(turn: Turn, event: IncidentEvent): void {
  switch (event.kind) {
    case 'alarm':
    case 'recheck':
    case 'command-ended':
    case 'command-asked':
    case 'deployment':
      if (tellNews(turn, event)) settle(turn);
      break;
    case 'command-sent':
      commandSent(turn, event.action, event.commandId);
      break;
    case 'command-refused':
      commandRefused(turn, event.action, event.error, handOver);
      break;
    case 'command-unknown':
      commandUnknown(turn, event.action, event.error, handOver);
      break;
    case 'mail-sent':
    case 'mail-failed':
      turn.record = published(turn.record, event.mail, event.kind === 'mail-sent');
      break;
    case 'archived':
      turn.record = archived(turn.record, event.incident);
      break;
    case 'drain':
      drain(turn);
      break;
    default:
      event satisfies never;
  }
}

type News = Extract<
  IncidentEvent,
  { kind: 'alarm' | 'recheck' | 'command-ended' | 'command-asked' | 'deployment' }
>;

/** Takes in what the outside says. True when open incidents may move because of it. */
function tellNews(turn: Turn, event: News): boolean {
  switch (event.kind) {
    case 'alarm':
      onAlarm(turn, event.change);
      return true;
    case 'recheck':
      onRecheck(turn);
      return true;
    case 'command-ended': {
      if (event.rolledBack) turn.record = withoutNewRelease(turn.record, event.outcome.endedAt ?? turn.now);
      const known = commandEnded(turn, event.commandId, event.outcome);
      if (!known) ignored(turn, `command ${event.commandId} is unknown or has ended before`);
      return known;
    }
    case 'deployment': {
      const before = turn.record;
      turn.record = withDeployment(before, event, turn.now);
      if (turn.record === before) ignored(turn, `deployment ${event.commandId} is known already`);
      return turn.record !== before;
    }
    case 'command-asked':
      commandAsked(turn, event.commandId, event.outcome, handOver);
      // Without news settling would only ask again.
      return event.outcome !== null;
    default:
      return event satisfies never;
  }
}

function ignored(turn: Turn, reason: string): void {
  turn.effects.push({ kind: 'ignored', reason });
}

function archived(record: IncidentRecord, id: string): IncidentRecord {
  return { ...record, toArchive: record.toArchive.filter((one) => one.id !== id) };
}

function drain(turn: Turn): void {
  const mails = abandoned(turn.record, turn.now);
  if (mails.length > 0) turn.record = claimed(turn.record, mails, turn.now);
  for (const one of mails) turn.effects.push({ kind: 'publish', mail: one.id });
  for (const incident of turn.record.toArchive) turn.effects.push({ kind: 'archive', incident });
}

function onAlarm(turn: Turn, change: AlarmChange): void {
  const stale = staleness(turn.record, turn.seen, change);
  if (stale !== undefined) {
    ignored(turn, `alarm ${change.key} ${change.state}: ${stale}`);
    return;
  }
  tellState(turn, change);
  const lane = turn.catalog.alarms[change.key].severity;
  const incident = openIncident(turn, lane);
  if (incident?.alarms.some((one) => one.key === change.key)) {
    enter(turn, incident, {
      kind: 'alarm',
      alarm: change.key,
      state: change.state,
      changedAt: change.changedAt,
      foundBy: 'message',
    });
  } else if (change.state === 'ALARM') {
    raise(turn, [change], 'message');
  }
}

/** A message may be lost: an alarm that is on and that nobody told us of counts as raised. */
function onRecheck(turn: Turn): void {
  const found = untold(turn.record, turn.seen, turn.now, turn.catalog);
  const changes = found.map(({ key, symptom }) => ({ key, ...symptom }));
  for (const change of changes) tellState(turn, change);
  for (const lane of lanes) {
    const own = changes.filter((change) => turn.catalog.alarms[change.key].severity === lane);
    if (own.length > 0) raise(turn, own, 're-check');
  }
}
