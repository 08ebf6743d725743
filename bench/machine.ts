/** What a measurement was taken on, and the middle of several. */
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
