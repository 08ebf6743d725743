/** The outcome of alarm tests for programs. Times are ISO 8601; offsets are written as in the tests. */
import type { Evaluation } from '../../cloudwatch/evaluation';
import { assumptions, withDefaults } from '../../cloudwatch/settings';
import type { Coverage } from './coverage';
import { formatDuration } from './duration';
import { evaluationAt } from './evidence';
import type { Failure } from './judge';
import type { FileResult, TestResult } from './run';

/** The document that `--json` prints; keys are added in later versions and never change their meaning. */
export function resultsToJson(
  files: readonly FileResult[],
  { elapsedMs, coverage }: { readonly elapsedMs: number; readonly coverage: Coverage | undefined },
) {
  const tests = files.flatMap((file) => file.tests);
  const failed = tests.filter(({ failures }) => failures.length > 0).length;
  return {
    passed: failed === 0 && (coverage?.isComplete ?? true),
    tests: tests.length,
    failed,
    elapsedMs: Math.round(elapsedMs),
    assumptions: assumptions(withDefaults()),
    files: files.map(({ path, tests: own }) => ({
      path,
      settings: own[0]?.settings ?? {},
      tests: own.map(testToJson),
    })),
    ...(coverage === undefined
      ? {}
      : {
          coverage: {
            complete: coverage.isComplete,
            refused: Object.fromEntries(coverage.refused.map(({ name, reason }) => [name, reason])),
            alarms: Object.fromEntries(
              coverage.alarms.map(({ name, kind, has }) => [
                name,
                { kind, ...has, missingData: has.missingData ?? null },
              ]),
            ),
          },
        }),
  };
}

function testToJson(test: TestResult) {
  const { name, line, span, failures } = test;
  return {
    name,
    line,
    passed: failures.length === 0,
    start: iso(span.start),
    end: iso(span.end),
    failures: failures.map((failure) => failureToJson(failure, test)),
  };
}

function failureToJson(failure: Failure, { span, evaluations }: TestResult) {
  const { alarm, at, what, expected, got, line } = failure;
  const evaluation = alarm === undefined ? undefined : evaluationAt(evaluations, alarm, at);
  return {
    line,
    what,
    ...(alarm === undefined ? {} : { alarm }),
    at: iso(at),
    offset: formatDuration(at - span.start),
    expected,
    got,
    ...(evaluation === undefined ? {} : { evaluation: evaluationToJson(evaluation) }),
  };
}

function evaluationToJson(evaluation: Evaluation) {
  const { at, grid, points, breaching, verdict, kept, reason } = evaluation;
  return {
    at: iso(at),
    periodSeconds: grid.periodMs / 1000,
    evaluationPeriods: evaluation.evaluationPeriods,
    datapointsToAlarm: evaluation.datapointsToAlarm,
    comparison: evaluation.comparison,
    ...(evaluation.threshold === undefined ? {} : { threshold: evaluation.threshold }),
    treatMissingData: evaluation.treatMissingData,
    datapoints: points.map((value, index) => ({
      at: iso(grid.start + index * grid.periodMs),
      value: value ?? null,
      breaching: breaching[index] ?? null,
      judged: verdict.judged.includes(index),
    })),
    filled: verdict.filled,
    premature: verdict.premature,
    ...(kept === undefined ? {} : { kept }),
    reason,
  };
}

const iso = (at: number): string => new Date(at).toISOString();
