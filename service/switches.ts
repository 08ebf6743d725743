/**
 * What may change while the service runs: read at its start and again at each reload (SIGHUP). The configuration's file
 * comes first; a second one beside it, written by a Systems Manager document, overrides single values of it.
 */
import { readFileSync } from 'node:fs';
import * as z from 'zod';

/** pino's own words, most talkative first; `silent` says nothing at all. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

const share = z.number().min(0).max(1);

const switches = z.strictObject({
  logLevel: z.enum(logLevels),
  /** Share of ordinary predictions that leave a log line; failed, refused and slow ones always do. */
  logShare: share,
  /** Share of logged predictions whose feature values are written too; they may be personal data. */
  logFeaturesShare: share,
  /** Share of requests that are traced when their caller has not decided it. */
  traceShare: share,
  /** Whether answers come from the cache or the fallback: when the limits are passed, always, or never. */
  degraded: z.enum(['auto', 'on', 'off']),
});

export type Switches = Readonly<z.infer<typeof switches>>;

/** What holds when nothing is said: enough to look at, nothing personal, and next to no cost. */
export const defaultSwitches: Switches = Object.freeze({
  logLevel: 'info',
  logShare: 0.05,
  logFeaturesShare: 0,
  traceShare: 0.05,
  degraded: 'auto',
});

/** Where the override of a switches file lies. */
export function overridePath(path: string): string {
  return path.replace(/(\.json)?$/, '.override.json');
}

export interface SwitchBoard {
  /** The values that hold now; a new object after each change, so look it up each time. */
  readonly now: Switches;
  /** Reads both files again. What is wrong with them is told, and the values that held stay. */
  reload(): void;
  /** Calls `apply` with the present values, and again after each reload that changed any. */
  onChange(apply: (now: Switches) => void): void;
}

/**
 * @param path the configuration's file; undefined where there is none, and then the defaults hold
 * @param usual what holds where neither file says anything
 */
export function createSwitchBoard(
  path: string | undefined,
  complain: (message: string) => void,
  usual: Switches = defaultSwitches,
): SwitchBoard {
  const listeners: ((now: Switches) => void)[] = [];
  let now = usual;
  const reload = (): void => {
    if (path === undefined) return;
    try {
      const next = Object.freeze({
        ...usual,
        ...readPart(path),
        ...readPart(overridePath(path)),
      });
      if (JSON.stringify(next) === JSON.stringify(now)) return;
      now = next;
      for (const apply of listeners) apply(now);
    } catch (error) {
      complain(error instanceof Error ? error.message : String(error));
    }
  };
  reload();
  return {
    get now() {
      return now;
    },
    reload,
    onChange(apply) {
      listeners.push(apply);
      apply(now);
    },
  };
}

/** The values that one file sets; none when it does not exist. */
function readPart(path: string): Partial<Switches> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new Error(`${path}: cannot be read (${(error as Error).message}); correct its mode or remove it`);
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new Error(`${path}: is not JSON (${(error as Error).message}); the switches stay as they were`);
  }
  const parsed = switches.partial().safeParse(content);
  if (parsed.success) return parsed.data as Partial<Switches>;
  const problems = parsed.error.issues.map(
    (issue) => `${issue.path.map(String).join('.') || '(whole file)'}: ${issue.message}`,
  );
  throw new Error(`${path}: not usable, got ${problems.join(' | ')}; the switches stay as they were`);
}
