/** Thousands of evaluations down to those that a person must see: a fold that keeps the first of each run of like ones. */
import type { Evaluation } from '../../cloudwatch/evaluation';
import { BacktestError } from '../backtest/backtest-error';

export type Step =
  /** Shown with everything: the state changed, or the person asked for this one. */
  | { readonly kind: 'full'; readonly evaluation: Evaluation }
  /** Shown in one line: something else is new about it. */
  | { readonly kind: 'line'; readonly evaluation: Evaluation }
  | { readonly kind: 'alike'; readonly count: number; readonly from: number; readonly to: number };

export interface Digest {
  /** @throws BacktestError where more would have to be shown than anybody can read */
  add(evaluation: Evaluation): void;
  steps(): readonly Step[];
}

/** More single lines than these are noise: a restless series touches its threshold all the time. */
const mostLines = 80;
/** What a program still reads in seconds: about 100 MB as JSON. A month of minutes is less. */
const mostShown = { evaluations: 50_000, datapoints: 500_000 } as const;

/**
 * Keeps one evaluation of each run; `all` keeps every one. Otherwise single lines are dropped where there are too many; a
 * kept state and a premature alarm stay, as long as they are few. What is not shown is not held.
 */
export function createDigest(all: boolean): Digest {
  let steps: Step[] = [];
  let last = '';
  const counts = { lines: 0, specials: 0, evaluations: 0, datapoints: 0 };
  const keepsLine = (evaluation: Evaluation): boolean =>
    all || counts.lines <= mostLines || (isSpecial(evaluation) && counts.specials <= mostLines);
  const show = (step: Step & { readonly kind: 'full' | 'line' }): void => {
    steps.push(step);
    counts.evaluations += 1;
    counts.datapoints += step.evaluation.points.length;
    if (counts.evaluations > mostShown.evaluations || counts.datapoints > mostShown.datapoints)
      throw tooMany(all, step.evaluation.at);
  };
  const addLine = (evaluation: Evaluation): void => {
    counts.lines += 1;
    if (isSpecial(evaluation)) counts.specials += 1;
    // The first line too many takes those before it along, and so does the first special one too many.
    if (counts.lines === mostLines + 1 || counts.specials === mostLines + 1) {
      if (!all) steps = condensed(steps, ({ evaluation: each }) => keepsLine(each));
    }
    if (keepsLine(evaluation)) show({ kind: 'line', evaluation });
    else addAlike(steps, 1, evaluation.at, evaluation.at);
  };
  return {
    steps: () => steps,
    add: (evaluation) => {
      const key = likeness(evaluation);
      if (evaluation.from !== evaluation.to) show({ kind: 'full', evaluation });
      else if (all || key !== last) addLine(evaluation);
      else addAlike(steps, 1, evaluation.at, evaluation.at);
      last = key;
    },
  };
}

function tooMany(all: boolean, at: number): BacktestError {
  const { evaluations, datapoints } = mostShown;
  const expected = `at most ${evaluations} with at most ${datapoints} datapoints`;
  return new BacktestError(
    `${all ? '--all' : 'range'}: there are more evaluations than can be listed, got too many up to ${new Date(at).toISOString()}, expected ${expected}; narrow the range with --from and --to, or ask for one with --at`,
  );
}

function isSpecial({ kept, verdict }: Evaluation): boolean {
  return kept !== undefined || verdict.premature;
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

/** The steps with the lines that are not kept among those that are alike. */
function condensed(
  steps: readonly Step[],
  keeps: (line: Step & { readonly kind: 'line' }) => boolean,
): Step[] {
  const kept: Step[] = [];
  for (const step of steps) {
    if (step.kind === 'line' && !keeps(step)) addAlike(kept, 1, step.evaluation.at, step.evaluation.at);
    else if (step.kind === 'alike') addAlike(kept, step.count, step.from, step.to);
    else kept.push(step);
  }
  return kept;
}
