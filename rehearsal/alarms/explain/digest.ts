/** Thousands of evaluations down to those that a person must see: a fold that keeps the first of each run of like ones. */
import type { Evaluation } from '../../cloudwatch/evaluation';

export type Step =
  /** Shown with everything: the state changed, or the person asked for this one. */
  | { readonly kind: 'full'; readonly evaluation: Evaluation }
  /** Shown in one line: something else is new about it. */
  | { readonly kind: 'line'; readonly evaluation: Evaluation }
  | { readonly kind: 'alike'; readonly count: number; readonly from: number; readonly to: number };

export interface Digest {
  add(evaluation: Evaluation): void;
  readonly steps: readonly Step[];
}

/** Keeps one evaluation of each run; `all` keeps every one. */
export function createDigest(all: boolean): Digest {
  const steps: Step[] = [];
  let last = '';
  return {
    steps,
    add: (evaluation) => {
      const key = likeness(evaluation);
      if (evaluation.from !== evaluation.to) steps.push({ kind: 'full', evaluation });
      else if (all || key !== last) steps.push({ kind: 'line', evaluation });
      else addAlike(steps, 1, evaluation.at, evaluation.at);
      last = key;
    },
  };
}

/** Evaluations of one key tell the same story: state, why it was kept, how much breaches, how much is missing. */
function likeness({ to, kept, verdict, breaching, datapointsToAlarm }: Evaluation): string {
  const breaches = verdict.judged.filter((index) => breaching[index] === true).length;
  const degree = breaches === 0 ? 'none' : breaches < datapointsToAlarm ? 'some' : 'enough';
  const missing = verdict.judged.length === 0 ? 'all' : verdict.filled > 0 ? 'some' : 'none';
  return [to, kept, verdict.state, verdict.premature, degree, missing].join();
}

function addAlike(steps: Step[], count: number, from: number, to: number): void {
  const before = steps.at(-1);
  if (before?.kind === 'alike') {
    steps[steps.length - 1] = { ...before, count: before.count + count, to };
  } else steps.push({ kind: 'alike', count, from, to });
}

/** More single lines than these are noise: a restless series touches its threshold all the time. */
const mostLines = 80;

/** Drops the single lines where there are too many; a kept state and a premature alarm stay, as long as they are few. */
export function condense(steps: readonly Step[]): Step[] {
  const lines = steps.filter(({ kind }) => kind === 'line');
  if (lines.length <= mostLines) return [...steps];
  const isSpecial = (step: Step): boolean =>
    step.kind === 'line' && (step.evaluation.kept !== undefined || step.evaluation.verdict.premature);
  const keepsSpecial = lines.filter(isSpecial).length <= mostLines;
  const condensed: Step[] = [];
  for (const step of steps) {
    if (step.kind === 'line' && !(keepsSpecial && isSpecial(step)))
      addAlike(condensed, 1, step.evaluation.at, step.evaluation.at);
    else if (step.kind === 'alike') addAlike(condensed, step.count, step.from, step.to);
    else condensed.push(step);
  }
  return condensed;
}
