/** What Linux says of a process: the memory it holds, and the time it has had on a processor. */
import { readFileSync } from 'node:fs';

export const residentMegabytes = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

/** A tick of Linux's accounting, which has been a hundredth of a second for as long as there are programs that read it. */
const tickMicroseconds = 10_000;

/** Time that the process has spent on a processor: it does not grow while others have it, as the clock on the wall does. */
export function processorMicroseconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * tickMicroseconds;
}
