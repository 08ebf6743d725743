/** The values that a template asks of its user: given, or by default, in the type that the template wants. */
import type { Template } from '../../assembly';
import { excerpt } from '../../excerpt';
import { TemplateError } from './template-error';

interface Parameter {
  readonly Type?: unknown;
  readonly Default?: unknown;
  readonly AllowedValues?: unknown;
}

/**
 * The value of a declared parameter; undefined when the template has no default and none was given. The default of a
 * Systems Manager parameter is the key under which AWS would look, not a value.
 * @throws TemplateError when the template does not allow the value
 */
export function parameterValue(
  template: Template,
  name: string,
  given: Readonly<Record<string, string>>,
): unknown {
  const declared: Parameter = template.parameters[name] ?? {};
  const type = String(declared.Type ?? 'String');
  const isGiven = Object.hasOwn(given, name);
  const value = isGiven ? given[name] : isStored(type) ? undefined : declared.Default;
  if (value === undefined) return undefined;
  const { AllowedValues } = declared;
  if (isGiven && Array.isArray(AllowedValues) && !AllowedValues.map(String).includes(String(value))) {
    throw new TemplateError(
      `parameter ${name}: the template does not allow the value, got '${excerpt(String(value))}', expected one of ${AllowedValues.join(', ')}; correct --parameter ${name}`,
    );
  }
  return isList(type) ? toList(value) : value;
}

const isStored = (type: string): boolean => type.startsWith('AWS::SSM::Parameter::Value');

const isList = (type: string): boolean => /(^|<)(CommaDelimitedList|List<)/.test(type);

function toList(value: unknown): unknown {
  return Array.isArray(value)
    ? value
    : String(value)
        .split(',')
        .map((item) => item.trim());
}

/** The one message about all parameters that have no value; `askers` are the resources that need them. */
export function missingParameters(askers: ReadonlyMap<string, ReadonlySet<string>>): TemplateError {
  const names = [...askers].map(([name, by]) => {
    const [first = '', ...others] = by;
    return `${name} (for ${first}${others.length > 0 ? ` and ${others.length} more` : ''})`;
  });
  const options = [...askers.keys()].map((name) => `--parameter ${name}=VALUE`);
  return new TemplateError(
    `parameters: the template has no default for them, got no value for ${names.join(', ')}, expected one each; add ${options.join(' ')}`,
  );
}
