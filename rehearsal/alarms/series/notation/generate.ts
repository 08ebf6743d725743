/** Series that tests write down, as data: the notation, and when and of which metric it is. */
import { identityKey } from '../../../cloudwatch/identity';
import type { MetricIdentity } from '../../../cloudwatch/types';
import { parseDuration } from '../../scenario/duration';
import type { SeriesSource } from '../../types';
import { instantExamples, parseInstant } from '../instant';
import { createSampleTable, type SampleTable } from '../sample-table';
import { SeriesError, shown } from '../series-error';
import { parseNotation } from './parse';
import { type Notation, stepsOf } from './shapes';
import { eachSample } from './values';

export interface SeriesDefinition extends MetricIdentity {
  readonly values: string | Notation;
  /** One minute when absent. */
  readonly stepMs?: number;
  /** Of the first step: a time, or how long after the start of the test, as `5m`, or before it, as `-5m`. */
  readonly start?: string;
  /** Of the noise. Taken from the metric when absent, so that two metrics do not tremble in step. */
  readonly seed?: number;
  readonly unit?: string;
  readonly storageResolutionSeconds?: 1 | 60;
  /** How often each value was measured in its step; 1 when absent. */
  readonly count?: number;
  /** How much later than its time each sample arrives. */
  readonly delayMs?: number;
}

const minuteMs = 60_000;

/** The data of one series or several. @throws SeriesError, with a caret where the notation is wrong */
export function generateSeries(
  definitions: SeriesDefinition | readonly SeriesDefinition[],
  start: number,
): SeriesSource {
  const table = createSampleTable();
  for (const definition of Array.isArray(definitions) ? definitions : [definitions])
    addSeries(definition as SeriesDefinition, start, table);
  return table.toSource();
}

/** How long the series lasts, gaps at its end included: its samples do not tell. @throws SeriesError */
export function seriesDurationMs({ values, stepMs = minuteMs }: SeriesDefinition): number {
  return stepsOf(typeof values === 'string' ? parseNotation(values) : values) * stepMs;
}

function addSeries(definition: SeriesDefinition, testStart: number, table: SampleTable): void {
  const { namespace, name, dimensions, unit, storageResolutionSeconds = 60 } = definition;
  const { values, stepMs = minuteMs, count: times = 1, delayMs = 0 } = definition;
  const column = table.column({ namespace, name, dimensions, unit, storageResolutionSeconds });
  const items = typeof values === 'string' ? parseNotation(values) : values;
  const start = startOf(definition, testStart);
  const seed = definition.seed ?? hash(identityKey(definition));
  eachSample(items, { start, stepMs }, seed, (step, value, count) => {
    const at = start + step * stepMs;
    column.add(at, value, count * times, at + delayMs);
  });
}

function startOf({ start, namespace, name }: SeriesDefinition, testStart: number): number {
  if (start === undefined) return testStart;
  const instant = parseInstant(start);
  if (instant !== undefined) return instant;
  const offsetMs = parseDuration(start.replace(/^[+-]/, ''));
  if (offsetMs !== undefined) return start.startsWith('-') ? testStart - offsetMs : testStart + offsetMs;
  throw new SeriesError(`start of ${namespace} ${name}`, {
    what: 'no moment',
    got: shown(start),
    expected: `${instantExamples}, or an offset as 5m or -1h30m`,
    action: 'correct it',
  });
}

/** A number for a text (FNV-1a), the same everywhere. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value >>> 0;
}
