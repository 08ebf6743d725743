/** What is known of each alarm: the newer of its last message and of what CloudWatch shows now. */
import type { AlarmKey } from '../../lib/catalog/alarms';
import type { AlarmChange, Seen, Symptom } from './events';
import type { Point } from './ports';
import type { AlarmState, Incident, IncidentRecord, Reading } from './record';
import type { Catalog } from './setting';

/** `GONE`: CloudWatch has no such alarm. `UNKNOWN`: CloudWatch could not be asked. */
export type Standing = AlarmState | 'GONE' | 'UNKNOWN';

/**
 * Where an alarm stands. A snapshot that is older than a message already handled does not count,
 * so an invocation that looked before the alarm went off cannot close what was opened meanwhile.
 */
export function standing(record: IncidentRecord, seen: Seen, key: AlarmKey): Standing {
  if (seen.symptoms.kind === 'unavailable') return 'UNKNOWN';
  const symptom = seen.symptoms.alarms[key];
  if (symptom === undefined) return 'GONE';
  const told = record.alarms[key];
  if (told !== undefined && told.changedAt > symptom.changedAt) {
    // Message and snapshot must agree before anything is called well.
    return told.state === 'OK' && symptom.state !== 'OK' ? symptom.state : told.state;
  }
  return symptom.state;
}

export interface Standings {
  readonly allOk: boolean;
  readonly allGone: boolean;
  /** Alarms with a remedy that are on. */
  readonly curable: readonly AlarmKey[];
  /** Alarms without a remedy that are on. */
  readonly incurable: readonly AlarmKey[];
  /** Neither on nor well: no data, gone, unknown, or OK for mere lack of samples. */
  readonly unclear: readonly AlarmKey[];
}

/**
 * The end of the command whose effect is in question, or minus infinity. After a restart an alarm that needs
 * samples is OK without any; such silence must prove nothing, neither while verifying nor when that came to no result.
 */
function endToProve({ status, actions }: Incident): number {
  const inQuestion =
    status.state === 'verifying' ||
    (status.state === 'escalated' &&
      status.escalation.kind === 'cannot-tell' &&
      status.escalation.what === 'symptom');
  const phase = actions.at(-1)?.phase;
  return inQuestion && phase?.kind === 'ended' ? phase.endedAt : Number.NEGATIVE_INFINITY;
}

/** How the alarms of one incident stand together. */
export function standings(
  record: IncidentRecord,
  incident: Incident,
  seen: Seen,
  catalog: Catalog,
): Standings {
  const provenAfter = endToProve(incident);
  const each = incident.alarms.map(({ key }) => {
    const now = standing(record, seen, key);
    const known = seen.readings[key]?.knownUntil ?? 0;
    const silent = catalog.alarms[key].minimumSamples !== undefined && known <= provenAfter;
    return { key, now: now === 'OK' && silent ? 'UNPROVEN' : now };
  });
  const on = each.filter((alarm) => alarm.now === 'ALARM').map((alarm) => alarm.key);
  return {
    // An alarm that was deleted holds nothing open as long as one that still exists is well.
    allOk:
      each.every((alarm) => alarm.now === 'OK' || alarm.now === 'GONE') &&
      each.some((alarm) => alarm.now === 'OK'),
    allGone: each.every((alarm) => alarm.now === 'GONE'),
    curable: on.filter((key) => catalog.alarms[key].remedy !== null),
    incurable: on.filter((key) => catalog.alarms[key].remedy === null),
    unclear: each.filter((alarm) => alarm.now !== 'OK' && alarm.now !== 'ALARM').map((alarm) => alarm.key),
  };
}

/** Why a message is not news, or undefined when it is. */
export function staleness(record: IncidentRecord, seen: Seen, change: AlarmChange): string | undefined {
  const told = record.alarms[change.key];
  if (told !== undefined && told.changedAt === change.changedAt && told.state === change.state) {
    return 'the same change was handled before';
  }
  if (told !== undefined && told.changedAt >= change.changedAt) return 'a newer change was handled before';
  const symptom = seen.symptoms.kind === 'seen' ? seen.symptoms.alarms[change.key] : undefined;
  if (symptom !== undefined && symptom.changedAt > change.changedAt && symptom.state !== change.state) {
    return `CloudWatch has moved on to ${symptom.state}`;
  }
  return undefined;
}

/**
 * A message is normally here within a second of the change. Thirty seconds keep a re-check from racing it;
 * after that it counts as lost.
 */
const messageGraceMs = 30_000;

/** Alarms that are on although nobody told us. */
export function untold(
  record: IncidentRecord,
  seen: Seen,
  now: number,
  catalog: Catalog,
): { readonly key: AlarmKey; readonly symptom: Symptom }[] {
  if (seen.symptoms.kind === 'unavailable') return [];
  const found: { key: AlarmKey; symptom: Symptom }[] = [];
  for (const [key, symptom] of Object.entries(seen.symptoms.alarms) as [AlarmKey, Symptom][]) {
    const alarm = catalog.alarms[key];
    const joined = record.open[alarm.severity]?.alarms.some((one) => one.key === key) ?? false;
    const late = now - symptom.changedAt >= messageGraceMs;
    if (alarm.route === 'remediation' && !joined && late && standing(record, seen, key) === 'ALARM') {
      found.push({ key, symptom });
    }
  }
  return found;
}

/** How many values a mail shows: enough for a direction, few enough for one line. */
const recentPoints = 6;
/** Values nearer to the reading than this may belong to the trouble; older ones are called usual. */
const usualBeforeMs = 5 * 60_000;
/** Fewer older values than this say nothing about what is usual. */
const usualPoints = 5;

/** An older value is no longer true now: one period to complete the next value, one for its delivery. */
const freshPeriods = 2;

/** Boils a series down to the numbers that a mail may name. Points are stamped at the start of their period. */
export function readingOf(
  points: readonly Point[],
  limit: number | null,
  periodMs: number,
  now: number,
): Reading {
  const known = points.filter((point) => Number.isFinite(point.value));
  const newest = known.at(-1);
  const knownUntil = newest === undefined ? null : newest.at + periodMs;
  const fresh = knownUntil !== null && now - knownUntil < freshPeriods * periodMs;
  const before = known
    .filter((point) => point.at < now - usualBeforeMs)
    .map((point) => point.value)
    .sort((a, b) => a - b);
  return {
    at: now,
    latest: fresh ? (newest?.value ?? null) : null,
    usual: before.length >= usualPoints ? (before[Math.floor(before.length / 2)] ?? null) : null,
    limit,
    // Values without a time would be read as if they were of now.
    recent: fresh ? known.slice(-recentPoints).map((point) => point.value) : [],
    knownUntil,
  };
}
