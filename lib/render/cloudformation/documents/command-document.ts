/** How every document of the host is built: declared parameters, steps of real shell from files, time limits, a dry run. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Parameter {
  readonly description: string;
  /** Inside what Java's and Go's regular expressions have in common: the API checks with one, the agent with the other. */
  readonly allowedPattern: string;
  readonly allowedValues?: readonly string[];
  readonly default?: string;
}

export interface Step {
  readonly name: string;
  readonly timeoutSeconds: number;
  /** Files of `shell/`, run as one script in this order. */
  readonly scripts: readonly string[];
}

export interface DocumentParts {
  readonly description: string;
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** Shell variables that every step finds set: paths and names of the host, fixed when the document is rendered. */
  readonly constants?: Readonly<Record<string, string | number>>;
  /** The last one runs whatever happened before; a failure of any other ends the document. */
  readonly steps: readonly Step[];
}

/** One of a few words, told to the console as a list. */
export function choice(description: string, values: readonly string[], usual: string): Parameter {
  return { description, allowedValues: values, allowedPattern: `^(${values.join('|')})$`, default: usual };
}

const dryRun = choice('yes: only says what would be done, and changes nothing.', ['no', 'yes'], 'no');

/** A command document, schema 2.2, as data. Every one takes `DryRun`. */
export function commandDocument({ description, parameters, constants = {}, steps }: DocumentParts) {
  const all = { ...parameters, DryRun: dryRun };
  const head = [
    'set -eu',
    ...Object.keys(all).map(readParameter),
    ...Object.entries(constants).map(([name, value]) => `${name}=${quoted(String(value))}`),
  ];
  return {
    schemaVersion: '2.2',
    description,
    parameters: Object.fromEntries(
      Object.entries(all).map(([name, parameter]) => [
        name,
        { type: 'String', ...parameter, interpolationType: 'ENV_VAR' },
      ]),
    ),
    mainSteps: steps.map(({ name, timeoutSeconds, scripts }, index) => ({
      action: 'aws:runShellScript',
      name,
      precondition: { StringEquals: ['platformType', 'Linux'] },
      inputs: {
        timeoutSeconds: String(timeoutSeconds),
        runCommand: [...head, ...['say', ...scripts].flatMap(shellLines)],
        ...(index === steps.length - 1 ? { finallyStep: true } : { onFailure: 'exit' }),
      },
    })),
  };
}

export type CommandDocument = ReturnType<typeof commandDocument>;

/** All steps one after the other, at their limits: how long a command can run at most. */
export function limitSeconds({ mainSteps }: CommandDocument): number {
  return mainSteps.reduce((sum, { inputs }) => sum + Number(inputs.timeoutSeconds), 0);
}

/**
 * Agents older than 3.3.2746.0 know no ENV_VAR interpolation and paste the text instead; the allowed pattern keeps
 * even that harmless. On newer agents the variable is already set and this line does nothing.
 */
function readParameter(name: string): string {
  return `if [ -z "\${SSM_${name}+x}" ]; then export SSM_${name}="{{${name}}}"; fi`;
}

/** Shell's own quoting of what must stay text. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function shellLines(script: string): string[] {
  return readFileSync(join(__dirname, 'shell', `${script}.sh`), 'utf8')
    .trimEnd()
    .split('\n');
}
