/** What a run amounts to: durations, whether the loop closed, and the one object that reports and JSON are made from. */
import type { AlarmState, EventOf, RehearsalEvent } from './events';
import type { Outcome } from './expectations';

export interface Durations {
  readonly faultToAlarmSeconds: number | null;
  readonly faultToMailSeconds: number | null;
  readonly alarmToCommandSeconds: number | null;
  readonly faultToRecoveredSeconds: number | null;
}

/** The watched figure around the fault, for the chart. */
export interface WatchedSeries {
  readonly alarmName: string;
  readonly label: string;
  readonly threshold: number;
  readonly comparison: string;
  readonly periodSeconds: number;
  readonly points: readonly { readonly at: number; readonly value: number }[];
}

export interface Run {
  readonly scenario: string;
  readonly title: string;
  readonly story: string;
  readonly startedAt: number;
  readonly faultAt: number;
  readonly endedAt: number;
  readonly events: readonly RehearsalEvent[];
  readonly outcomes: readonly Outcome[];
  readonly expectationsMet: boolean;
  readonly closed: boolean;
  readonly durations: Durations;
  readonly watched: readonly WatchedSeries[];
  /** Why something did not happen, as far as the rehearsal can see. */
  readonly hints: readonly string[];
  /** What AWS does not publish and was therefore chosen. */
  readonly assumptions: readonly string[];
  readonly calls: { readonly answered: number; readonly failed: number };
}

const isAlarm = (event: RehearsalEvent): event is EventOf<'alarm'> => event.kind === 'alarm';

/** All times are counted from the fault; null where it did not come to that. */
export function measure(events: readonly RehearsalEvent[], faultAt: number): Durations {
  const since = events.filter(({ at }) => at >= faultAt);
  const alarm = since.find((event) => isAlarm(event) && event.to === 'ALARM');
  const mail = since.find((event) => event.kind === 'mail' && event.error === undefined);
  // A deployment before the alarm is no answer to it.
  const command = since.find(({ kind, at }) => kind === 'command' && (alarm === undefined || at >= alarm.at));
  return {
    faultToAlarmSeconds: secondsBetween(faultAt, alarm?.at),
    faultToMailSeconds: secondsBetween(faultAt, mail?.at),
    alarmToCommandSeconds: secondsBetween(alarm?.at, command?.at),
    faultToRecoveredSeconds: secondsBetween(faultAt, recoveredAt(since)),
  };
}

/** When the last alarm that had gone off went back to OK; undefined while one of them is still on. */
function recoveredAt(events: readonly RehearsalEvent[]): number | undefined {
  const states = new Map<string, AlarmState>();
  let at: number | undefined;
  for (const event of events.filter(isAlarm)) {
    if (event.to === 'ALARM' || states.has(event.name)) states.set(event.name, event.to);
    if (event.to === 'OK' && states.has(event.name)) at = event.at;
  }
  const allWell = states.size > 0 && [...states.values()].every((state) => state === 'OK');
  return allWell ? at : undefined;
}

/**
 * Whether nothing is left open: every incident of the run was closed, and no alarm that went off is still on.
 * A run without an incident is closed when no alarm went off.
 */
export function isClosed(events: readonly RehearsalEvent[], faultAt: number): boolean {
  const since = events.filter(({ at }) => at >= faultAt);
  const incidents = new Map<string, string>();
  for (const event of since) if (event.kind === 'incident') incidents.set(event.id, event.to);
  const wentOff = since.some((event) => isAlarm(event) && event.to === 'ALARM');
  const allIncidentsClosed = [...incidents.values()].every((state) => state === 'closed');
  return wentOff
    ? incidents.size > 0 && allIncidentsClosed && recoveredAt(since) !== undefined
    : incidents.size === 0;
}

function secondsBetween(from: number | undefined, to: number | undefined): number | null {
  return from === undefined || to === undefined ? null : Math.round((to - from) / 100) / 10;
}

/** The machine-readable form; times are ISO 8601 in UTC. */
export function toJson(runs: readonly Run[]): unknown {
  return {
    runs: runs.map((run) => ({
      scenario: run.scenario,
      closed: run.closed,
      expectationsMet: run.expectationsMet,
      durations: run.durations,
      expectations: run.outcomes.map(({ words, met, detail }) => ({ expectation: words, met, detail })),
      hints: run.hints,
      calls: run.calls,
      faultAt: new Date(run.faultAt).toISOString(),
      assumptions: run.assumptions,
      events: run.events.map(({ at, ...event }) => ({ at: new Date(at).toISOString(), ...event })),
    })),
  };
}
