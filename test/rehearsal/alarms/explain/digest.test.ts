/** What an explanation holds: never more than it shows. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BacktestError } from '../../../../rehearsal/alarms/backtest/backtest-error';
import { createDigest } from '../../../../rehearsal/alarms/explain/digest';
import { runExplain } from '../../../../rehearsal/alarms/explain/run';
import type { Evaluation } from '../../../../rehearsal/cloudwatch/evaluation';
import { rehearsalPlace } from '../../../../rehearsal/resources';
import { latency, minuteMs, minutes, shopStart, sourceOf, steady } from '../backtest/shop';

const source = sourceOf(minutes('Latency', steady(100, 10)));
const explain = (more: object) =>
  runExplain({
    resources: [latency],
    place: rehearsalPlace,
    source,
    asked: 'latencyHigh',
    all: false,
    ...more,
  });

/** Any evaluation of the alarm, to be changed. */
function someEvaluation(): Evaluation {
  const { first } = explain({});
  assert.ok(first !== undefined);
  return { ...first, from: 'OK', to: 'OK' };
}

/** Evaluations that are never like the one before; every seventh keeps its state when `special`. */
function restless(count: number, special: boolean): Evaluation[] {
  const base = someEvaluation();
  return Array.from({ length: count }, (_, index) => ({
    ...base,
    at: shopStart + index * minuteMs,
    verdict: {
      ...base.verdict,
      state: index % 2 === 0 ? 'OK' : 'ALARM',
      premature: special && index % 7 === 0,
    },
  }));
}

function shownOf(
  evaluations: readonly Evaluation[],
  all = false,
): { lines: number; alike: number; most: number } {
  const digest = createDigest(all);
  let most = 0;
  for (const evaluation of evaluations) {
    digest.add(evaluation);
    most = Math.max(most, digest.steps().filter(({ kind }) => kind === 'line').length);
  }
  const steps = digest.steps();
  const alike = steps.reduce((total, step) => total + (step.kind === 'alike' ? step.count : 0), 0);
  return { lines: steps.filter(({ kind }) => kind === 'line').length, alike, most };
}

describe('a digest', () => {
  it('shows few single lines, drops many, and holds no more on the way', () => {
    assert.deepEqual(shownOf(restless(80, false)), { lines: 80, alike: 0, most: 80 });
    assert.deepEqual(shownOf(restless(2000, false)), { lines: 0, alike: 2000, most: 80 });
  });

  it('keeps the lines that matter while they are few', () => {
    assert.deepEqual(shownOf(restless(350, true)), { lines: 50, alike: 300, most: 80 });
    assert.deepEqual(shownOf(restless(2000, true)), { lines: 0, alike: 2000, most: 80 });
  });

  it('with everything is refused where nobody could read it', () => {
    const [base = someEvaluation()] = restless(1, false);
    const digest = createDigest(true);
    for (let index = 0; index < 50_000; index++) digest.add(base);
    assert.throws(
      () => digest.add(base),
      (error) => error instanceof BacktestError && /^--all: .*narrow the range/.test(error.message),
    );
  });
});

describe('an explanation of one moment', () => {
  it('before the data is refused in words of --at', () => {
    assert.throws(
      () => explain({ at: shopStart - minuteMs }),
      /--at: there is nothing to explain so early, .*correct --at$/,
    );
  });

  it('tells of a range without a sample', () => {
    const { notices } = explain({ from: shopStart + 60 * minuteMs, to: shopStart + 90 * minuteMs });
    assert.match(notices.map(({ text }) => text).join(), /there is no sample from/);
  });
});
