/** The command line as a shell starts it, with files that a test writes, and its JSON in short forms that a test can compare. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '../../..');
/** Many times what a start takes on a busy machine. */
const timeoutMs = 60_000;

export interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Workplace {
  /** Writes a file and gives its name back, to stand in a command. */
  write(name: string, text: string): string;
  /** `vigia alarms` with these words. */
  vigia(...words: readonly string[]): Promise<Ended>;
  remove(): void;
}

/** A directory of its own. */
export function workplace(): Workplace {
  const directory = mkdtempSync(join(tmpdir(), 'vigia-alarms-'));
  return {
    write: (name, text) => {
      writeFileSync(join(directory, name), text);
      return name;
    },
    vigia: (...words) =>
      new Promise((done) => {
        const command = [join(root, 'bin', 'vigia.js'), 'alarms', ...words];
        const options = { cwd: directory, timeout: timeoutMs };
        const child = execFile(process.execPath, command, options, (_error, stdout, stderr) =>
          done({ status: child.exitCode ?? -1, stdout, stderr }),
        );
      }),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** Of one metric: its values one step after the other. */
export interface Line {
  readonly metric: string;
  readonly dimensions?: string;
  readonly values: readonly number[];
  readonly stepMinutes?: number;
}

/** Recorded data with the plainest header; `metric` is the namespace and the name. */
export function csv(start: string, lines: readonly Line[]): string {
  const rows = lines.flatMap(({ metric, dimensions = '', values, stepMinutes = 1 }) =>
    values.map((value, step) => {
      const at = new Date(Date.parse(start) + step * stepMinutes * 60_000).toISOString();
      return [at, ...metric.split(' '), dimensions, value].join(',');
    }),
  );
  return `timestamp,namespace,metric,dimensions,value\n${rows.join('\n')}\n`;
}

/** `times(3, 7)` is three sevens. */
export const times = (count: number, value: number): number[] => new Array<number>(count).fill(value);

interface BacktestAlarm {
  readonly initial: string;
  readonly transitions: readonly { at: string; from: string; to: string; reason: string }[];
  readonly actions: readonly { at: string; arn: string }[];
  readonly withheld: readonly { at: string; state: string; by: string }[];
}

interface BacktestVariant {
  readonly alarm: string | null;
  readonly set: Readonly<Record<string, unknown>>;
  readonly alarms: Readonly<Record<string, { readonly pages: readonly string[] }>>;
}

interface BacktestJson {
  readonly assumptions: Readonly<Record<string, unknown>>;
  readonly alarms: Readonly<Record<string, BacktestAlarm>>;
  readonly alarmsWithoutData: readonly string[];
  readonly variants: readonly BacktestVariant[];
  readonly notices: readonly { subject: string; text: string }[];
}

export function backtestOf({ status, stdout, stderr }: Ended): BacktestJson {
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as BacktestJson;
}

const short = { INSUFFICIENT_DATA: 'none', OK: 'OK', ALARM: 'ALARM' } as const;
const clock = (at: string): string => at.slice(11, 16);
const word = (state: string): string => short[state as keyof typeof short] ?? state;

/** Each alarm's life as `['10:01 none > OK']`. */
export function transitionsIn({ alarms }: BacktestJson): Record<string, string[]> {
  return mapped(alarms, ({ transitions }) =>
    transitions.map(({ at, from, to }) => `${clock(at)} ${word(from)} > ${word(to)}`),
  );
}

/** What ran, as `['10:08 arn']`; alarms without actions are left out. */
export function actionsIn({ alarms }: BacktestJson): Record<string, string[]> {
  return filled(mapped(alarms, ({ actions }) => actions.map(({ at, arn }) => `${clock(at)} ${arn}`)));
}

/** What was held back, as `['10:08 ALARM by wait period']`. */
export function withheldIn({ alarms }: BacktestJson): Record<string, string[]> {
  return filled(
    mapped(alarms, ({ withheld }) => withheld.map(({ at, state, by }) => `${clock(at)} ${state} by ${by}`)),
  );
}

/** Each variant's pages, as `{ 'threshold=5': { alarm: ['10:08'] } }`. */
export function pagesOfVariants({ variants }: BacktestJson): Record<string, Record<string, string[]>> {
  return Object.fromEntries(
    variants.map(({ set, alarms }) => [
      Object.entries(set)
        .map((pair) => pair.join('='))
        .join(' '),
      mapped(alarms, ({ pages }) => pages.map(clock)),
    ]),
  );
}

function mapped<T>(
  record: Readonly<Record<string, T>>,
  map: (value: T) => string[],
): Record<string, string[]> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}

function filled(record: Record<string, string[]>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(record).filter(([, list]) => list.length > 0));
}
