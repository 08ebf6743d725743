/** The model is there and knows the answer to its probe. */
import { probe } from '../../inference/model';
import type { Lifecycle } from '../../lifecycle';
import { type Check, insideFreshMs, insideLimitMs } from '../check';

/** Always critical: a host whose model does not answer has nothing to offer. */
export function modelCheck(lifecycle: Pick<Lifecycle, 'model'>, limitMs = insideLimitMs): Check {
  return {
    name: 'model',
    kind: 'model',
    critical: true,
    limitMs,
    freshMs: insideFreshMs,
    async run() {
      if (lifecycle.model === undefined) throw new Error('no model is loaded');
      await probe(lifecycle.model);
      return undefined;
    },
  };
}
