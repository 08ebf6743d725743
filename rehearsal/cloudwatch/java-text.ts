/** Numbers, times and JSON as CloudWatch's texts spell them: Java doubles, `+0000`, English dates. */

/** A number that prints as a Java double even in JSON: `50.0`. */
export class JavaDouble {
  constructor(readonly value: number) {}
}

/** Java's shortest text of a double: at least one digit after the point, an exponent from 10^7 on and below 10^-3. */
export function javaDouble(value: number): string {
  const magnitude = Math.abs(value);
  if (value === 0) return '0.0';
  if (magnitude >= 1e-3 && magnitude < 1e7) {
    const text = String(value);
    return text.includes('.') ? text : `${text}.0`;
  }
  const [mantissa = '', exponent = ''] = value.toExponential().split('e');
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${Number(exponent)}`;
}

/** Compact JSON in which JavaDouble keeps its `.0`; members that are undefined are left out. */
export function writeJson(value: unknown): string {
  if (value instanceof JavaDouble) return javaDouble(value.value);
  if (Array.isArray(value)) return `[${value.map(writeJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${writeJson(member)}`).join(',')}}`;
}

/** `2026-11-14T18:40:26.838+0000`. */
export function offsetTimestamp(at: number): string {
  return new Date(at).toISOString().replace('Z', '+0000');
}

const two = (value: number): string => String(value).padStart(2, '0');

/** `14/11/26 18:39:00`, UTC. */
export function shortTimestamp(at: number): string {
  const date = new Date(at);
  const day = [two(date.getUTCDate()), two(date.getUTCMonth() + 1), two(date.getUTCFullYear() % 100)].join(
    '/',
  );
  return `${day} ${timeOfDay(date)}`;
}

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** `Friday 14 November, 2026 18:40:26 UTC`. */
export function longTimestamp(at: number): string {
  const date = new Date(at);
  const weekday = weekdays[date.getUTCDay()];
  const month = months[date.getUTCMonth()];
  return `${weekday} ${two(date.getUTCDate())} ${month}, ${date.getUTCFullYear()} ${timeOfDay(date)} UTC`;
}

function timeOfDay(date: Date): string {
  return [two(date.getUTCHours()), two(date.getUTCMinutes()), two(date.getUTCSeconds())].join(':');
}
