import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { datumProblem } from '../../../rehearsal/cloudwatch/datum';
import type { Datum } from '../../../rehearsal/cloudwatch/types';

const good: Datum = {
  namespace: 'App',
  name: 'Latency',
  dimensions: { service: 'inference' },
  storageResolutionSeconds: 60,
  at: 0,
  values: [1, 2],
  counts: [3, 0.5],
};
const set = { sampleCount: 2, sum: 5, minimum: 1, maximum: 4 };

describe('a datum', () => {
  it('is taken with values and counts, or with a statistic set', () => {
    assert.equal(datumProblem(good), undefined);
    const { counts: _, ...withoutCounts } = good;
    assert.equal(datumProblem({ ...withoutCounts, values: [], statisticValues: set }), undefined);
    const highest = 2 ** 360;
    assert.equal(datumProblem({ ...withoutCounts, values: [highest, -highest] }), undefined);
  });

  const wrong: readonly [string, Partial<Datum>, RegExp][] = [
    ['no name', { name: '' }, /^the metric has no name$/],
    ['a name of 256 characters', { name: 'x'.repeat(256) }, /name is longer than 255 characters/],
    ['a namespace that begins with a colon', { namespace: ':own' }, /^the namespace is ":own"$/],
    ['a namespace of 256 characters', { namespace: 'x'.repeat(256) }, /namespace is longer than 255/],
    [
      '31 dimensions',
      { dimensions: Object.fromEntries(Array.from({ length: 31 }, (_, index) => [`d${index}`, 'x'])) },
      /more than 30 dimensions/,
    ],
    [
      'a dimension that begins with a colon',
      { dimensions: { ':a': 'x' } },
      /^the dimension :a begins with a colon$/,
    ],
    [
      'a long dimension',
      { dimensions: { ['x'.repeat(256)]: 'x' } },
      /has a name of more than 255 characters/,
    ],
    ['a long dimension value', { dimensions: { a: 'x'.repeat(1025) } }, /has a value of more than 1024/],
    ['a blank dimension value', { dimensions: { a: ' ' } }, /expected no blank text/],
    ['a dimension value beyond ASCII', { dimensions: { a: 'Zürich' } }, /expected ASCII/],
    ['no time', { at: Number.NaN }, /^the timestamp is NaN$/],
    ['no value', { values: [], counts: [] }, /^there is no value$/],
    ['151 values', { values: Array.from({ length: 151 }, () => 1) }, /more than 150 values/],
    ['a count too few', { counts: [1] }, /^there are 2 values and 1 counts$/],
    ['a value that is no number', { values: [1, Number.NaN] }, /^the value is NaN$/],
    ['a value beyond 2^360', { values: [1, 2 ** 361] }, /^the value is 4.69/],
    ['a negative count', { counts: [1, -1] }, /^the count is -1$/],
    ['values and a statistic set', { statisticValues: set }, /^there are values and a statistic set/],
  ];
  for (const [name, change, expected] of wrong) {
    it(`is refused with ${name}`, () => {
      assert.match(datumProblem({ ...good, ...change }) ?? 'no problem', expected);
    });
  }

  it('is refused with a statistic set that no samples have', () => {
    const problems: readonly [Partial<typeof set>, string][] = [
      [{ sampleCount: 0 }, 'the sample count is 0'],
      [{ sampleCount: Number.NaN }, 'the sample count is NaN'],
      [{ sum: Number.POSITIVE_INFINITY }, 'the sum is Infinity'],
      [{ minimum: Number.NaN }, 'the minimum is NaN'],
      [{ minimum: 5 }, 'the minimum 5 is above the maximum 4'],
    ];
    for (const [change, expected] of problems) {
      const { counts: _, ...rest } = good;
      assert.equal(datumProblem({ ...rest, values: [], statisticValues: { ...set, ...change } }), expected);
    }
  });
});
