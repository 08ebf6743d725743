/** An explanation as JSON for programs: the same steps as the text, with every number. */
import { bucketStart } from '../../cloudwatch/buckets';
import type { Evaluation } from '../../cloudwatch/evaluation';
import { isoTime } from '../backtest/json';
import { because } from './because';
import type { Step } from './digest';
import { markOf, marks } from './evaluation-block';
import type { Explanation } from './run';

export function toJson(explanation: Explanation): Record<string, unknown> {
  const { alarm, playback, start, end, settings, notices } = explanation;
  return {
    alarm: alarm.name,
    kind: playback.kind,
    from: isoTime(start),
    to: isoTime(end),
    assumptions: settings,
    ...(playback.kind === 'composite'
      ? {
          moments: explanation.moments.map((moment) => ({
            ...moment,
            at: isoTime(moment.at),
            withheld: moment.withheld.map(({ state, by }) => ({ state, by })),
          })),
        }
      : { evaluations: explanation.evaluations, steps: explanation.steps.map(stepJson) }),
    notices: notices.map(({ at, text }) => ({ at: isoTime(at), text })),
  };
}

function stepJson(step: Step): Record<string, unknown> {
  if (step.kind !== 'alike') return evaluationJson(step.evaluation);
  return { alike: step.count, from: isoTime(step.from), to: isoTime(step.to) };
}

const found: Readonly<Record<string, string>> = {
  [marks.ok]: 'ok',
  [marks.breaching]: 'breaching',
  [marks.missing]: 'missing',
};

function evaluationJson(evaluation: Evaluation): Record<string, unknown> {
  const { at, from, to, grid, points, inputs, sampleCounts, verdict, kept, reason } = evaluation;
  const judged = new Set(verdict.judged);
  return {
    at: isoTime(at),
    from,
    to,
    because: because(evaluation),
    ...(from === to ? {} : { reason }),
    verdict: verdict.state,
    kept: kept ?? null,
    premature: verdict.premature,
    filled: verdict.filled,
    periodSeconds: grid.periodMs / 1000,
    datapoints: points.map((value, index) => ({
      at: isoTime(bucketStart(grid, index)),
      value: value ?? null,
      found: found[markOf(evaluation, index)],
      judged: judged.has(index),
      ...(sampleCounts === undefined ? {} : { sampleCount: sampleCounts[index] ?? 0 }),
    })),
    inputs: Object.fromEntries([...inputs].map(([id, values]) => [id, values.map((value) => value ?? null)])),
  };
}
