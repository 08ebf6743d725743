/** The alarms that a command is about: of the templates named, or of the stacks of vigia.config.ts. */
import { openTemplates } from '../rehearsal/alarms/template/open-templates';
import { type AlarmTemplate, readAlarmTemplates } from '../rehearsal/alarms/template/read-alarm-templates';
import { readRehearsedTemplates } from '../rehearsal/alarms/template/rehearsed-template';
import { findAssembly } from './find-assembly';

export interface TemplateInputOptions {
  /** Template files, cloud assemblies or dumps; the stacks of vigia.config.ts when there is none. */
  readonly template: readonly string[];
  readonly stage?: string | undefined;
  /** Values of template parameters by name. */
  readonly parameters: Readonly<Record<string, string>>;
  /** What Ref and Fn::GetAtt give, by logical id and attribute. */
  readonly resources: Readonly<Record<string, string>>;
  readonly region?: string | undefined;
  readonly accountId?: string | undefined;
  /** Alarms to leave out. */
  readonly skip: readonly string[];
}

/** @throws TemplateError */
export function readTemplates(paths: readonly string[], options: TemplateInputOptions): AlarmTemplate {
  const { parameters, resources, region, accountId } = options;
  return readAlarmTemplates(openTemplates(paths), {
    parameters,
    resources,
    ...(region === undefined ? {} : { region }),
    ...(accountId === undefined ? {} : { accountId }),
  });
}

/** The stacks of vigia.config.ts, synthesised now and thrown away when `read` is done. @throws ConfigError TemplateError */
export async function withOwnStacks<T>(
  { stage }: TemplateInputOptions,
  read: (directory: string) => T,
): Promise<T> {
  const { directory, dispose } = await findAssembly({ stage });
  try {
    return read(directory);
  } finally {
    dispose();
  }
}

/**
 * The templates that the options name, or the own stacks.
 * @param isRehearsed with the ids that a recording of the rehearsal has
 */
export function readNamedTemplates(
  options: TemplateInputOptions,
  isRehearsed: boolean,
): Promise<AlarmTemplate> {
  const read = (paths: readonly string[]): AlarmTemplate => {
    const rehearsed = isRehearsed ? readRehearsedTemplates(openTemplates(paths)) : undefined;
    return rehearsed ?? readTemplates(paths, options);
  };
  if (options.template.length > 0) return Promise.resolve(options.template).then(read);
  return withOwnStacks(options, (directory) => read([directory]));
}
