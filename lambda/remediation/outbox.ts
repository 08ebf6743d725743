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

/** Held back: beyond the hourly number, unless it asks a person to act or was promised. */
export function isHeld(record: IncidentRecord, incident: Incident, mail: Mail, now: number): boolean {
  if (mail.attributes.kind === 'needs-you' || mail.attributes.kind === 'dry-run') return false;
  if (mail.attributes.kind === 'fixed' && incident.promised) return false;
  return record.mailTimes.filter((at) => now - at < hourMs).length >= mailsPerHour;
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
