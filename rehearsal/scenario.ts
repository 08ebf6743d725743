/** A scenario: what breaks, and what must and must not happen then. Data in `scenarios/*.yaml`. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

/** What the service can be made to suffer; the service itself checks the details. */
const serviceFault = z.looseObject({ kind: z.enum(['errors', 'slow', 'hang', 'exit', 'low-confidence']) });

const fault = z.union(
  [
    z.strictObject({
      service: serviceFault,
      /**
       * `once`, again after each start (so that a restart does not help), or again until systemd gives the unit up.
       */
      repeat: z.enum(['once', 'each-start', 'until-failed']).default('once'),
      /** Cleared again after this long; for ever when absent. */
      forSeconds: z.number().positive().optional(),
    }),
    /** A release with a fault inside, deployed through its document; the service itself reads the fault. */
    z.strictObject({
      release: z.looseObject({
        kind: serviceFault.shape.kind,
        /** Seconds from its start during which it is well. */
        afterSeconds: z.number().min(0).optional(),
      }),
    }),
    /** A function whose environment is wrong, as after a bad deployment. */
    z.strictObject({ function: z.string(), environment: z.record(z.string(), z.string()) }),
  ],
  'expected { service: { kind: errors | slow | hang | exit | low-confidence }, repeat?, forSeconds? }, { release: { kind, afterSeconds? } } or { function, environment }',
);

const alarmState = z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']);

/** One kind of event with what must be true of it; a name also matches the end of a longer one after a hyphen. */
const happening = z.union(
  [
    z.strictObject({ alarm: z.string(), to: alarmState }),
    /** `mail` begins the subject, `named` stands in it, `about` in subject or text. */
    z.strictObject({
      mail: z.string(),
      named: z.string().optional(),
      about: z.string().optional(),
      to: z.string().optional(),
    }),
    z.strictObject({
      command: z.string(),
      status: z.enum(['Pending', 'InProgress', 'Success', 'Failed', 'TimedOut']),
    }),
    z.strictObject({ incident: z.enum(['closed', 'escalated', 'opened']) }),
    z.strictObject({ function: z.string(), fails: z.literal(true) }),
  ],
  'expected { alarm, to: OK | ALARM | INSUFFICIENT_DATA }, { mail, named?, about?, to? }, { command, status }, ' +
    '{ incident: opened | closed | escalated } or { function, fails: true }',
);

const must = z.strictObject({
  what: happening,
  /** Seconds since the fault. */
  withinSeconds: z.number().positive().optional(),
  /** Exactly so often; at least once when absent. */
  times: z.number().int().positive().optional(),
});

const mustNot = z.strictObject({ what: happening, because: z.string() });

const scenario = z.strictObject({
  title: z.string(),
  /** One sentence for people: what goes wrong in the story. */
  story: z.string(),
  faults: z.array(fault).min(1),
  /** Once everything that must happen has happened, so long is left to what must not. */
  observeSeconds: z.number().positive().default(5),
  timeoutSeconds: z.number().positive(),
  must: z.array(must).default([]),
  mustNot: z.array(mustNot).default([]),
});

export type Fault = z.output<typeof fault>;
export type Happening = z.output<typeof happening>;
export type Must = z.output<typeof must>;
export type MustNot = z.output<typeof mustNot>;
export interface Scenario extends z.output<typeof scenario> {
  readonly name: string;
}

/** A scenario that does not exist or is written wrongly; told without a stack trace. */
export class ScenarioError extends Error {}

/** Names of all scenarios in a directory. */
export function scenarioNames(directory: string): string[] {
  return readdirSync(directory)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.replace(/\.yaml$/, ''))
    .sort();
}

/** The parser shows the place below its message; the message alone names it as well. */
const firstLine = (text: string): string => (text.split('\n')[0] ?? '').replace(/:$/, '');

/** @throws ScenarioError */
export function loadScenario(directory: string, name: string): Scenario {
  const path = join(directory, `${name}.yaml`);
  if (!existsSync(path)) {
    throw new ScenarioError(
      `scenario: unknown, got '${name}', expected one of ${scenarioNames(directory).join(', ')}; correct the name`,
    );
  }
  let content: unknown;
  try {
    content = parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new ScenarioError(
      `scenario ${name}: not YAML, got ${firstLine((error as Error).message)}, expected YAML; correct ${path}`,
    );
  }
  const parsed = scenario.safeParse(content);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      (issue) => `${issue.path.map(String).join('.') || '(whole file)'}: ${issue.message}`,
    );
    throw new ScenarioError(`scenario ${name}: not understood, got ${problems.join(' | ')}; correct ${path}`);
  }
  return { ...parsed.data, name };
}
