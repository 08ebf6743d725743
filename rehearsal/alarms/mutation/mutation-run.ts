/** Runs the tests of the alarms against each mutant: which mistakes would nobody notice? */
import type { Resource } from '../../resources';
import { failuresOf, type PreparedTest } from '../scenario/run';
import { type Mutant, mutate } from './mutants';

export interface MutationResult {
  readonly mutants: number;
  /** The mutants that every test lets pass. */
  readonly survivors: readonly Mutant[];
}

/** The tests must pass without a mutant: else a failure proves nothing. */
export class MutationError extends Error {}

/**
 * Each mutant is played with the tests that its alarm has a part in, until one fails.
 * @throws MutationError when a test fails without any mutant
 */
export function mutationRun(resources: readonly Resource[], tests: readonly PreparedTest[]): MutationResult {
  const failing = tests.filter((prepared) => hasFailed(prepared));
  if (failing.length > 0) {
    const names = failing.map(({ test }) => `'${test.name}'`).join(', ');
    throw new MutationError(`mutation: tests fail as it is, got ${names}, expected none; repair them first`);
  }
  const mutants = mutate(resources);
  const survivors = mutants.filter(
    (mutant) => !testsOf(mutant, tests).some((prepared) => hasFailed(withMutant(prepared, mutant))),
  );
  return { mutants: mutants.length, survivors };
}

/** Those that name the alarm itself come first: they are the likeliest to notice. */
function testsOf({ alarm, resource }: Mutant, tests: readonly PreparedTest[]): PreparedTest[] {
  const touching = tests.filter(({ playOptions }) =>
    playOptions.resources.some((each) => isSame(each, resource)),
  );
  const namesIt = ({ expectations }: PreparedTest): boolean =>
    expectations.some(({ claims }) => claims.some(({ entry }) => entry.name === alarm));
  return [...touching.filter(namesIt), ...touching.filter((prepared) => !namesIt(prepared))];
}

function withMutant(prepared: PreparedTest, { resource }: Mutant): PreparedTest {
  const { playOptions } = prepared;
  const resources = playOptions.resources.map((each) => (isSame(each, resource) ? resource : each));
  return { ...prepared, playOptions: { ...playOptions, resources } };
}

function isSame(left: Mutant['resource'], right: Mutant['resource']): boolean {
  return left.stack === right.stack && left.logicalId === right.logicalId && left.type === right.type;
}

function hasFailed(prepared: PreparedTest): boolean {
  return failuresOf(prepared).length > 0;
}
