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

/** Where the buffer is nearly full a group is lost as a whole, so long lines go in smaller ones. */
const maxGroupLength = 32 * 1024;

/**
 * Has an ordinary line written soon, with others, under the time of this call.
 * @param facts asked for then: the members of a JSON object as text, without its braces
 */
export type Soon = (facts: () => string) => void;

export interface Logging {
  readonly log: Logger;
  /** For ordinary lines that nobody waits for; what is wrong is written at once. */
  readonly soon: Soon;
  /** From now on. */
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
  const timeMember = timeMembers();
  const base = { service, stage };
  const options = {
    level: logLevel,
    base,
    timestamp: () => timeMember(clock.now()),
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: (error: unknown) => loggedError(error) },
  };
  if (logFile === undefined) {
    const log = pino(options, { write: (line) => void process.stdout.write(boundedLine(line)) });
    const write = (lines: string): void => void process.stdout.write(lines);
    const { soon, writeWaiting } = waitingLines(log, base, timeMember, write, clock);
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
  const { soon, writeWaiting } = waitingLines(log, base, timeMember, file.write, clock);
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

/**
 * Lines put together without the logger, letter by letter as it would, at the level `info`: what a prediction leaves is most
 * of the log, and always the same but for a few values (docs/adr/0020).
 */
function waitingLines(
  log: Logger,
  base: object,
  timeMember: (atMs: number) => string,
  writeLines: (lines: string, count: number) => void,
  clock: Clock,
): { readonly soon: Soon; readonly writeWaiting: () => void } {
  const ofAll = JSON.stringify(base).slice(1, -1);
  const waiting: { readonly atMs: number; readonly facts: () => string }[] = [];
  let cancelWait = (): void => {};
  const writeWaiting = (): void => {
    cancelWait();
    const isWanted = log.isLevelEnabled('info');
    let lines = '';
    let count = 0;
    // One by one, each would be copied into the buffer by a call of its own.
    const hand = (): void => {
      if (count > 0) writeLines(lines, count);
      lines = '';
      count = 0;
    };
    for (const { atMs, facts } of waiting.splice(0)) {
      if (!isWanted) continue;
      try {
        lines += boundedLine(`{"level":"info"${timeMember(atMs)},${ofAll},${facts()}}\n`);
        count += 1;
        if (lines.length > maxGroupLength) hand();
      } catch (error) {
        // Neither the other lines nor the request that came last are to blame.
        process.stderr.write(`warn: a line of the log cannot be written (${error})\n`);
      }
    }
    hand();
  };
  return {
    writeWaiting,
    soon(facts) {
      waiting.push({ atMs: clock.now(), facts });
      if (waiting.length >= linesTogether) writeWaiting();
      else if (waiting.length === 1) cancelWait = clock.after(gatherMs, writeWaiting);
    },
  };
}

/** Times in pino's own form. A date is made once a second, for it costs more than the rest of the time. */
function timeMembers(): (atMs: number) => string {
  let second = Number.NaN;
  let text = '';
  return (atMs) => {
    const wholeMs = Math.floor(atMs);
    const present = Math.floor(wholeMs / 1000);
    if (present !== second) {
      second = present;
      text = new Date(present * 1000).toISOString().slice(0, -'000Z'.length);
    }
    return `,"time":"${text}${String(wholeMs - present * 1000).padStart(3, '0')}Z"`;
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
