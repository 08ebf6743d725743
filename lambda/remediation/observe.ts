/** Asks CloudWatch what is on now and what the numbers say; what it cannot learn it reports as unknown. */
import { type AlarmKey, alarmKeys } from '../../lib/catalog/alarms';
import type { Input, Seen, Symptom } from './events';
import type { DescribedAlarm, Ports } from './ports';
import { type IncidentRecord, lanes, type Reading } from './record';
import type { Catalog } from './setting';
import { readingOf } from './symptoms';

export interface Observation {
  readonly ports: Ports;
  readonly catalog: Catalog;
  readonly record: IncidentRecord;
  readonly input: Input;
  readonly names: (key: AlarmKey) => string;
}

/** Twenty minutes: five of trouble at most when the alarm speaks, and fifteen before to know what is usual. */
const shortestRangeMs = 20 * 60_000;
/** Slow alarms need as many points for that. */
const pointsWanted = 60;

/** One DescribeAlarms for the whole scope; numbers only for the alarms that a mail may speak of. */
export async function observe(observation: Observation): Promise<Seen> {
  const { ports, catalog, names } = observation;
  const keys = alarmKeys.filter((key) => catalog.alarms[key].route === 'remediation');
  let described: readonly DescribedAlarm[];
  try {
    described = await ports.describeAlarms(keys.map(names));
  } catch (error) {
    return { symptoms: { kind: 'unavailable', reason: String(error) }, readings: {} };
  }
  const alarms: Partial<Record<AlarmKey, Symptom>> = {};
  const byKey = new Map<AlarmKey, DescribedAlarm>();
  for (const key of keys) {
    const alarm = described.find((one) => one.name === names(key));
    if (!alarm) continue;
    byKey.set(key, alarm);
    alarms[key] = { state: alarm.state, changedAt: alarm.changedAt };
  }
  const readings: Partial<Record<AlarmKey, Reading>> = {};
  await Promise.all(
    [...byKey]
      .filter(([key, alarm]) => alarm.state === 'ALARM' || isSpokenOf(observation, key))
      .map(async ([key, alarm]) => {
        const reading = await read(ports, alarm);
        if (reading) readings[key] = reading;
      }),
  );
  return { symptoms: { kind: 'seen', alarms }, readings };
}

function isSpokenOf({ record, input }: Observation, key: AlarmKey): boolean {
  if (input.kind === 'alarm' && input.change.key === key && input.change.state === 'ALARM') return true;
  return lanes.some((lane) => record.open[lane]?.alarms.some((alarm) => alarm.key === key));
}

/** Numbers are for people to read; without them the mail says `unknown`, and nothing else changes. */
async function read(ports: Ports, alarm: DescribedAlarm): Promise<Reading | undefined> {
  const periodMs = (alarm.periodSeconds ?? 60) * 1000;
  const now = ports.now();
  // Only whole periods: half a period of errors over half a period of calls may be one call.
  const end = Math.floor(now / periodMs) * periodMs;
  const start = end - Math.max(shortestRangeMs, pointsWanted * periodMs);
  if (alarm.queries.length === 0) return undefined;
  try {
    return readingOf(await ports.points(alarm, { start, end }), alarm.limit, periodMs, now);
  } catch {
    return readingOf([], alarm.limit, periodMs, now);
  }
}
