/** What a mail may speak of, and the parts that several mails share. Only what the record and the readings know. */
import type { AlarmKey } from '../../../lib/catalog/alarms';
import { runbookUrl, scopeName } from '../../../lib/catalog/names';
import type { Seen } from '../events';
import type { Action, Escalation, Incident, IncidentRecord, JoinedAlarm, Reading } from '../record';
import type { Catalog, Place } from '../setting';
import { type Standings, standing } from '../symptoms';
import type { Block } from './layout';
import { duration, type Times, timesIn } from './times';
import { ascii, badSymptom, capital, cut, recentValues, type Wording } from './words';

/** The step that a mail tells of. */
export type MailStep =
  | { readonly kind: 'acting' }
  | { readonly kind: 'escalated'; readonly escalation: Escalation }
  | { readonly kind: 'joined'; readonly keys: readonly AlarmKey[] }
  | { readonly kind: 'closed'; readonly gone: boolean };

export interface MailInput {
  readonly incident: Incident;
  readonly step: MailStep;
  readonly now: number;
  readonly place: Place;
  readonly catalog: Catalog;
  readonly seen: Seen;
  readonly record: IncidentRecord;
  readonly standings: Standings;
}

export interface View extends MailInput {
  readonly times: Times;
  /** The alarm that the subject speaks of. */
  readonly key: AlarmKey;
  readonly wording: Wording;
  readonly reading: Reading | null;
}

/** Chooses the alarm to speak of: one that is on, those with a remedy first; else the one that opened the incident. */
export function viewOf(input: MailInput): View {
  const { incident, step, standings, catalog, place } = input;
  const joined = step.kind === 'joined' ? step.keys : [];
  // An alarm that is in doubt says more than one that is well.
  const doubtful = step.kind === 'escalated' ? standings.unclear[0] : undefined;
  const on = standings.curable[0] ?? standings.incurable[0];
  const key = joined[0] ?? on ?? doubtful ?? incident.alarms[0]?.key;
  if (key === undefined) throw new Error(`incident ${incident.id}: has no alarm, expected one at least`);
  const wording = catalog.alarms[key].reading;
  return { ...input, times: timesIn(place.timeZone), key, wording, reading: readingNow(input, key) };
}

/**
 * The newest known numbers: read just now, or when the alarm was raised. What is usual is always of then:
 * what lies before a later reading may be of the trouble itself.
 */
export function readingNow({ seen, incident }: MailInput, key: AlarmKey): Reading | null {
  const raised = incident.alarms.find((one) => one.key === key)?.reading ?? null;
  const fresh = seen.readings[key];
  return fresh === undefined ? raised : { ...fresh, usual: raised?.usual ?? null };
}

/** Since when it hurts, what else is on, and the newest numbers. */
export function whatHurts(view: View): Block {
  const { catalog, incident, key, now, times, wording, reading } = view;
  const first = incident.alarms.find((one) => one.key === key);
  const since = first === undefined ? [] : sinceLine(first, now, times);
  const others = [...view.standings.curable, ...view.standings.incurable].filter((other) => other !== key);
  const also = others.map((other) => {
    const words = badSymptom(catalog.alarms[other].reading, readingNow(view, other));
    return `Also on: ${words}.`;
  });
  const lines = [catalog.alarms[key].summary, ...since, ...recentValues(wording, reading), ...also];
  return { heading: 'WHAT HURTS', lines, rank: 0 };
}

function sinceLine(alarm: JoinedAlarm, now: number, times: Times): string[] {
  const found = alarm.foundBy === 're-check' ? ['Its message never came; a re-check found it.'] : [];
  const lasted = now - alarm.raisedAt < 60_000 ? [] : [`${duration(now - alarm.raisedAt)} so far.`];
  return [`Alarm on since ${times.full(alarm.raisedAt)}.`, ...lasted, ...found];
}

/** Other alarms of the service by state: what is ruled out, and what is not. */
export function otherAlarms(view: View): Block {
  const { catalog, incident, record, seen } = view;
  if (seen.symptoms.kind === 'unavailable') {
    return { heading: 'OTHER ALARMS', lines: ['unknown: CloudWatch could not be asked'], rank: 2 };
  }
  const mine = new Set(incident.alarms.map((one) => one.key));
  const others = (Object.keys(seen.symptoms.alarms) as AlarmKey[]).filter((key) => !mine.has(key));
  const inState = (state: string): AlarmKey[] =>
    others.filter((key) => standing(record, seen, key) === state);
  const on = inState('ALARM').map((key) => `- ${catalog.alarms[key].reading.noun} is in ALARM`);
  const counts = `${inState('OK').length} OK, ${inState('INSUFFICIENT_DATA').length} without data, ${on.length} on.`;
  return { heading: 'OTHER ALARMS', lines: [counts, ...on], rank: 2 };
}

/** One line for each action: `03:02 Restart the service: Success in 8 s, exit 0.` */
export function actionLine(view: View, action: Action): string {
  const name = view.catalog.remedies[action.remedy].action;
  return `${view.times.hourMinute(action.intendedAt)} ${name}: ${phaseWords(action)}.`;
}

function phaseWords({ phase }: Action): string {
  switch (phase.kind) {
    case 'sending':
      return 'about to be sent';
    case 'running':
      return 'sent, its end is unknown';
    case 'refused':
      return 'not sent';
    case 'unknown':
      return phase.commandId === null ? 'unknown whether it ran' : 'sent, unknown how it ended';
    case 'ended': {
      const { status, exitCode } = phase.outcome;
      if (status === 'NoHost') return 'no host took it';
      const code = exitCode === null ? '' : `, exit ${exitCode}`;
      return `${status} in ${duration(phase.endedAt - phase.sentAt)}${code}`;
    }
    default:
      return phase satisfies never;
  }
}

/** Runbook and live view, each URL alone on its line. */
export function links(view: View): Block {
  const { place, key } = view;
  const dashboard = `${scopeName(place.scope)}-on-call`;
  const home = `https://console.aws.amazon.com/cloudwatch/home?region=${place.region}`;
  return {
    lines: [
      'Live view',
      `${home}#dashboards:name=${dashboard}`,
      'Runbook',
      runbookUrl(place.runbookBaseUrl, key),
    ],
    rank: 0,
  };
}

/** The command that shows what the last action printed; only with a real id. */
export function outputCommand({ incident, place }: View): string[] {
  const phase = incident.actions.at(-1)?.phase;
  const commandId = phase && 'commandId' in phase ? phase.commandId : null;
  if (commandId === null) return [];
  // Broken by a backslash so that it still pastes and runs as one command.
  return [
    `aws ssm list-command-invocations --region ${place.region} \\`,
    `--details --command-id ${commandId}`,
  ];
}

/** Subjects that the storm rule held back. */
export function heldMails(record: IncidentRecord): Block {
  const newest = record.held.slice(-5);
  const more = record.held.length - newest.length;
  const lines = newest.map((subject) => cut(ascii(subject), 60)).map((subject) => `- ${subject}`);
  return { heading: 'NOT MAILED BEFORE', lines: more > 0 ? [...lines, `and ${more} more`] : lines, rank: 1 };
}

/** Those of the actions that a host is known to have run. */
export function thatRan(actions: readonly Action[]): readonly Action[] {
  return actions.filter(({ phase }) => phase.kind === 'ended' && phase.outcome.status !== 'NoHost');
}

/** `restart`, `2 restarts`, `rollback and restart` */
export function actionsCounted(view: View, actions: readonly Action[]): string {
  const counts = new Map<string, number>();
  for (const { remedy } of actions) {
    const { noun } = view.catalog.remedies[remedy];
    counts.set(noun, (counts.get(noun) ?? 0) + 1);
  }
  if (counts.size === 0) return '0 actions';
  return [...counts].map(([noun, count]) => (count === 1 ? noun : `${count} ${noun}s`)).join(' and ');
}

/** What the command itself says it did, as a sentence: `Rolled back release X to Y.` Nothing where it says none. */
export function resultLines({ phase }: Action): string[] {
  if (phase.kind !== 'ended') return [];
  const said = [...phase.outcome.output.matchAll(/^result: (.+)$/gm)].at(-1)?.[1];
  return said === undefined ? [] : [`${capital(cut(ascii(said), 110))}.`];
}

/** `Error rate` for the start of a line. */
export function nounOf(view: View, key: AlarmKey): string {
  return capital(view.catalog.alarms[key].reading.noun);
}
