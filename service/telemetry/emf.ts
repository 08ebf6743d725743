/** Embedded metric format, the documented form alone: numbers and arrays of numbers, one JSON object a line. */
import { namespaces, type ServiceMetricKey, serviceMetrics } from '../../lib/catalog/metrics';
import { valuesPerLine } from '../../lib/catalog/told-values';

/** Every metric of the service is about one service in one stage, never about one host. */
export interface Identity {
  readonly Service: string;
  readonly Stage: string;
}

/** A number, or many as they are written in JSON: whoever tells thousands of values keeps their texts. */
export type Samples = Partial<Record<ServiceMetricKey, number | readonly string[]>>;

/** Members that are no metrics: nothing is billed for them, and Logs Insights can ask for them. */
export type Facts = Readonly<Record<string, string | number | Readonly<Record<string, number>>>>;

/** Writes lines for one identity. What repeats in each line is written once and kept: there are few kinds of lines. */
export class EmfWriter {
  private readonly heads = new Map<string, string>();

  constructor(private readonly identity: Identity) {}

  /**
   * As many lines as the samples need. A single number, and a fact, stands in the first line only, so that nothing is told
   * twice; an empty list is left out, and without samples there is no line.
   */
  lines(timestamp: number, samples: Samples, facts: Facts = {}): string[] {
    const lines: string[] = [];
    const keys = Object.keys(samples) as ServiceMetricKey[];
    for (let from = 0; ; from += valuesPerLine) {
      const told: ServiceMetricKey[] = [];
      let targets = '';
      for (const key of keys) {
        const text = textOf(samples[key], from);
        if (text === undefined) continue;
        told.push(key);
        targets += `,"${serviceMetrics[key].name}":${text}`;
      }
      if (told.length === 0) return lines;
      const more = from === 0 ? membersOf(facts) : '';
      lines.push(`{"_aws":{"Timestamp":${timestamp},${this.head(told)}${targets}${more}}\n`);
    }
  }

  /** All between the timestamp and the values: the directive and the dimensions. */
  private head(keys: readonly ServiceMetricKey[]): string {
    const kind = keys.join();
    const known = this.heads.get(kind);
    if (known !== undefined) return known;
    const directive = {
      Namespace: namespaces.inference,
      Dimensions: [Object.keys(this.identity)],
      Metrics: keys.map((key) => {
        const { name, unit, resolutionSeconds } = serviceMetrics[key];
        return { Name: name, Unit: unit, StorageResolution: resolutionSeconds };
      }),
    };
    const head = `"CloudWatchMetrics":[${JSON.stringify(directive)}]}${membersOf({ ...this.identity })}`;
    this.heads.set(kind, head);
    return head;
  }
}

/** The part of a metric's values that belongs into the line that begins with the value `from`. */
function textOf(value: Samples[ServiceMetricKey], from: number): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number') return from === 0 ? String(value) : undefined;
  return value.length > from ? `[${value.slice(from, from + valuesPerLine).join()}]` : undefined;
}

/** Members to add to an object that has some. */
const membersOf = (facts: Facts): string =>
  Object.keys(facts).length === 0 ? '' : `,${JSON.stringify(facts).slice(1, -1)}`;
