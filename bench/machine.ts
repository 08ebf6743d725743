/** What a measurement was taken on, the middle of several, and how they are printed. */
import { cpus, totalmem } from 'node:os';

/** One line that says which machine it was. */
export function describeMachine(): string {
  const [first] = cpus();
  const memory = (totalmem() / 2 ** 30).toFixed(0);
  return `${first?.model ?? 'unknown processor'}, ${cpus().length} processors, ${memory} GiB, Node ${process.version}, ${process.platform} ${process.arch}`;
}

/** The middle value; of an even number, the lower of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
}

/** The mean of the middle half: steadier than the middle value alone, and as deaf to what else the machine did once. */
export function middleMean(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const quarter = Math.floor(sorted.length / 4);
  const middle = sorted.slice(quarter, sorted.length - quarter);
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}

export const rounded = (value: number, digits = 0): string => value.toFixed(digits);
export const range = (values: readonly number[]): string =>
  `${rounded(Math.min(...values))} to ${rounded(Math.max(...values))}`;
