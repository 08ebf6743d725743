/** Metric math's operators, with its rules for points that are missing. */
import type { Points } from '../buckets';
import type { EvaluationSettings } from '../settings';
import type { Operator } from './ast';
import { finite, type Scalar, type SeriesList, scalar, series, type TimeSeries } from './values';

type Operand = Scalar | TimeSeries | SeriesList;

/** A false comparison is 0, a true one 1; a division by zero drops the point. */
function apply(operator: Operator, left: number, right: number): number | undefined {
  switch (operator) {
    case '+':
      return finite(left + right);
    case '-':
      return finite(left - right);
    case '*':
      return finite(left * right);
    case '/':
      return finite(left / right);
    case '^':
      return finite(left ** right);
    case '<':
      return Number(left < right);
    case '<=':
      return Number(left <= right);
    case '>':
      return Number(left > right);
    case '>=':
      return Number(left >= right);
    case '==':
      return Number(left === right);
    case '!=':
      return Number(left !== right);
    case 'AND':
      return Number(left !== 0 && right !== 0);
    case 'OR':
      return Number(left !== 0 || right !== 0);
  }
}

/** `left operator right`; the shapes have been checked, so that at most one side is a list. */
export function combine(
  operator: Operator,
  left: Operand,
  right: Operand,
  settings: EvaluationSettings,
): Operand {
  if (left.kind === 'list') {
    return {
      kind: 'list',
      members: left.members.map((member) => combineSeries(operator, member, right, settings)),
    };
  }
  if (right.kind === 'list') {
    return {
      kind: 'list',
      members: right.members.map((member) => combineSeries(operator, left, member, settings)),
    };
  }
  if (left.kind === 'scalar' && right.kind === 'scalar') {
    if (left.value === undefined || right.value === undefined) return scalar(undefined);
    return scalar(apply(operator, left.value, right.value));
  }
  return combineSeries(operator, left, right, settings);
}

function combineSeries(
  operator: Operator,
  left: Operand,
  right: Operand,
  settings: EvaluationSettings,
): TimeSeries {
  const label = left.kind === 'series' ? left.label : right.kind === 'series' ? right.label : undefined;
  const length = Math.max(lengthOf(left), lengthOf(right));
  const points: Points = Array.from({ length }, (_, index) => {
    const pair = pairAt(left, right, index, settings);
    return pair === undefined ? undefined : apply(operator, pair[0], pair[1]);
  });
  return series(points, label);
}

/** The two numbers of one timestamp: between two series the missing one counts as 0. */
function pairAt(
  left: Operand,
  right: Operand,
  index: number,
  settings: EvaluationSettings,
): readonly [number, number] | undefined {
  const one = valueAt(left, index);
  const other = valueAt(right, index);
  if (one !== undefined && other !== undefined) return [one, other];
  if (left.kind !== 'series' || right.kind !== 'series') return undefined;
  if (one === undefined && other === undefined && settings.bothSidesMissing === 'missing') return undefined;
  return [one ?? 0, other ?? 0];
}

function lengthOf(value: Operand): number {
  return value.kind === 'series' ? value.points.length : 0;
}

function valueAt(value: Operand, index: number): number | undefined {
  if (value.kind === 'scalar') return value.value;
  return value.kind === 'series' ? value.points[index] : undefined;
}

/** `IF`: a missing condition gives no point; a missing true branch gives 0; without a false branch false drops the point. */
export function choose(
  condition: Scalar | TimeSeries,
  whenTrue: Scalar | TimeSeries,
  whenFalse: Scalar | TimeSeries | undefined,
  context: { readonly length: number; readonly settings: EvaluationSettings },
): Scalar | TimeSeries {
  if (condition.kind === 'scalar') {
    const taken = condition.value === undefined ? undefined : condition.value === 0 ? whenFalse : whenTrue;
    if (taken?.kind === 'series') return taken;
    const alone = whenTrue.kind === 'scalar' && whenFalse?.kind !== 'series';
    return alone ? scalar(taken?.value) : series(Array.from({ length: context.length }, () => taken?.value));
  }
  // Both vintages of the documentation drop the point when the other branch is a number; they differ on two series.
  const zeroWhenFalse = whenTrue.kind === 'series' && context.settings.missingFalseBranch === 'zero';
  const points = condition.points.map((truth, index) => {
    if (truth === undefined) return undefined;
    if (truth !== 0) return valueAt(whenTrue, index) ?? (whenTrue.kind === 'series' ? 0 : undefined);
    if (whenFalse === undefined) return undefined;
    return valueAt(whenFalse, index) ?? (whenFalse.kind === 'series' && zeroWhenFalse ? 0 : undefined);
  });
  return series(points, condition.label);
}
