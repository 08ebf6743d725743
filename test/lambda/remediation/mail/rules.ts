/** The rules of a mail, as an assertion. */
import assert from 'node:assert/strict';
import { mostBytes } from '../../../../lambda/remediation/mail/layout';
import { lineLength } from '../../../../lambda/remediation/mail/words';
import type { Mail } from '../../../../lambda/remediation/record';

const firstWords = {
  fixing: 'FIXING',
  fixed: 'FIXED',
  'needs-you': 'NEEDS YOU',
  'dry-run': 'DRY RUN would',
} as const;

/** Every rule that a mail must keep, whatever the incident. */
export function lint(mail: Mail): void {
  const { subject, email, sms } = mail;
  const { kind, incident, service, env, urgency } = mail.attributes;
  assert.ok(subject.startsWith(firstWords[kind]), `first word: ${subject}`);
  assert.ok(subject.length <= 90, `subject of ${subject.length}: ${subject}`);
  assert.ok(subject.endsWith(` [${incident}]`), subject);
  assert.ok(sms.length <= 140, `sms of ${sms.length}: ${sms}`);
  for (const text of [subject, sms]) assert.match(text, /^[\x20-\x7e]+$/);
  assert.match(email, /^[\x20-\x7e\n]+$/, 'ASCII only');
  assert.ok(Buffer.byteLength(email) <= mostBytes, `${Buffer.byteLength(email)} bytes:\n${email}`);
  assert.doesNotMatch(email, /undefined|null|NaN|\[object|<[a-z]/, email);
  const lines = email.split('\n');
  for (const line of lines) {
    if (line.includes('https://')) assert.match(line, /^https:\/\/\S{1,192}$/, 'a URL stands alone');
    else assert.ok(line.length <= lineLength, `line of ${line.length}: ${line}`);
    assert.equal(line, line.trimEnd());
  }
  assert.ok(lines.filter((line) => line.startsWith('https://')).length <= 4);
  assert.equal(lines[4], '', `four lines and a gap:\n${email}`);
  const machine = JSON.parse(mail.default) as Record<string, unknown>;
  assert.deepEqual(
    [machine.incident, machine.service, machine.env, machine.urgency],
    [incident, service, env, urgency],
  );
}
