/** Embedded metric format, the documented form alone: numbers and arrays of numbers, one JSON object a line. */
import { namespaces, type ServiceMetricKey, serviceMetrics } from '../../lib/catalog/metrics';

/** The format's own limit for the values of one metric in one line. */
const maxValues = 100;

/** Every metric of the service is about one service in one stage, never about one host. */
export interface Identity {
  readonly Service: string;
  readonly Stage: string;
}

export type Samples = Partial<Record<ServiceMetricKey, number | readonly number[]>>;

/** Members that are no metrics: nothing is billed for them, and Logs Insights can ask for them. */
export type Facts = Readonly<Record<string, string | number | Readonly<Record<string, number>>>>;

/**
 * As many lines as the samples need. A single number, and a fact, stands in the first line only, so that nothing is told
 * twice; an empty list is left out, and without samples there is no line.
 */
export function emfLines(
  timestamp: number,
  identity: Identity,
  samples: Samples,
  facts: Facts = {},
): string[] {
  const lines: string[] = [];
  for (let from = 0; ; from += maxValues) {
    const part = partOf(samples, from);
    if (Object.keys(part).length === 0) return lines;
    lines.push(emfLine(timestamp, identity, part, from === 0 ? facts : {}));
  }
}

function partOf(samples: Samples, from: number): Samples {
  const part: Samples = {};
  for (const key of Object.keys(samples) as ServiceMetricKey[]) {
    const value = samples[key];
    if (typeof value === 'number') {
      if (from === 0) part[key] = value;
    } else if (value !== undefined && value.length > from) {
      part[key] = value.slice(from, from + maxValues);
    }
  }
  return part;
}

function emfLine(timestamp: number, identity: Identity, samples: Samples, facts: Facts): string {
  const metrics = (Object.keys(samples) as ServiceMetricKey[]).map((key) => serviceMetrics[key]);
  const targets = metrics.map((metric) => [metric.name, samples[metric.key as ServiceMetricKey]]);
  return `${JSON.stringify({
    _aws: {
      Timestamp: timestamp,
      CloudWatchMetrics: [
        {
          Namespace: namespaces.inference,
          Dimensions: [Object.keys(identity)],
          Metrics: metrics.map(({ name, unit, resolutionSeconds }) => ({
            Name: name,
            Unit: unit,
            StorageResolution: resolutionSeconds,
          })),
        },
      ],
    },
    ...identity,
    ...Object.fromEntries(targets),
    ...facts,
  })}\n`;
}
