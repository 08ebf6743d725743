/** Turns the body of a prediction request into rows for the model, or into the list of what is wrong with it. */
import { encode, kindOf, type Row, wanted, wrongWith } from '../inference/features';
import { blankRow, type Model } from '../inference/model';
import { maxErrors, pointerTo } from './field-errors';
import type { FieldError } from './problems';

/** A batch of this size takes the model about two milliseconds; a longer one would hold up everyone else. */
export const maxInstances = 256;

export type Parsed =
  | { readonly rows: readonly Row[]; readonly errors?: never }
  | { readonly errors: readonly FieldError[]; readonly rows?: never };

/** Checks `{ "instances": [ { feature: value, … } ] }` against the model's own features. */
export function parseInstances(body: unknown, model: Pick<Model, 'metadata' | 'rowBits'>): Parsed {
  if (!isObject(body)) {
    return refused('#', `is not an object, got ${kindOf(body)}, expected { "instances": [ … ] }`);
  }
  for (const member in body) {
    if (member !== 'instances') return refused(pointerTo(member), 'is unknown, expected "instances" alone');
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
  const rows: Row[] = [];
  const errors: FieldError[] = [];
  for (let index = 0; index < instances.length && errors.length < maxErrors; index += 1) {
    rows.push(
      rowOf(instances[index], model, (member, detail) => {
        errors.push({ pointer: pointerTo('instances', index, ...member), detail });
      }),
    );
  }
  return errors.length === 0 ? { rows } : { errors: errors.slice(0, maxErrors) };
}

type Complain = (member: readonly string[], detail: string) => void;

function rowOf(instance: unknown, model: Pick<Model, 'metadata' | 'rowBits'>, complain: Complain): Row {
  const { features } = model.metadata;
  const row = blankRow(model);
  if (!isObject(instance)) {
    complain([], `is not an object, got ${kindOf(instance)}, expected one value for each feature`);
    return row;
  }
  let taken = 0;
  for (let index = 0; index < features.length; index += 1) {
    const known = features[index];
    if (known === undefined) break;
    const value = encode(instance[known.name], known);
    if (value !== undefined) {
      row[index] = value;
      taken += 1;
    } else if (Object.hasOwn(instance, known.name)) {
      complain([known.name], wrongWith(instance[known.name], known));
      taken += 1;
    } else {
      complain([known.name], `is missing, expected ${wanted(known)}`);
    }
  }
  // Only a surplus is worth the search: as many names as features were found leaves no room for a stranger.
  if (countOf(instance) > taken) complainOfStrangers(instance, model.metadata, complain);
  return row;
}

function complainOfStrangers(
  instance: Readonly<Record<string, unknown>>,
  { features, name }: Model['metadata'],
  complain: Complain,
): void {
  const known = new Set(features.map((feature) => feature.name));
  let strangers = 0;
  for (const member in instance) {
    if (known.has(member)) continue;
    complain([member], `is unknown, expected only the features of model ${name}`);
    strangers += 1;
    if (strangers === maxErrors) return;
  }
}

/** What was parsed from JSON has its own members alone, so that none has to be asked whose it is. */
function countOf(instance: Readonly<Record<string, unknown>>): number {
  let count = 0;
  for (const _ in instance) count += 1;
  return count;
}

const refused = (at: string, detail: string): Parsed => ({ errors: [{ pointer: at, detail }] });

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
