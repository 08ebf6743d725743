/** One step of an incident as a mail: subject, text, short message and JSON, all from the same facts. */
import { alarmName } from '../../../lib/catalog/names';
import type { Mail, MailKind } from '../record';
import { fixedBlocks, fixedSymptom } from './fixed';
import { fixingBlocks, fixingSymptoms } from './fixing';
import { type Block, layOut } from './layout';
import { needsYouBlocks, needsYouSymptom } from './needs-you';
import { type MailInput, readingNow, type View, viewOf } from './view';
import { ascii, cut } from './words';

export type { MailStep } from './view';

/** SNS allows 99; phone lists show 40, so the symptom comes first and the rest is for searching. */
const subjectLength = 90;
/** One part of a short message. */
const smsLength = 140;

/** Writes the mail of one step. Pure: the same facts give the same bytes. */
export function composeMail(input: MailInput): Mail {
  const view = viewOf(input);
  const { kind, state, symptoms, blocks } = tell(view);
  const { incident, place } = view;
  const { service, stage } = place.scope;
  const text = layOut(blocks);
  const subject = subjectOf(state, symptoms, service, stage, incident.id);
  const urgency = incident.lane === 'page' && (kind === 'needs-you' || kind === 'dry-run') ? 'page' : 'note';
  return {
    topic: incident.lane,
    subject,
    email: text,
    sms: smsOf(state, symptoms, service, stage, incident.id),
    default: JSON.stringify({ state, kind, urgency, subject, service, env: stage, ...facts(view) }),
    attributes: { kind, urgency, incident: incident.id, service, env: stage },
  };
}

interface Told {
  readonly kind: MailKind;
  /** The first words of the subject: whose turn it is. */
  readonly state: string;
  /** Longest first; the first that fits is told. */
  readonly symptoms: readonly string[];
  readonly blocks: readonly Block[];
}

function tell(view: View): Told {
  const { step, catalog } = view;
  switch (step.kind) {
    case 'acting':
      return { kind: 'fixing', state: 'FIXING', symptoms: fixingSymptoms(view), blocks: fixingBlocks(view) };
    case 'closed':
      return { kind: 'fixed', state: 'FIXED', symptoms: [fixedSymptom(view)], blocks: fixedBlocks(view) };
    case 'joined':
    case 'escalated': {
      const asked = { symptoms: [needsYouSymptom(view)], blocks: needsYouBlocks(view) };
      if (step.kind === 'escalated' && step.escalation.kind === 'dry-run') {
        const would = catalog.remedies[step.escalation.remedy].verb;
        return { kind: 'dry-run', state: `DRY RUN would ${would}`, ...asked };
      }
      return { kind: 'needs-you', state: 'NEEDS YOU', ...asked };
    }
    default:
      return step satisfies never;
  }
}

/** The tail is constant and searchable; only the symptom gives way when space is short. */
function subjectOf(
  state: string,
  symptoms: readonly string[],
  service: string,
  stage: string,
  id: string,
): string {
  const tail = ` - ${cut(ascii(service), 30)} ${cut(ascii(stage), 12)} [${id}]`;
  return `${fitting(`${state}: `, symptoms, subjectLength - tail.length)}${tail}`;
}

function smsOf(
  state: string,
  symptoms: readonly string[],
  service: string,
  stage: string,
  id: string,
): string {
  const tail = `. ${id}. Details by mail.`;
  return `${fitting(`${state} ${service} ${stage}: `, symptoms, smsLength - tail.length)}${tail}`;
}

/** The first symptom that fits behind its head; the last is cut if it must be. */
function fitting(head: string, symptoms: readonly string[], most: number): string {
  const told = symptoms.map((symptom) => ascii(`${head}${symptom}`));
  return told.find((text) => text.length <= most) ?? cut(told.at(-1) ?? head, most);
}

/** For machines that subscribe: the same facts as names and numbers. */
function facts(view: View) {
  const { incident, now, place } = view;
  return {
    incident: incident.id,
    incidentState: incident.status.state,
    at: new Date(now).toISOString(),
    alarms: incident.alarms.map((alarm) => {
      const reading = readingNow(view, alarm.key);
      return {
        name: alarmName(place.scope, alarm.key),
        since: new Date(alarm.raisedAt).toISOString(),
        value: reading?.latest ?? null,
        limit: reading?.limit ?? null,
      };
    }),
    actions: incident.actions.map((action) => ({
      remedy: action.remedy,
      commandId: 'commandId' in action.phase ? action.phase.commandId : null,
      status: action.phase.kind === 'ended' ? action.phase.outcome.status : action.phase.kind,
    })),
  };
}
