/** One decision in the making: the record as it becomes, and the effects that may run once it is written. */
import type { RemediationPolicy } from './contract';
import type { AlarmChange, Effect, Seen } from './events';
import { composeMail, type MailStep } from './mail/compose';
import { isHeld, stored, withAsked } from './outbox';
import type { Action, Entry, Incident, IncidentRecord, Lane, PastAction, Status } from './record';
import type { Catalog, Place } from './setting';
import { standings } from './symptoms';

/** What every decision is given besides record, event and time. */
export interface Known {
  readonly policy: RemediationPolicy | string;
  readonly catalog: Catalog;
  readonly place: Place;
}

export interface Turn extends Known {
  readonly now: number;
  readonly seen: Seen;
  record: IncidentRecord;
  readonly effects: Effect[];
}

/** Alarm changes beyond this many entries are not kept: a flapping alarm must not outgrow the table's 400 KB item. */
const mostEntries = 200;

/** The lane's open incident. Only for callers that have just seen it. */
export function openIncident(turn: Turn, lane: Lane): Incident | null {
  return turn.record.open[lane];
}

/** Keeps the newest known change of an alarm; older messages are history from then on. */
export function tellState(turn: Turn, { key, state, changedAt }: AlarmChange): void {
  turn.record = { ...turn.record, alarms: { ...turn.record.alarms, [key]: { state, changedAt } } };
}

/** Replaces the lane's incident. */
export function put(turn: Turn, incident: Incident): Incident {
  turn.record = { ...turn.record, open: { ...turn.record.open, [incident.lane]: incident } };
  return incident;
}

/** `Omit` that keeps the members of a union apart. */
type Timeless<E> = E extends unknown ? Omit<E, 'at'> : never;

/** Adds an entry to the incident's timeline. */
export function enter(turn: Turn, incident: Incident, entry: Timeless<Entry>): Incident {
  if (entry.kind === 'alarm' && incident.entries.length >= mostEntries) return incident;
  return put(turn, { ...incident, entries: [...incident.entries, { at: turn.now, ...entry } as Entry] });
}

/** Moves the incident to another state and says so, in the record and in the log. */
export function move(turn: Turn, incident: Incident, status: Status, reason: string): Incident {
  const from = incident.entries.some((entry) => entry.kind === 'transition') ? incident.status.state : 'none';
  turn.effects.push({ kind: 'tell', id: incident.id, lane: incident.lane, from, to: status.state, reason });
  if (status.state === 'escalated') turn.effects.push({ kind: 'count', count: 'Escalations' });
  if (status.state === 'closed') turn.effects.push({ kind: 'count', count: 'Closed' });
  return enter(turn, { ...incident, status }, { kind: 'transition', from, to: status.state, reason });
}

/** The action that the incident is busy with, or was last. */
export function lastAction(incident: Incident): Action | undefined {
  return incident.actions.at(-1);
}

/** Replaces one action of the incident, notes it on the timeline, and keeps what later guards must know. */
export function phase(
  turn: Turn,
  incident: Incident,
  id: string,
  next: Action['phase'],
  detail: string,
): Incident {
  const actions = incident.actions.map((action) => (action.id === id ? { ...action, phase: next } : action));
  remember(turn, id, next);
  return enter(turn, { ...incident, actions }, { kind: 'action', action: id, phase: next.kind, detail });
}

/** Keeps what guards must know of an action when its incident is no more. */
export function remember(turn: Turn, id: string, next: Action['phase']): void {
  const change = (past: PastAction): PastAction => ({
    ...past,
    commandId: 'commandId' in next ? next.commandId : past.commandId,
    ended: next.kind === 'ended' || next.kind === 'refused',
  });
  const actions = turn.record.actions.map((past) => (past.id === id ? change(past) : past));
  turn.record = { ...turn.record, actions };
}

/** Writes the step's mail into the outbox, unless the storm rule holds it back. */
export function mail(turn: Turn, incident: Incident, step: MailStep): Incident {
  const { now, place, catalog, seen, record } = turn;
  const others = standings(record, incident, seen, catalog);
  const written = composeMail({ incident, step, now, place, catalog, seen, record, standings: others });
  const held = isHeld(record, incident, written, now);
  const id = `${incident.id}/mail-${record.mailsSoFar + 1}`;
  turn.record = stored(record, written, id, held, now);
  if (!held) {
    turn.record = withAsked(turn.record, incident, written, now);
    turn.effects.push({ kind: 'publish', mail: id });
  }
  const { kind } = written.attributes;
  const promised = held ? incident.promised : kind === 'fixing';
  return enter(turn, { ...incident, promised }, { kind: 'mail', mail: kind, subject: written.subject, held });
}
