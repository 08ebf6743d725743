/** Which expressions make each point of the inputs at that timestamp alone: only their points can be kept from one evaluation to the next. */
import type { Node } from './ast';
import { shapeOf } from './evaluate';
import type { Shape } from './values';

const pointwiseFunctions: ReadonlySet<string> = new Set([
  'ABS',
  'CEIL',
  'FLOOR',
  'LOG',
  'LOG10',
  'IF',
  // With REPEAT or LINEAR it looks beside; those are words, which are never pointwise.
  'FILL',
  'METRICS',
  'METRIC_COUNT',
  'PERIOD',
  'TIME_SERIES',
  // Their places are numbers; one that hangs on the whole range is not pointwise itself.
  'FIRST',
  'LAST',
  'SLICE',
  'MINUTE',
  'HOUR',
  'DAY',
  'DATE',
  'MONTH',
  'YEAR',
  'EPOCH',
]);

/** Over a list they work from timestamp to timestamp; over one series they make one number of the whole range. */
const pointwiseOverLists: ReadonlySet<string> = new Set([
  'SUM',
  'AVG',
  'MIN',
  'MAX',
  'STDDEV',
  'DATAPOINT_COUNT',
]);

/** Does no point of the result depend on what is at other timestamps? An expression that has not been thought of says no. */
export function isPointwise(node: Node, shapeOfId: (id: string) => Shape | undefined): boolean {
  switch (node.kind) {
    case 'number':
    case 'text':
    case 'id':
      return true;
    case 'word':
      return false;
    case 'list':
      return node.members.every((member) => isPointwise(member, shapeOfId));
    case 'negate':
      return isPointwise(node.operand, shapeOfId);
    case 'binary':
      return isPointwise(node.left, shapeOfId) && isPointwise(node.right, shapeOfId);
    case 'call': {
      if (!node.args.every((arg) => isPointwise(arg, shapeOfId))) return false;
      if (pointwiseFunctions.has(node.name)) return true;
      const [first] = node.args;
      if (first === undefined || !pointwiseOverLists.has(node.name)) return false;
      return shapeOf(first, shapeOfId) === 'list';
    }
  }
}
