/** The tests of the alarms that this project deploys: they pass, and every alarm has its cases. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { measureCoverage } from '../../../../rehearsal/alarms/scenario/coverage';
import { runFile } from '../../../../rehearsal/alarms/scenario/run';
import { ownBook, ownFiles } from './own-alarms';
import { noFiles } from './shop';

describe('the tests of our alarms', () => {
  const book = ownBook();
  const files = ownFiles();
  const results = files.map((file) =>
    runFile(file, { book, readers: noFiles, keepEvaluations: true, now: () => 0 }),
  );

  it('pass', () => {
    const failures = results.flatMap(({ path, tests }) =>
      tests.flatMap((test) =>
        test.failures.map((failure) => `${path}:${failure.line} ${failure.expected} | ${failure.got}`),
      ),
    );
    assert.deepEqual(failures, []);
  });

  it('cover every alarm', () => {
    const { alarms } = measureCoverage(book, results);
    assert.ok(alarms.length > 0);
    assert.deepEqual(
      alarms.filter(({ isComplete }) => !isComplete).map(({ name, has }) => ({ name, ...has })),
      [],
    );
  });

  it('are one file an alarm, named after it', () => {
    const named = files.map(({ path }) => path.replace(/^.*\/|\.yaml$/g, '')).sort();
    const alarms = book.alarms.map(({ name }) => name.replace('fraud-scorer-dev-', '')).sort();
    assert.deepEqual(named, alarms);
  });
});
