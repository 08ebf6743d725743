/** One event, one line: the rows that terminal, pipe and report all show. Pure. */
import type { RehearsalEvent } from './events';

export type Tone = 'bad' | 'good' | 'act' | 'plain';

export interface Row {
  readonly at: number;
  readonly kind: string;
  readonly tone: Tone;
  /** A word that says the same as the mark, for whoever sees neither colour nor shape. */
  readonly what: string;
  readonly text: string;
  /** Fields for the pipe, in order. */
  readonly fields: Readonly<Record<string, string | number>>;
  /** Who did it, for the report's lanes. */
  readonly who: 'service' | 'alarm' | 'Vigia' | 'mail';
  /** Shown always; the others only where details are asked for. */
  readonly isKey: boolean;
}

/** The row of an event, or undefined for what nobody needs to read. */
export function rowOf(event: RehearsalEvent): Row | undefined {
  const row = (part: Partial<Row> & Pick<Row, 'kind' | 'text'>): Row => ({
    at: event.at,
    tone: 'plain',
    what: '',
    fields: {},
    who: 'Vigia',
    isKey: true,
    ...part,
  });
  switch (event.kind) {
    case 'host':
      return row({
        kind: 'host',
        text: event.detail === undefined ? event.what : `${event.what} (${event.detail})`,
        fields: { what: event.what },
        who: 'service',
        isKey: / (failed|active)$/.test(event.what),
        tone: event.what.endsWith(' failed') ? 'bad' : 'plain',
      });
    case 'fault': {
      const detail = event.detail === undefined ? '' : ` ${event.detail}`;
      return row({
        kind: 'fault',
        what: event.what,
        tone: event.what === 'start' ? 'bad' : 'plain',
        text: event.what === 'start' ? `${event.fault}${detail} (injected)` : `${event.fault} is over`,
        fields: { name: event.fault, injected: 'true' },
        who: 'service',
      });
    }
    case 'alarm':
      return alarmRow(event, row);
    case 'action':
      return row({
        kind: 'notify',
        what: event.error === undefined ? 'sent' : 'failed',
        tone: event.error === undefined ? 'plain' : 'bad',
        text:
          event.error === undefined
            ? `${event.alarm} to ${lastPart(event.target)}`
            : `${event.alarm}: ${event.error}`,
        fields: { alarm: event.alarm, target: lastPart(event.target) },
        who: 'alarm',
        isKey: event.error !== undefined,
      });
    case 'withheld':
      return row({
        kind: 'notify',
        what: 'held',
        text: `${event.alarm}: ${event.state} actions withheld by ${event.by}`,
        fields: { alarm: event.alarm, state: event.state, by: event.by },
        who: 'alarm',
      });
    case 'mail':
      return row({
        kind: 'mail',
        what: event.error === undefined ? 'sent' : 'failed',
        tone: event.error === undefined ? 'plain' : 'bad',
        text: event.error === undefined ? event.subject : `${event.subject}: ${event.error}`,
        fields: { to: event.to, subject: event.subject },
        who: 'mail',
      });
    case 'lambda':
      return row({
        kind: 'function',
        what: event.error === undefined ? 'ok' : 'failed',
        tone: event.error === undefined ? 'plain' : 'bad',
        text: `${event.function} (${event.source}, ${Math.round(event.durationMs)} ms)${event.error === undefined ? '' : `: ${event.error}`}`,
        fields: { name: event.function, source: event.source, ms: Math.round(event.durationMs) },
        isKey: event.error !== undefined,
      });
    case 'command':
      return commandRow(event, row);
    case 'incident':
      return row({
        kind: 'incident',
        what: event.to,
        tone: event.to === 'closed' ? 'good' : event.to === 'escalated' ? 'bad' : 'act',
        text: `${event.id} ${event.to}: ${event.reason}`,
        fields: { id: event.id, from: event.from, to: event.to },
        isKey: true,
      });
    case 'dead-letter':
      return row({
        kind: 'dead',
        what: 'letter',
        tone: 'bad',
        text: event.reason,
        fields: { queue: event.queue },
      });
    case 'notice':
      return row({ kind: 'notice', what: 'note', text: `${event.subject}: ${event.text}`, isKey: false });
  }
}

type MakeRow = (part: Partial<Row> & Pick<Row, 'kind' | 'text'>) => Row;

function alarmRow(event: Extract<RehearsalEvent, { kind: 'alarm' }>, row: MakeRow): Row {
  const compared =
    event.value === undefined
      ? ''
      : `   ${shortNumber(event.value)}${event.threshold === undefined ? '' : `, limit ${shortNumber(event.threshold)}`}`;
  return row({
    kind: 'alarm',
    what: event.to,
    tone: event.to === 'ALARM' ? 'bad' : event.to === 'OK' ? 'good' : 'plain',
    text: `${event.name}   ${event.from} -> ${event.to}${compared}`,
    fields: {
      name: event.name,
      from: event.from,
      ...(event.value === undefined ? {} : { value: shortNumber(event.value) }),
      ...(event.threshold === undefined ? {} : { limit: shortNumber(event.threshold) }),
    },
    who: 'alarm',
    // The first judgement of a new alarm is no news.
    isKey: event.from !== 'INSUFFICIENT_DATA' || event.to === 'ALARM',
  });
}

function commandRow(event: Extract<RehearsalEvent, { kind: 'command' }>, row: MakeRow): Row {
  const ended = event.status !== 'Pending' && event.status !== 'InProgress';
  const took = event.durationMs === undefined ? '' : `   ${(event.durationMs / 1000).toFixed(1)} s`;
  const exit = event.exitCode === undefined ? '' : `, exit ${event.exitCode}`;
  return row({
    kind: 'command',
    what: event.status,
    tone: event.status === 'Success' ? 'good' : ended ? 'bad' : 'act',
    text: `${event.document} ${event.status}${took}${exit}`,
    fields: { document: event.document, ...(event.exitCode === undefined ? {} : { exit: event.exitCode }) },
    isKey: event.status !== 'InProgress',
  });
}

/** Three digits are what a reader keeps; more only where the number is large. */
export function shortNumber(value: number): string {
  return Number(value.toPrecision(Math.abs(value) >= 1000 ? 6 : 3)).toString();
}

/** `+00:31` after the fault, `-00:12` before it. */
export function offset(ms: number): string {
  const rounded = Math.round(ms / 1000);
  const total = Math.abs(rounded);
  const pad = (part: number): string => String(part).padStart(2, '0');
  return `${rounded < 0 ? '-' : '+'}${pad(Math.floor(total / 60))}:${pad(total % 60)}`;
}

const lastPart = (arn: string): string => arn.split(':').at(-1) ?? arn;
