/** How alarms become incidents: the first opens one in its lane, later ones join it. */
import type { AlarmChange } from './events';
import type { FoundBy, Incident, JoinedAlarm } from './record';
import { enter, mail, move, openIncident, put, type Turn } from './turn';

/** Opens an incident in the alarms' lane, or joins them to the open one. All of them are of one lane. */
export function raise(turn: Turn, changes: readonly AlarmChange[], foundBy: FoundBy): void {
  const [first] = changes;
  if (first === undefined) return;
  const lane = turn.catalog.alarms[first.key].severity;
  const joined: JoinedAlarm[] = changes.map((change) => ({
    key: change.key,
    raisedAt: change.changedAt,
    foundBy,
    reading: turn.seen.readings[change.key] ?? null,
  }));
  const names = changes.map((change) => change.key).join(', ');
  const found = foundBy === 're-check' ? ' (found by re-check)' : '';
  const before = openIncident(turn, lane);
  let incident = before
    ? put(turn, { ...before, alarms: [...before.alarms, ...joined] })
    : begin(turn, joined);
  for (const change of changes) {
    incident = enter(turn, incident, {
      kind: 'alarm',
      alarm: change.key,
      state: change.state,
      changedAt: change.changedAt,
      foundBy,
    });
  }
  if (!before) {
    move(turn, incident, { state: 'opened' }, `${names} went to ALARM${found}`);
    return;
  }
  join(turn, incident, joined);
}

function begin(turn: Turn, alarms: readonly JoinedAlarm[]): Incident {
  const number = turn.record.incidentsSoFar + 1;
  const [first] = alarms;
  const lane = first ? turn.catalog.alarms[first.key].severity : 'page';
  turn.record = { ...turn.record, incidentsSoFar: number };
  return put(turn, {
    id: `INC-${String(number).padStart(4, '0')}`,
    lane,
    openedAt: turn.now,
    status: { state: 'opened' },
    alarms,
    actions: [],
    entries: [],
    promised: false,
  });
}

/** A person hears of a joining alarm once, unless the running action is for it too. */
function join(turn: Turn, incident: Incident, joined: readonly JoinedAlarm[]): void {
  const curable = joined.every((one) => turn.catalog.alarms[one.key].remedy !== null);
  const { status } = incident;
  if (status.state !== 'escalated' && curable) return;
  // Settling decides at once about a remedy, and its own mail then names every alarm.
  if (status.state === 'escalated' && status.escalation.kind === 'no-remedy' && curable) return;
  mail(turn, incident, { kind: 'joined', keys: joined.map((one) => one.key) });
}
