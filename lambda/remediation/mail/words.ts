/** Numbers and symptoms in plain ASCII words. What is not known is written `unknown`, never left out. */
import type { Alarm } from '../../../lib/catalog/alarms';
import type { Reading } from '../record';

/** Longest line that a phone shows without breaking it. */
export const lineLength = 64;

export type Wording = Alarm['reading'];

/** A number with its unit: `62 %`, `912 ms`, `0.81`; null is `unknown`. */
export function amount(value: number | null, wording: Wording): string {
  if (value === null) return 'unknown';
  const text = String(Number(value.toFixed(wording.decimals)));
  return wording.unit === '' ? text : `${text} ${wording.unit}`;
}

/** What hurts, for a subject: `error rate 62 %, limit 5 %`. */
export function badSymptom(wording: Wording, reading: Reading | null): string {
  if (wording.words) return wording.words.bad;
  return `${wording.noun} ${amount(reading?.latest ?? null, wording)}, limit ${amount(reading?.limit ?? null, wording)}`;
}

/** The same without its limit, for a subject that has more to say: `error rate 62 %`. */
export function badSymptomShort(wording: Wording, reading: Reading | null): string {
  if (wording.words) return wording.words.bad;
  return `${wording.noun} ${amount(reading?.latest ?? null, wording)}`;
}

/** `error rate still 62 %`, `service still does not answer`. */
export function stillBad(wording: Wording, reading: Reading | null): string {
  if (wording.words) return wording.words.bad.replace(/^(\S+( status check)?)\s/, '$1 still ');
  return `${wording.noun} still ${amount(reading?.latest ?? null, wording)}`;
}

/** What is well again, for a subject. */
export function goodSymptom(wording: Wording, reading: Reading | null): string {
  if (wording.words) return wording.words.good;
  // With too little traffic the alarm is OK and the number is not there.
  if (reading === null || reading.latest === null) return `${wording.noun} alarm is OK`;
  return `${wording.noun} ${amount(reading.latest, wording)}`;
}

/** The same as whole sentences, for the first line of a mail. */
export function badSentence(wording: Wording, reading: Reading | null): string {
  if (wording.words) return `${capital(wording.words.bad)}.`;
  return withLimits(
    `${capital(wording.noun)} is ${amount(reading?.latest ?? null, wording)}.`,
    wording,
    reading,
  );
}

export function goodSentence(wording: Wording, reading: Reading | null): string {
  if (wording.words) return `${capital(wording.words.good)} again.`;
  if (reading === null || reading.latest === null) return `The alarm on ${wording.noun} is OK again.`;
  return withLimits(
    `${capital(wording.noun)} is back to ${amount(reading.latest, wording)}.`,
    wording,
    reading,
  );
}

/** One line of a phone: with very long numbers the usual value goes first, then the limit. */
function withLimits(sentence: string, wording: Wording, reading: Reading | null): string {
  const limit = `${sentence} Limit ${amount(reading?.limit ?? null, wording)}`;
  const both = `${limit}, usual ${amount(reading?.usual ?? null, wording)}.`;
  return [both, `${limit}.`].find((line) => line.length <= lineLength) ?? sentence;
}

/** `Error rate, newest last: 0.1, 62, 71 %.` */
export function recentValues(wording: Wording, reading: Reading | null): string[] {
  if (!reading || reading.recent.length === 0 || wording.words) return [];
  const numbers = reading.recent.map((value) => String(Number(value.toFixed(wording.decimals)))).join(', ');
  return [
    `${capital(wording.noun)}, newest last: ${numbers}${wording.unit === '' ? '' : ` ${wording.unit}`}.`,
  ];
}

/** First letter upper case. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Printable ASCII on one line; anything else becomes `?`, because mail clients and SMS gateways differ. */
export function ascii(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[^\x20-\x7e]/g, '?')
    .trim();
}

/** Cut to a length, with dots that say so. */
export function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, Math.max(0, most - 3)).trimEnd()}...`;
}
