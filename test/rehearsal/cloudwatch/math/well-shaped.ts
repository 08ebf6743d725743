/** Random expressions of metric math whose shapes fit, and random series for them. */
import fc from 'fast-check';
import type { Points } from '../../../../rehearsal/cloudwatch/buckets';
import type { Node, Operator } from '../../../../rehearsal/cloudwatch/math/ast';

/** The metrics that the expressions name. */
export const metricIds = ['m1', 'm2', 'errors'] as const;

/** Raise it to look harder. */
export const runs = 3000;
/** A run that fails can be repeated; another seed looks elsewhere. */
export { seed } from '../../../seed';

const at = 0;
const number = (value: number): Node => ({ kind: 'number', value, at });
const word = (text: string): Node => ({ kind: 'word', word: text, at });
const text = (content: string): Node => ({ kind: 'text', text: content, at });
const call = (name: string, ...args: readonly Node[]): Node => ({ kind: 'call', name, args, at });
const negate = (operand: Node): Node => ({ kind: 'negate', operand, at });

const operator = fc.constantFrom<Operator[]>(
  ...(['+', '-', '*', '/', '^', '<', '<=', '>', '>=', '==', '!=', 'AND', 'OR'] as const),
);
const aggregate = fc.constantFrom('SUM', 'AVG', 'MIN', 'MAX', 'STDDEV', 'DATAPOINT_COUNT');
const perSeries = fc.constantFrom(
  ...['ABS', 'CEIL', 'FLOOR', 'LOG', 'LOG10', 'DIFF', 'DIFF_TIME', 'RATE', 'RUNNING_SUM'],
);
const calendar = fc.constantFrom('MINUTE', 'HOUR', 'DAY', 'DATE', 'MONTH', 'YEAR', 'EPOCH');
const fillWord = fc.constantFrom('REPEAT', 'LINEAR').map(word);
const id = fc.constantFrom(...metricIds).map((name): Node => ({ kind: 'id', id: name, at }));

const binary = (left: fc.Arbitrary<Node>, right: fc.Arbitrary<Node>): fc.Arbitrary<Node> =>
  fc
    .tuple(operator, left, right)
    .map(([sign, one, other]): Node => ({ kind: 'binary', operator: sign, left: one, right: other, at }));

const calls = (name: fc.Arbitrary<string>, ...args: readonly fc.Arbitrary<Node>[]): fc.Arbitrary<Node> =>
  fc.tuple(name, fc.tuple(...args)).map(([called, nodes]) => call(called, ...nodes));

const named = (name: string, ...args: readonly fc.Arbitrary<Node>[]): fc.Arbitrary<Node> =>
  calls(fc.constant(name), ...args);

/** An expression of each shape. */
export const expressions = fc.letrec<{ scalar: Node; series: Node; list: Node }>((tie) => {
  const scalar = tie('scalar');
  const series = tie('series');
  const list = tie('list');
  const either = fc.oneof(scalar, series);
  const bounded = { maxDepth: 4, depthSize: 'small' } as const;
  return {
    scalar: fc.oneof(
      bounded,
      fc
        .oneof(
          fc.integer({ min: 0, max: 100 }),
          fc.double({ min: 0, max: 1e6, noNaN: true }).map((value) => value + 0),
        )
        .map(number),
      named('PERIOD', id),
      calls(aggregate, series),
      named('METRIC_COUNT', list),
      binary(scalar, scalar),
      scalar.map(negate),
      named('IF', scalar, scalar, scalar),
      named('ABS', scalar),
    ),
    series: fc.oneof(
      bounded,
      id,
      series.map(negate),
      binary(series, either),
      binary(scalar, series),
      calls(perSeries, series),
      calls(calendar, series),
      calls(aggregate, list),
      named('FIRST', list),
      named('LAST', list),
      named('IF', series, either),
      named('IF', series, either, either),
      named('IF', scalar, series, either),
      named('FILL', series, fc.oneof(fillWord, either)),
      named('TIME_SERIES', scalar),
    ),
    list: fc.oneof(
      bounded,
      fc.constant(call('METRICS')),
      fc.constantFrom('m', 'error', 'none').map((part) => call('METRICS', text(part))),
      fc
        .array(fc.oneof(series, list), { maxLength: 3 })
        .map((members): Node => ({ kind: 'list', members, at })),
      list.map(negate),
      binary(list, either),
      binary(either, list),
      calls(perSeries, list),
      named('FILL', list, fc.oneof(fillWord, either)),
      named('REMOVE_EMPTY', list),
      named('SLICE', list, scalar),
      named('SLICE', list, scalar, scalar),
      sorted(list, scalar),
    ),
  };
});

function sorted(list: fc.Arbitrary<Node>, limit: fc.Arbitrary<Node>): fc.Arbitrary<Node> {
  const key = fc.constantFrom('AVG', 'MIN', 'MAX', 'SUM').map(word);
  const order = fc.constantFrom('ASC', 'DESC').map(word);
  return fc.oneof(named('SORT', list, key, order), named('SORT', list, key, order, limit));
}

const point = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: -5, max: 50 }) },
  { weight: 1, arbitrary: fc.double({ min: -(2 ** 360), max: 2 ** 360, noNaN: true }) },
  { weight: 2, arbitrary: fc.constant(undefined) },
);

/** Points of each metric, as many for one as for the other. */
export const inputs: fc.Arbitrary<Readonly<Record<(typeof metricIds)[number], Points>>> = fc
  .integer({ min: 0, max: 6 })
  .chain((length) => {
    const points = fc.array(point, { minLength: length, maxLength: length });
    return fc.record({ m1: points, m2: points, errors: points });
  });
