/** Reads a command document: what it declares, what a caller may pass, and what each step will run. */
import { NotRehearsable } from '../not-rehearsable';
import { SsmError } from './types';

export interface Step {
  readonly name: string;
  readonly action: string;
  readonly runCommand: readonly string[];
  readonly timeoutSeconds: number;
  readonly onFailure: 'exit' | 'successAndExit' | 'continue';
  readonly onSuccess: 'exit' | 'continue';
  readonly finallyStep: boolean;
  readonly skipped: boolean;
}

export interface DocumentParameter {
  readonly type: string;
  readonly default?: unknown;
  readonly allowedPattern?: string;
  readonly allowedValues?: readonly unknown[];
  readonly interpolationType?: string;
}

export interface CommandDocument {
  readonly name: string;
  readonly schemaVersion: string;
  readonly content: unknown;
  readonly parameters: Readonly<Record<string, DocumentParameter>>;
  readonly mainSteps: readonly RawStep[];
}

export interface RawStep {
  readonly action: string;
  readonly name: string;
  readonly precondition?: { readonly StringEquals?: readonly [string, string] };
  readonly inputs?: Readonly<Record<string, unknown>>;
}

/** Seconds a step may run when the document says nothing, and the range in which what it says is taken. */
const usualStepSeconds = 3600;
const stepSecondsRange = { least: 5, most: 172_800 };

/** What a document may say, by place. A working directory is missing: it would lie outside the sandbox. */
export const honouredKeys = {
  document: ['schemaVersion', 'description', 'parameters', 'mainSteps'],
  parameter: [
    'type',
    'description',
    'displayType',
    'default',
    'allowedPattern',
    'allowedValues',
    'interpolationType',
  ],
  step: ['action', 'name', 'precondition', 'inputs'],
  precondition: ['StringEquals'],
  inputs: ['runCommand', 'timeoutSeconds', 'onFailure', 'onSuccess', 'finallyStep'],
} as const;

/** @throws NotRehearsable naming everything that is not run here */
export function readDocument(name: string, content: unknown): CommandDocument {
  const document = (typeof content === 'string' ? JSON.parse(content) : content) as {
    schemaVersion?: string;
    parameters?: Record<string, DocumentParameter>;
    mainSteps?: RawStep[];
  };
  if (document.schemaVersion !== '2.2') {
    throw new NotRehearsable(name, `schema ${document.schemaVersion}`, 'use a command document, schema 2.2');
  }
  const refused = [
    ...unknownKeys('', document, 'document'),
    ...Object.entries(document.parameters ?? {}).flatMap(([key, parameter]) =>
      refusedOfParameter(key, parameter),
    ),
    ...(document.mainSteps ?? []).flatMap((step, index, all) =>
      refusedOfStep(step, index === all.length - 1),
    ),
  ];
  if (refused.length > 0) {
    throw new NotRehearsable(name, `${refused.join(', ')} cannot be honoured`, 'say it in another way');
  }
  return {
    name,
    schemaVersion: document.schemaVersion,
    content: document,
    parameters: document.parameters ?? {},
    mainSteps: document.mainSteps ?? [],
  };
}

function unknownKeys(where: string, value: object | undefined, place: keyof typeof honouredKeys): string[] {
  const known: readonly string[] = honouredKeys[place];
  return Object.keys(value ?? {})
    .filter((key) => !known.includes(key))
    .map((key) => `${where}${key}`);
}

function refusedOfParameter(name: string, parameter: DocumentParameter): string[] {
  const isPlain = ['String', 'Integer', 'Boolean'].includes(parameter.type);
  return [
    ...(isPlain ? [] : [`parameter ${name} type ${parameter.type}`]),
    ...unknownKeys(`parameter ${name} `, parameter, 'parameter'),
  ];
}

function refusedOfStep(step: RawStep, isLast: boolean): string[] {
  const where = `step ${step.name}`;
  return [
    ...(step.action === 'aws:runShellScript' ? [] : [`${where} action ${step.action}`]),
    // Elsewhere the agent itself refuses it.
    ...(isFinally(step) && !isLast ? [`${where} finallyStep before the last step`] : []),
    ...unknownKeys(`${where} `, step, 'step'),
    ...unknownKeys(`${where} precondition `, step.precondition, 'precondition'),
    ...unknownKeys(`${where} input `, step.inputs, 'inputs'),
  ];
}

const isFinally = ({ inputs = {} }: RawStep): boolean =>
  inputs.finallyStep === true || inputs.finallyStep === 'true';

/**
 * The value of each declared parameter, defaults filled in.
 * @throws SsmError InvalidParameters, as the API answers
 */
export function bindParameters(
  document: CommandDocument,
  given: Readonly<Record<string, readonly string[]>>,
): Readonly<Record<string, string>> {
  const unknown = Object.keys(given).find((key) => !Object.hasOwn(document.parameters, key));
  if (unknown !== undefined)
    throw new SsmError('InvalidParameters', `Parameter "${unknown}" is not defined in the document`);
  return Object.fromEntries(
    Object.entries(document.parameters).map(([key, parameter]) => {
      const value =
        (Object.hasOwn(given, key) ? given[key]?.[0] : undefined) ??
        (parameter.default === undefined ? undefined : String(parameter.default));
      if (value === undefined) throw new SsmError('InvalidParameters', `Parameter "${key}" requires a value`);
      if (
        parameter.allowedPattern !== undefined &&
        !new RegExp(`^(?:${parameter.allowedPattern})$`).test(value)
      ) {
        throw new SsmError(
          'InvalidParameters',
          `Parameter "${key}" must match the pattern ${parameter.allowedPattern}`,
        );
      }
      if (parameter.allowedValues !== undefined && !parameter.allowedValues.map(String).includes(value)) {
        throw new SsmError(
          'InvalidParameters',
          `Parameter "${key}" must be one of ${parameter.allowedValues.join(', ')}`,
        );
      }
      return [key, value];
    }),
  );
}

/** The steps with every `{{parameter}}` put in, except those that travel as environment variables. */
export function planSteps(
  document: CommandDocument,
  values: Readonly<Record<string, string>>,
): readonly Step[] {
  const put = (text: string): string =>
    text.replace(/\{\{\s*([a-zA-Z0-9]+)\s*\}\}/g, (whole, key: string) => {
      if (key === 'platformType') return 'Linux';
      const isVariable = document.parameters[key]?.interpolationType === 'ENV_VAR';
      return isVariable ? `$SSM_${key}` : (values[key] ?? whole);
    });
  return document.mainSteps.map((step): Step => {
    const inputs = step.inputs ?? {};
    const seconds = Number(inputs.timeoutSeconds ?? usualStepSeconds);
    const isInRange = seconds >= stepSecondsRange.least && seconds <= stepSecondsRange.most;
    const [left = '', right = ''] = step.precondition?.StringEquals ?? [];
    const platform = (operand: string): string => (operand === 'platformType' ? 'Linux' : put(operand));
    return {
      name: step.name,
      action: step.action,
      runCommand: ((inputs.runCommand ?? []) as string[]).map(put),
      timeoutSeconds: isInRange ? seconds : usualStepSeconds,
      onFailure:
        inputs.onFailure === 'exit' || inputs.onFailure === 'successAndExit' ? inputs.onFailure : 'continue',
      onSuccess: inputs.onSuccess === 'exit' ? 'exit' : 'continue',
      finallyStep: isFinally(step),
      skipped: step.precondition !== undefined && platform(left) !== platform(right),
    };
  });
}

/** What the agent adds to the environment of every step: ENV_VAR parameters and the command's identity. */
export function stepEnvironment(
  document: CommandDocument,
  values: Readonly<Record<string, string>>,
  command: { readonly commandId: string; readonly instanceId: string; readonly region: string },
): Readonly<Record<string, string>> {
  const variables = Object.entries(values)
    .filter(([key]) => document.parameters[key]?.interpolationType === 'ENV_VAR')
    .map(([key, value]) => [`SSM_${key}`, value]);
  return {
    ...Object.fromEntries(variables),
    SSM_COMMAND_ID: command.commandId,
    AWS_SSM_INSTANCE_ID: command.instanceId,
    AWS_SSM_REGION_NAME: command.region,
  };
}
