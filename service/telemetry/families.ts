/** What `/metrics` shows, by name: Prometheus counts in base units, so milliseconds become seconds here. */
import type { AppendFileState } from '../append-file';
import type { TracesState } from '../tracing/traces';
import type { Exemplar } from './exemplars';
import type { Bucket, Family, Labels } from './exposition';
import type { Histogram, Totals } from './totals';

/** What only the process itself knows. */
export interface ProcessFigures {
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  /** Since the epoch. */
  readonly startedAtSeconds: number;
  readonly lagMaxMs: number;
}

export interface ExposedFile {
  readonly file: 'metrics' | 'log';
  readonly state: AppendFileState;
}

export interface Exposed {
  /** Which service, stage, model and runtime it is. */
  readonly build: Labels;
  /** Undefined until the model is loaded. */
  readonly totals: Totals | undefined;
  readonly exemplars: readonly (Exemplar | undefined)[];
  readonly files: readonly ExposedFile[];
  /** Undefined where nothing is traced. */
  readonly spans: TracesState | undefined;
  readonly process: ProcessFigures;
  /** What other parts of the service know of the model. */
  readonly more?: readonly Family[];
}

/** All families, in the order in which a person would read them. */
export function familiesOf({
  build,
  totals,
  exemplars,
  files,
  spans,
  process,
  more = [],
}: Exposed): readonly Family[] {
  return [
    {
      name: 'vigia_build',
      type: 'info',
      help: 'What is running: service, stage, model and runtime.',
      samples: [{ labels: build, value: 1 }],
    },
    ...(totals === undefined ? [] : predictionFamilies(totals, exemplars)),
    ...more,
    ...fileFamilies(files),
    ...(spans === undefined ? [] : [spanFamily(spans)]),
    ...processFamilies(process),
  ];
}

function predictionFamilies(
  { answered, failed, lowConfidence, degraded, classes, latency, confidence }: Totals,
  exemplars: readonly (Exemplar | undefined)[],
): readonly Family[] {
  return [
    {
      name: 'vigia_predictions',
      type: 'counter',
      help: 'Predictions asked for, by outcome.',
      samples: [
        { labels: { outcome: 'answered' }, value: answered },
        { labels: { outcome: 'failed' }, value: failed },
      ],
    },
    {
      name: 'vigia_answers',
      type: 'counter',
      help: 'Answered predictions by predicted class.',
      samples: Object.entries(classes).map(([name, value]) => ({ labels: { class: name }, value })),
    },
    counter(
      'vigia_low_confidence_predictions',
      'Answers whose confidence is below the configured floor.',
      lowConfidence,
    ),
    counter(
      'vigia_degraded_predictions',
      'Answers from a cache or a fallback instead of the model.',
      degraded,
    ),
    {
      name: 'vigia_prediction_latency_seconds',
      type: 'histogram',
      unit: 'seconds',
      help: 'Time from a whole request to its answer, for each prediction.',
      buckets: bucketsOf(latency, 1000).map((bucket, index) => withExemplar(bucket, exemplars[index])),
      sum: latency.sum / 1000,
    },
    {
      name: 'vigia_prediction_confidence_ratio',
      type: 'histogram',
      unit: 'ratio',
      help: 'Probability of the predicted class, 0 to 1.',
      buckets: bucketsOf(confidence, 1),
      sum: confidence.sum,
    },
  ];
}

function bucketsOf({ bounds, cumulative, count }: Histogram, perBaseUnit: number): Bucket[] {
  const finite = bounds.map((bound, index) => ({
    bound: bound / perBaseUnit,
    count: cumulative[index] ?? 0,
  }));
  return [...finite, { bound: Number.POSITIVE_INFINITY, count }];
}

function withExemplar(bucket: Bucket, exemplar: Exemplar | undefined): Bucket {
  if (exemplar === undefined) return bucket;
  const { traceId, value, at } = exemplar;
  return {
    ...bucket,
    exemplar: { labels: { trace_id: traceId }, value: value / 1000, atSeconds: at / 1000 },
  };
}

function fileFamilies(files: readonly ExposedFile[]): readonly Family[] {
  const samples = (of: (state: AppendFileState) => number) =>
    files.map(({ file, state }) => ({ labels: { file }, value: of(state) }));
  return [
    {
      name: 'vigia_telemetry_lost_lines',
      type: 'counter',
      help: 'Lines that were dropped because their file could not be written and the buffer was full.',
      samples: samples(({ lostLines }) => lostLines),
    },
    {
      name: 'vigia_telemetry_write_failures',
      type: 'counter',
      help: 'Attempts to write that failed; what was to be written is tried again.',
      samples: samples(({ failures }) => failures),
    },
    {
      name: 'vigia_telemetry_waiting_bytes',
      type: 'gauge',
      unit: 'bytes',
      help: 'Bytes that wait in memory for their file.',
      samples: samples(({ waitingBytes }) => waitingBytes),
    },
  ];
}

function spanFamily({ exportedSpans, lostSpans }: TracesState): Family {
  return {
    name: 'vigia_trace_spans',
    type: 'counter',
    help: 'Spans of traces by what became of them: sent, or dropped because nobody took them.',
    samples: [
      { labels: { outcome: 'sent' }, value: exportedSpans },
      { labels: { outcome: 'lost' }, value: lostSpans },
    ],
  };
}

function processFamilies(process: ProcessFigures): readonly Family[] {
  return [
    {
      ...gauge(
        'vigia_event_loop_lag_max_seconds',
        'Longest time that the event loop came late, in this minute and the one before.',
        process.lagMaxMs / 1000,
      ),
      unit: 'seconds',
    },
    {
      ...counter('process_cpu_seconds', 'Processor time used, in user and system mode.', process.cpuSeconds),
      unit: 'seconds',
    },
    {
      ...gauge('process_resident_memory_bytes', 'Resident memory.', process.residentBytes),
      unit: 'bytes',
    },
    {
      ...gauge(
        'process_start_time_seconds',
        'When the process began, since the epoch.',
        process.startedAtSeconds,
      ),
      unit: 'seconds',
    },
  ];
}

const counter = (name: string, help: string, value: number): Family => ({
  name,
  help,
  type: 'counter',
  samples: [{ labels: {}, value }],
});

const gauge = (name: string, help: string, value: number): Family => ({
  name,
  help,
  type: 'gauge',
  samples: [{ labels: {}, value }],
});
