/**
 * The machine's clock follows a source of time. Metrics and traces carry this clock's time, so one that wanders puts
 * them into other people's minutes. Asked of chrony's own client, whose machine-readable report anybody on the host may
 * read; once a minute, because starting a program costs more than all other checks together.
 */
import { execFile } from 'node:child_process';
import type { CheckOf } from '../../../lib/catalog/health';
import type { Check } from '../check';

/** Places in the comma-separated report of `chronyc -c tracking`. */
const place = { source: 1, offsetSeconds: 4, leapStatus: 13 } as const;

/** A clock that loses its source drifts by a few milliseconds in this time. */
const freshMs = 60_000;

/** @param client the program, by name or path */
export function clockCheck(settings: CheckOf<'clock'>, client = 'chronyc'): Check {
  const { name, maxOffsetMs, critical, timeoutMs } = settings;
  return {
    name,
    kind: 'clock',
    critical,
    limitMs: timeoutMs,
    freshMs,
    // -n: the name of a source would have to be asked of a name server.
    run: async (abandoned) => judge(await ask(client, ['-n', '-c', 'tracking'], abandoned), maxOffsetMs),
  };
}

function ask(client: string, args: readonly string[], abandoned: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { signal: abandoned, killSignal: 'SIGKILL', maxBuffer: 4096, encoding: 'utf8' } as const;
    execFile(client, [...args], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else if (error.code === 'ENOENT') reject(new Error(`${client} is not installed`));
      else reject(new Error(`${client}: ${(stdout + stderr).trim().slice(0, 200) || error.message}`));
    });
  });
}

/** What a tracking report says of the clock; throws when that is not good enough. */
export function judge(report: string, maxOffsetMs: number): string {
  const fields = report.trim().split(',');
  const offsetMs = Math.abs(Number(fields[place.offsetSeconds])) * 1000;
  const leapStatus = fields[place.leapStatus];
  if (leapStatus === undefined || Number.isNaN(offsetMs)) {
    throw new Error(`chrony's report cannot be read, got ${JSON.stringify(report.trim().slice(0, 80))}`);
  }
  if (leapStatus === 'Not synchronised') throw new Error('follows no source of time');
  const shown = Math.round(offsetMs * 1000) / 1000;
  if (offsetMs > maxOffsetMs) throw new Error(`off by ${shown} ms, expected at most ${maxOffsetMs} ms`);
  return `off by ${shown} ms, source ${fields[place.source]}`;
}
