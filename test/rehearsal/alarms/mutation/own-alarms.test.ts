/** Whoever changes a number of one of our alarms by mistake is told by a test: each such mistake is made here, one by one. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mutate } from '../../../../rehearsal/alarms/mutation/mutants';
import { mutationRun } from '../../../../rehearsal/alarms/mutation/mutation-run';
import { prepareTest } from '../../../../rehearsal/alarms/scenario/run';
import { ownBook, ownFiles } from '../scenario/own-alarms';
import { noFiles } from '../scenario/shop';
import { expectedSurvivors } from './expected-survivors';

describe('mutants of our alarms', () => {
  const book = ownBook();
  const options = { book, readers: noFiles, keepEvaluations: false, now: () => 0 };
  const tests = ownFiles().flatMap((file) => file.tests.map((test) => prepareTest(file, test, options)));

  it('are made of every alarm', () => {
    const mutated = new Set(mutate(book.resources).map(({ alarm }) => alarm));
    assert.deepEqual(
      book.alarms.map(({ name }) => name).filter((name) => !mutated.has(name)),
      [],
    );
  });

  it('are all noticed, but for those that are listed with a reason', () => {
    const { mutants, survivors } = mutationRun(book.resources, tests);
    const ids = survivors.map(({ id }) => id);
    const listed = Object.keys(expectedSurvivors);
    assert.ok(mutants >= book.alarms.length * 5, `only ${mutants} mutants`);
    assert.deepEqual(
      ids.filter((id) => !listed.includes(id)),
      [],
      'no test notices these',
    );
    assert.deepEqual(
      listed.filter((id) => !ids.includes(id)),
      [],
      'listed as survivors, and noticed',
    );
  });
});
