/** Why an alarm sees nothing although its metric seems to be there: AWS says nothing in these cases, a rehearsal must. */
import { describeMetric } from './identity';
import type { CompiledQuery, MetricQuery } from './queries';
import type { MetricStore } from './store';

/** One sentence for each metric of the alarm that data comes near to and never reaches. */
export function misfits(queries: readonly CompiledQuery[], store: MetricStore): string[] {
  return queries.flatMap((query) => {
    const misfit = query.kind === 'metric' ? misfitOf(query, store) : undefined;
    return misfit === undefined ? [] : [misfit];
  });
}

function misfitOf(query: MetricQuery, store: MetricStore): string | undefined {
  const watched = describeMetric(query.metric);
  const slots = store.range(query.key, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  if (slots.length === 0) {
    const { namespace, name } = query.metric;
    const [near] = store.list({ namespace, name });
    if (near === undefined) return undefined;
    return `no data has exactly the dimensions of ${watched}; there is ${describeMetric(near)}`;
  }
  const inUnit = query.unit === undefined ? slots : slots.filter((slot) => slot.unit === query.unit);
  if (inUnit.length === 0) {
    const units = [...new Set(slots.map((slot) => slot.unit))].join(', ');
    return `${watched} is watched in ${query.unit} and published in ${units}; CloudWatch converts no units`;
  }
  if (query.periodSeconds >= 60 || inUnit.some((slot) => slot.highResolution)) return undefined;
  return `${watched} is watched in periods of ${query.periodSeconds} s and stored at 60 s resolution`;
}
