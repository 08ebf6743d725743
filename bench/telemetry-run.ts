/**
 * One measurement in a process of its own: so many predictions through one way of recording them.
 * Arguments: the way, how many, where to write what it ships, where to write the figures.
 */
import { openSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { Configuration, createMetricsLogger, Unit } from 'aws-embedded-metrics';
import { Counter, Histogram, Registry } from 'prom-client';
import { createAppendFile } from '../service/append-file';
import type { Clock } from '../service/clock';
import { EmfWriter } from '../service/telemetry/emf';
import { createTelemetry } from '../service/telemetry/telemetry';

export interface Measured {
  /** Processor time for each prediction, of all threads: collecting garbage and writing files is paid for too. */
  readonly nanoseconds: number;
  readonly bytes: number;
  readonly peakMegabytes: number;
}

interface Way {
  /** Records one prediction: latency, confidence, error or not; all under the same two dimensions. */
  readonly record?: (latencyMs: number, confidence: number, failed: 0 | 1) => void;
  /** The same where the library only has a call that must be waited for. */
  readonly recordLater?: (latencyMs: number, confidence: number, failed: 0 | 1) => Promise<void>;
  /** Between two windows of real time: what a service would do by itself. */
  readonly windowOver?: () => Promise<void>;
  /** What has been shipped in the end, in bytes; without it the size of the file counts. */
  readonly shippedBytes?: () => number;
}

const identity = { Service: 'fraud', Stage: 'prod' } as const;

/** The rate that is played: it decides how many predictions share a window, a scrape, an export. */
const perSecond = 1000;
const windowSeconds = 5;

/** How often a Prometheus scrapes, and an OpenTelemetry reader exports, by their own defaults or usual settings. */
const scrapeSeconds = 15;
const exportSeconds = 60;

const ways: Readonly<Record<string, (path: string) => Way>> = {
  /** The loop alone: what has to be taken off from all others. */
  nothing: () => ({ record: () => {} }),
  vigia,
  'prom-client': promClient,
  opentelemetry: openTelemetry,
  'emf line each': emfLineEach,
  powertools,
  'aws-embedded-metrics': awsEmbeddedMetrics,
};

/** The service's own recorder on a played clock, writing to a real file. */
function vigia(path: string): Way {
  const { clock, advance } = playedClock();
  const file = createAppendFile({
    path,
    maxBufferedBytes: 1024 * 1024,
    clock,
    complain: (message) => process.stderr.write(`${message}\n`),
  });
  const telemetry = createTelemetry({
    clock,
    windowMs: windowSeconds * 1000,
    identity,
    write: (line) => file.write(line),
    missingLines: () => 0,
    vitals: async () => undefined,
  });
  telemetry.start({ name: 'm', version: '1', classes: ['legit', 'fraud'], lowConfidenceBelow: 0.6 });
  let atMs = 0;
  return {
    record: (latencyMs, confidence, failed) => {
      if (failed === 1) telemetry.failed(atMs, latencyMs);
      else telemetry.answered(atMs, latencyMs, confidence > 0.75 ? 'legit' : 'fraud', confidence, false);
    },
    async windowOver() {
      atMs = advance(windowSeconds * 1000);
      // Behind the write that has just begun: a service has five seconds here.
      await stat(path).catch(() => {});
    },
  };
}

function promClient(): Way {
  const registers = [new Registry()];
  const labelNames = ['service', 'stage'];
  const labels = { service: identity.Service, stage: identity.Stage };
  const about = { help: 'h', labelNames, registers };
  // Labels bound once: the fastest way that its documentation shows.
  const latency = new Histogram({ ...about, name: 'latency_ms' }).labels(labels);
  const confidence = new Histogram({ ...about, name: 'confidence' }).labels(labels);
  const errors = new Counter({ ...about, name: 'errors_total' }).labels(labels);
  let windows = 0;
  let bytes = 0;
  return {
    record: (latencyMs, sure, failed) => {
      latency.observe(latencyMs);
      confidence.observe(sure);
      errors.inc(failed);
    },
    async windowOver() {
      windows += 1;
      if (windows % (scrapeSeconds / windowSeconds) === 0)
        bytes += (await registers[0]?.metrics())?.length ?? 0;
    },
    shippedBytes: () => bytes,
  };
}

class CountingReader extends MetricReader {
  async onShutdown(): Promise<void> {}
  async onForceFlush(): Promise<void> {}
}

function openTelemetry(): Way {
  const reader = new CountingReader();
  const meter = new MeterProvider({ readers: [reader] }).getMeter('bench');
  const latency = meter.createHistogram('latency_ms');
  const confidence = meter.createHistogram('confidence');
  const errors = meter.createCounter('errors');
  let windows = 0;
  let bytes = 0;
  return {
    record: (latencyMs, sure, failed) => {
      latency.record(latencyMs, identity);
      confidence.record(sure, identity);
      errors.add(failed, identity);
    },
    async windowOver() {
      windows += 1;
      if (windows % (exportSeconds / windowSeconds) !== 0) return;
      bytes += JSON.stringify((await reader.collect()).resourceMetrics.scopeMetrics).length;
    },
    shippedBytes: () => bytes,
  };
}

function emfLineEach(path: string): Way {
  const file = openSync(path, 'a');
  const emf = new EmfWriter(identity);
  return {
    record: (latencyMs, confidence, failed) => {
      const samples = { predictionLatency: latencyMs, modelConfidence: confidence, predictionErrors: failed };
      for (const line of emf.lines(1_800_000_000_000, samples)) writeSync(file, line);
    },
  };
}

function powertools(): Way {
  const metrics = new Metrics({
    namespace: 'Vigia/Inference',
    // It makes a dimension of this by itself: two with the stage, as for the others.
    serviceName: identity.Service,
    defaultDimensions: { Stage: identity.Stage },
  });
  return {
    record: (latencyMs, confidence, failed) => {
      metrics.addMetric('PredictionLatency', 'Milliseconds', latencyMs, 1);
      metrics.addMetric('ModelConfidence', 'None', confidence, 1);
      metrics.addMetric('PredictionErrors', 'Count', failed, 1);
      metrics.publishStoredMetrics();
    },
  };
}

function awsEmbeddedMetrics(): Way {
  Configuration.namespace = 'Vigia/Inference';
  return {
    recordLater: async (latencyMs, confidence, failed) => {
      const metrics = createMetricsLogger();
      metrics.setDimensions({ ...identity });
      metrics.putMetric('PredictionLatency', latencyMs, Unit.Milliseconds, 1);
      metrics.putMetric('ModelConfidence', confidence, Unit.None, 1);
      metrics.putMetric('PredictionErrors', failed, Unit.Count, 1);
      await metrics.flush();
    },
  };
}

/** Time as the predictions take it at the played rate: nothing waits. */
function playedClock(): { clock: Clock; advance: (ms: number) => number } {
  const startMs = 1_800_000_000_000;
  let elapsedMs = 0;
  let timers: { at: number; run: () => void }[] = [];
  return {
    clock: {
      now: () => startMs + elapsedMs,
      elapsedMs: () => elapsedMs,
      after(delayMs, run) {
        const timer = { at: elapsedMs + delayMs, run };
        timers.push(timer);
        return () => {
          timers = timers.filter((other) => other !== timer);
        };
      },
    },
    advance(ms) {
      elapsedMs += ms;
      const due = timers.filter(({ at }) => at <= elapsedMs);
      timers = timers.filter(({ at }) => at > elapsedMs);
      for (const { run } of due) run();
      return elapsedMs;
    },
  };
}

/** Heavy-tailed latencies and confidences, the same for all; made before the measurement. */
function values(count: number) {
  let state = 1;
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const latencies = Float64Array.from({ length: count }, () => 2 * (1 - random()) ** (-1 / 1.5));
  const confidences = Float64Array.from({ length: count }, () => 1 - 0.5 * random() ** 2);
  return { latencies, confidences };
}

/** A power of two, so that the place of a value costs one instruction. */
const size = 1 << 16;
const { latencies, confidences } = values(size);
const perWindow = perSecond * windowSeconds;

/** Whole windows of predictions. */
async function run(way: Way, predictions: number): Promise<void> {
  const { record, recordLater } = way;
  for (let from = 0; from < predictions; from += perWindow) {
    if (record !== undefined) recordWindow(record, from);
    if (recordLater !== undefined) await recordWindowLater(recordLater, from);
    await way.windowOver?.();
  }
}

/** A plain loop: one in an asynchronous function would cost more than what it measures. */
function recordWindow(record: NonNullable<Way['record']>, from: number): void {
  for (let done = from; done < from + perWindow; done += 1) {
    const at = done & (size - 1);
    record(latencies[at] ?? 0, confidences[at] ?? 0, done % 100 === 0 ? 1 : 0);
  }
}

async function recordWindowLater(record: NonNullable<Way['recordLater']>, from: number): Promise<void> {
  for (let done = from; done < from + perWindow; done += 1) {
    const at = done & (size - 1);
    await record(latencies[at] ?? 0, confidences[at] ?? 0, done % 100 === 0 ? 1 : 0);
  }
}

async function main(): Promise<void> {
  const [name = '', count = '0', shipped = '', figures = ''] = process.argv.slice(2);
  const open = ways[name];
  if (open === undefined) throw new Error(`bench: no way of recording ${name}`);
  const way = open(shipped);
  const predictions = Number(count);
  const warmUp = perWindow * Math.ceil(predictions / 10 / perWindow);
  await run(way, warmUp);
  const before = process.cpuUsage();
  await run(way, predictions);
  const { user, system } = process.cpuUsage(before);
  const nanoseconds = (1000 * (user + system)) / predictions;
  const bytes = (way.shippedBytes?.() ?? statSync(shipped).size) / (predictions + warmUp);
  const measured: Measured = { nanoseconds, bytes, peakMegabytes: process.resourceUsage().maxRSS / 1024 };
  writeFileSync(figures, JSON.stringify(measured));
}

void main();
