/** Turns the body of a prediction request into rows for the model, or into the list of what is wrong with it. */
import type { Feature, ModelMetadata } from '../inference/metadata';
import type { FieldError } from './problems';

/** A batch of this size takes the model about two milliseconds; a longer one would hold up everyone else. */
export const maxInstances = 256;

/** More errors than a person reads at once; the first ones nearly always explain the rest. */
const maxErrors = 20;

export type Parsed =
  | { readonly rows: readonly Float32Array[]; readonly errors?: never }
  | { readonly errors: readonly FieldError[]; readonly rows?: never };

/** Checks `{ "instances": [ { feature: number, … } ] }` against the model's own features. */
export function parseInstances(body: unknown, metadata: ModelMetadata): Parsed {
  if (!isObject(body)) {
    return refused('#', `is not an object, got ${kindOf(body)}, expected { "instances": [ … ] }`);
  }
  for (const member of Object.keys(body)) {
    if (member !== 'instances') return refused(pointer(member), 'is unknown, expected "instances" alone');
  }
  const { instances } = body;
  if (!Array.isArray(instances)) {
    return refused('#/instances', `is not an array, got ${kindOf(instances)}, expected an array of objects`);
  }
  if (instances.length === 0 || instances.length > maxInstances) {
    return refused(
      '#/instances',
      `has the wrong length, got ${instances.length}, expected 1 to ${maxInstances}; send more in several requests`,
    );
  }
  const errors: FieldError[] = [];
  const rows = instances.map((instance: unknown, index) =>
    rowOf(instance, metadata, (member, detail) => {
      errors.push({ pointer: pointer('instances', index, ...member), detail });
    }),
  );
  return errors.length === 0 ? { rows } : { errors: errors.slice(0, maxErrors) };
}

type Complain = (member: readonly string[], detail: string) => void;

function rowOf(instance: unknown, { features, name }: ModelMetadata, complain: Complain): Float32Array {
  const row = new Float32Array(features.length);
  if (!isObject(instance)) {
    complain([], `is not an object, got ${kindOf(instance)}, expected one number for each feature`);
    return row;
  }
  let missing = 0;
  for (const [index, feature] of features.entries()) {
    if (Object.hasOwn(instance, feature.name)) {
      const value = instance[feature.name];
      const wrong = wrongWith(value, feature);
      if (wrong === undefined) row[index] = value as number;
      else complain([feature.name], wrong);
    } else {
      missing += 1;
      complain([feature.name], `is missing, expected ${wanted(feature)}`);
    }
  }
  const given = Object.keys(instance);
  // Only a surplus is worth the search: as many names as features, none missing, leaves no room for a stranger.
  if (given.length > features.length - missing) {
    const known = new Set(features.map((feature) => feature.name));
    for (const member of given) {
      if (!known.has(member)) complain([member], `is unknown, expected only the features of model ${name}`);
    }
  }
  return row;
}

function wrongWith(value: unknown, feature: Feature): string | undefined {
  if (typeof value !== 'number') return `is not a number, got ${kindOf(value)}, expected ${wanted(feature)}`;
  // JSON has no NaN, but 1e999 is legal text for Infinity.
  if (!Number.isFinite(value)) return `is not finite, expected ${wanted(feature)}`;
  if (feature.type === 'integer' && !Number.isInteger(value)) {
    return `is not whole, got ${value}, expected ${wanted(feature)}`;
  }
  if (value < feature.min || value > feature.max)
    return `is out of range, got ${value}, expected ${wanted(feature)}`;
  return undefined;
}

const wanted = ({ type, min, max }: Feature): string =>
  `${type === 'integer' ? 'an integer' : 'a number'} from ${min} to ${max}`;

const refused = (at: string, detail: string): Parsed => ({ errors: [{ pointer: at, detail }] });

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const kindOf = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : typeof value;
};

/** A JSON pointer as a URI fragment; `~` and `/` have to be escaped in it. */
const pointer = (...path: readonly (string | number)[]): string =>
  ['#', ...path.map((part) => String(part).replaceAll('~', '~0').replaceAll('/', '~1'))].join('/');
