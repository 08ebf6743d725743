/** JSON lines, to a file that the agent ships or to standard output; trouble with either never reaches a request. */
import pino, { type Logger } from 'pino';
import { type AppendFile, type AppendFileState, createAppendFile, noFile } from './append-file';
import type { Clock } from './clock';
import { boundedLine, loggedError } from './log-line';
import type { Settings } from './settings';
import type { LogLevel } from './switches';

/** About four thousand lines: what a minute of a full disk may cost in memory. */
const maxBufferedBytes = 1024 * 1024;

/**
 * Each write wakes a thread, and on a machine of one processor that thread takes it from the predictions: line by line it
 * was a seventh of all the work under full load. A kill costs the lines of twice so long; a crash and a stop write them.
 */
const gatherMs = 100;

/**
 * So many lines wait at most for one another. One by one, between requests, each took ten times as long: whatever writes it
 * has left the processor's caches by the next one. Many more would outlive collections of garbage, which costs as well.
 */
const linesTogether = 32;

/** Has a line written soon, with others, under the time of this call. */
export type Soon = (write: () => void) => void;

export interface Logging {
  readonly log: Logger;
  /** For ordinary lines that nobody waits for; what is wrong is written at once. */
  readonly soon: Soon;
  /** From now on; a request that has begun ends with the level it began with. */
  setLevel(level: LogLevel): void;
  reopen(): void;
  /** How the log's file does; nothing can be missing where there is none. */
  state(): AppendFileState;
  /** Writes what is queued. */
  close(): Promise<void>;
}

/** The service's log. Warnings also go to standard error, so that the journal has them when the file does not. */
export function createLogging(
  settings: Pick<Settings, 'service' | 'stage' | 'logFile' | 'logLevel'>,
  clock: Clock,
): Logging {
  const { service, stage, logFile, logLevel } = settings;
  for (const stream of [process.stdout, process.stderr]) {
    // A reader that went away is no reason to stop predicting.
    stream.on('error', () => {});
  }
  const waiting: { readonly atMs: number; readonly write: () => void }[] = [];
  let lineAtMs: number | undefined;
  let cancelWait = (): void => {};
  const writeWaiting = (): void => {
    cancelWait();
    for (const { atMs, write } of waiting.splice(0)) {
      lineAtMs = atMs;
      try {
        write();
      } catch (error) {
        // Neither the other lines nor the request that came last are to blame.
        process.stderr.write(`warn: a line of the log cannot be written (${error})\n`);
      }
      lineAtMs = undefined;
    }
  };
  const soon: Soon = (write) => {
    waiting.push({ atMs: clock.now(), write });
    if (waiting.length >= linesTogether) writeWaiting();
    else if (waiting.length === 1) cancelWait = clock.after(gatherMs, writeWaiting);
  };
  const options = {
    level: logLevel,
    base: { service, stage },
    timestamp: isoTimeOf(() => lineAtMs ?? clock.now()),
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: (error: unknown) => loggedError(error) },
  };
  if (logFile === undefined) {
    const stdout = { write: (line: string) => void process.stdout.write(boundedLine(line)) };
    const log = pino(options, stdout);
    return { log, soon, setLevel: setLevelOf(log), ...noFile, close: async () => writeWaiting() };
  }
  const file: AppendFile = createAppendFile({
    path: logFile,
    maxBufferedBytes,
    clock,
    gatherMs,
    complain: (message) => void process.stderr.write(`${message}\n`),
  });
  // The logger's own level decides, and it may change; a level of the file's stream could not.
  const streams: { level: LogLevel; stream: { write(line: string): void } }[] = [
    { level: 'trace', stream: { write: (line) => file.write(boundedLine(line)) } },
    { level: 'warn', stream: { write: (line) => void process.stderr.write(journalLine(line)) } },
  ];
  const log = pino(options, pino.multistream(streams));
  return {
    log,
    soon,
    setLevel: setLevelOf(log),
    reopen: () => file.reopen(),
    state: () => file.state(),
    close: () => {
      writeWaiting();
      return file.close();
    },
  };
}

/** Times in pino's own form. A date is made once a second, for it costs more than the rest of the time. */
function isoTimeOf(now: () => number): () => string {
  let second = Number.NaN;
  let text = '';
  return () => {
    const nowMs = Math.floor(now());
    const present = Math.floor(nowMs / 1000);
    if (present !== second) {
      second = present;
      text = new Date(present * 1000).toISOString().slice(0, -'000Z'.length);
    }
    return `,"time":"${text}${String(nowMs - present * 1000).padStart(3, '0')}Z"`;
  };
}

const setLevelOf =
  (log: Logger) =>
  (level: LogLevel): void => {
    log.level = level;
  };

/** One readable line for the journal: it is read by people and put into incident reports; the file has the rest. */
function journalLine(json: string): string {
  const { level, msg, requestId, err } = JSON.parse(json) as {
    level: string;
    msg?: string;
    requestId?: string;
    err?: { message?: string };
  };
  const cause = err?.message === undefined ? '' : `: ${err.message}`;
  const request = requestId === undefined ? '' : ` (request ${requestId})`;
  return `${level}: ${msg ?? ''}${cause}${request}\n`;
}
