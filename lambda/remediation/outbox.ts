/** Mails that are decided but not yet published, and the rule that keeps a storm from reaching people. */
import type { Incident, IncidentRecord, Mail, OutboxMail } from './record';

const hourMs = 3_600_000;
/** SNS suspends a mailbox that gets floods, and a person stops reading long before that. */
export const mailsPerHour = 6;
/** With SNS broken for long, mails must not outgrow the table's 400 KB item; 30 of at most 4 KB stay far below. */
const mostWaiting = 30;
/** Subjects of held mails that the next mail names. */
const mostHeld = 20;
/** A function lives 30 s at most: whoever set out to publish a minute ago is gone. */
export const abandonedAfterMs = 60_000;

/** The first might be missed; after the second a person knows that the alarm hovers at its limit. */
const sameAsksPerHour = 2;
/** What hovers has cleared by then; what lasts this long needs a person after all. Slow hovering asks six times an hour at most. */
const askAnywayAfterMs = 10 * 60_000;

/** What a person is asked to look at: which alarms, and why Vigía does not go on. */
function matterOf({ alarms, status }: Incident): string {
  const keys = alarms.map((alarm) => alarm.key).sort();
  const why: string[] = [status.state];
  if (status.state === 'escalated') {
    const { escalation } = status;
    why.push(escalation.kind);
    if (escalation.kind === 'refused') why.push(...escalation.guards.map((one) => one.guard));
    if (escalation.kind === 'cannot-tell') why.push(escalation.what);
  }
  return `${keys.join('+')}: ${why.join(' ')}`;
}

const asks = (mail: Mail): boolean =>
  mail.attributes.kind === 'needs-you' || mail.attributes.kind === 'dry-run';

function mailsOf(incident: Incident) {
  return incident.entries.filter((entry) => entry.kind === 'mail');
}

/** The question was held as a repeat, but the incident lasts: it must be put now. */
export function isOverdue(incident: Incident, now: number): boolean {
  const last = mailsOf(incident).at(-1);
  return last?.held === true && now - last.at >= askAnywayAfterMs;
}

/**
 * Held back: the end of what nobody heard of, the same question for the third time within an hour, and notes
 * beyond the hourly number. What was promised always goes out.
 */
export function isHeld(record: IncidentRecord, incident: Incident, mail: Mail, now: number): boolean {
  if (asks(mail)) {
    if (incident.promised || isOverdue(incident, now)) return false;
    const matter = matterOf(incident);
    const same = record.asked.filter((one) => one.matter === matter && now - one.at < hourMs);
    return same.length >= sameAsksPerHour;
  }
  if (mail.attributes.kind === 'fixed') {
    if (incident.promised) return false;
    const mails = mailsOf(incident);
    if (mails.length > 0 && mails.every((entry) => entry.held)) return true;
  }
  return record.mailTimes.filter((at) => now - at < hourMs).length >= mailsPerHour;
}

/** The record that remembers what a mail on its way asks. */
export function withAsked(
  record: IncidentRecord,
  incident: Incident,
  mail: Mail,
  now: number,
): IncidentRecord {
  if (!asks(mail)) return record;
  const recent = record.asked.filter((one) => now - one.at < hourMs);
  return { ...record, asked: [...recent, { at: now, matter: matterOf(incident) }] };
}

/** The record with the mail in its outbox, or, when held, with its subject kept for the next mail. */
export function stored(
  record: IncidentRecord,
  mail: Mail,
  id: string,
  held: boolean,
  now: number,
): IncidentRecord {
  const mailsSoFar = record.mailsSoFar + 1;
  if (held) return { ...record, mailsSoFar, held: [...record.held, mail.subject].slice(-mostHeld) };
  const waiting = [...record.outbox, { ...mail, id, triedAt: now }];
  const dropped = waiting.slice(0, Math.max(0, waiting.length - mostWaiting)).map((one) => one.subject);
  return {
    ...record,
    mailsSoFar,
    outbox: waiting.slice(-mostWaiting),
    mailTimes: [...record.mailTimes.filter((at) => now - at < hourMs), now],
    held: dropped.slice(-mostHeld),
  };
}

/** Mails whose publisher has failed or is gone. */
export function abandoned(record: IncidentRecord, now: number): readonly OutboxMail[] {
  return record.outbox.filter((mail) => now - mail.triedAt >= abandonedAfterMs);
}

/** The record with those mails claimed by the caller, so that two invocations do not both publish them. */
export function claimed(record: IncidentRecord, mails: readonly OutboxMail[], now: number): IncidentRecord {
  const ids = new Set(mails.map((mail) => mail.id));
  const outbox = record.outbox.map((mail) => (ids.has(mail.id) ? { ...mail, triedAt: now } : mail));
  return { ...record, outbox };
}

/** The record after a publish: without the mail, or with it free for the next event to take up. */
export function published(record: IncidentRecord, id: string, sent: boolean): IncidentRecord {
  const outbox = sent
    ? record.outbox.filter((mail) => mail.id !== id)
    : record.outbox.map((mail) => (mail.id === id ? { ...mail, triedAt: 0 } : mail));
  return { ...record, outbox };
}
