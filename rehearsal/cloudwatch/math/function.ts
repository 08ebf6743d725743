/** What a function of metric math is: shapes in, shape out, and what it computes. */
import type { Grid } from '../buckets';
import type { EvaluationSettings } from '../settings';
import type { Node } from './ast';
import type { Shape, TimeSeries, Value } from './values';

export interface MathContext {
  readonly grid: Grid;
  readonly settings: EvaluationSettings;
  /** The metrics of the request by id; expressions are no part of it. */
  readonly metrics: readonly { readonly id: string; readonly value: TimeSeries }[];
}

export interface MathFunction {
  /** How AWS writes its arguments. */
  readonly usage: string;
  /** The result hinges on the order of its first argument, a list. */
  readonly isOrdered?: boolean;
  /** The shape of the result, or undefined when the arguments do not fit. `nodes` are the arguments as written. */
  shape(args: readonly Shape[], nodes: readonly Node[]): Shape | undefined;
  /** The arguments have the shapes that were checked. */
  run(args: readonly Value[], context: MathContext): Value;
}

/** Is the argument there, in one of the shapes? */
export function isOneOf(shape: Shape | undefined, ...allowed: Shape[]): boolean {
  return shape !== undefined && allowed.includes(shape);
}

/** Is the argument one of these words? */
export function isWord(node: Node | undefined, allowed: readonly string[]): boolean {
  return node?.kind === 'word' && allowed.includes(node.word);
}
