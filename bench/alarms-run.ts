/** One measured run in a process of its own: `alarms-run.ts ASSEMBLY DAYS` plays that many days through the alarms. */
import { play } from '../rehearsal/alarms/playback';
import type { Arrival } from '../rehearsal/alarms/types';
import { readAssembly } from '../rehearsal/assembly';
import { defineAlarm } from '../rehearsal/cloudwatch/alarm-definition';
import type { MetricIdentity } from '../rehearsal/cloudwatch/types';
import { resolveResources } from '../rehearsal/intrinsics';
import { type Resource, rehearsalPlace } from '../rehearsal/resources';

export interface Measured {
  readonly datapoints: number;
  readonly alarms: number;
  readonly transitions: number;
  readonly seconds: number;
  /** Most memory that the process ever had, and what lived on its heap before and after. */
  readonly peakMegabytes: number;
  readonly heapBeforeMegabytes: number;
  readonly heapAfterMegabytes: number;
}

/** Monday 5 January 2026. */
const start = Date.UTC(2026, 0, 5);
const dayMs = 86_400_000;
const hourMs = 3_600_000;
const tickMs = 10_000;

interface Feed extends MetricIdentity {
  readonly periodMs: number;
}

/** Every metric that an alarm reads, at the finest period that one reads it in. */
function feeds(resources: readonly Resource[]): Feed[] {
  const found = new Map<string, Feed>();
  for (const resource of resources) {
    if (resource.type !== 'AWS::CloudWatch::Alarm') continue;
    for (const query of defineAlarm(resource, rehearsalPlace).queries) {
      if (query.kind !== 'metric') continue;
      const periodMs = Math.min(
        query.periodSeconds * 1000,
        found.get(query.key)?.periodMs ?? Number.POSITIVE_INFINITY,
      );
      found.set(query.key, { ...query.metric, periodMs });
    }
  }
  return [...found.values()];
}

/** What a metric reads on a quiet day and in an incident; quiet values tremble, so that none is like the one before. */
const readings: Readonly<Record<string, { readonly quiet: number; readonly incident: number }>> = {
  PredictionCount: { quiet: 120, incident: 120 },
  PredictionErrors: { quiet: 0, incident: 60 },
  PredictionLatency: { quiet: 20, incident: 900 },
  ModelConfidence: { quiet: 0.8, incident: 0.4 },
  ServiceUp: { quiet: 1, incident: 0 },
  StatusCheckFailed: { quiet: 0, incident: 1 },
  mem_used_percent: { quiet: 40, incident: 97 },
  disk_used_percent: { quiet: 30, incident: 95 },
  Errors: { quiet: 0, incident: 3 },
  ApproximateNumberOfMessagesVisible: { quiet: 0, incident: 2 },
  Invocations: { quiet: 1, incident: 0 },
};

/** Ten minutes a day all goes wrong at once; another hour, every fourth day, nothing is published. */
const incident = { fromHour: 14, minutes: 10 };
const silence = { hour: 3, everyDays: 4 };

function valueAt(name: string, at: number): number | undefined {
  const sinceMidnight = at % dayMs;
  const day = Math.floor((at - start) / dayMs);
  if (day % silence.everyDays === 0 && Math.floor(sinceMidnight / hourMs) === silence.hour) return undefined;
  const reading = readings[name] ?? { quiet: 1, incident: 1 };
  const sinceIncident = sinceMidnight - incident.fromHour * hourMs;
  if (sinceIncident >= 0 && sinceIncident < incident.minutes * 60_000) return reading.incident;
  return reading.quiet * (1 + ((at / tickMs) % 7) / 100);
}

/** One datapoint a period of every metric. */
function* arrivals(metrics: readonly Feed[], days: number, count: (one: 1) => void): Iterable<Arrival> {
  for (let at = start; at < start + days * dayMs; at += tickMs) {
    for (const { periodMs, namespace, name, dimensions } of metrics) {
      const value = at % periodMs === 0 ? valueAt(name, at) : undefined;
      if (value === undefined) continue;
      count(1);
      const storageResolutionSeconds = periodMs < 60_000 ? 1 : 60;
      yield {
        arrivedAt: at,
        datum: { namespace, name, dimensions, at, values: [value], storageResolutionSeconds },
      };
    }
  }
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}

function collectGarbage(): void {
  (globalThis as { gc?: () => void }).gc?.();
}

function main([assembly = 'cdk.out', days = '1']: readonly string[]): void {
  const resources = resolveResources(readAssembly(assembly), rehearsalPlace);
  const metrics = feeds(resources);
  collectGarbage();
  const heapBefore = process.memoryUsage().heapUsed;
  let datapoints = 0;
  const count = (one: 1): void => {
    datapoints += one;
  };
  const startedAt = performance.now();
  const playback = play({
    resources,
    place: rehearsalPlace,
    source: arrivals(metrics, Number(days), count),
    start,
    end: start + Number(days) * dayMs,
  });
  const seconds = (performance.now() - startedAt) / 1000;
  collectGarbage();
  const measured: Measured = {
    datapoints,
    alarms: playback.alarms.length,
    transitions: playback.alarms.reduce((total, { transitions }) => total + transitions.length, 0),
    seconds,
    // Linux and macOS report kilobytes through Node alike.
    peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1000),
    heapBeforeMegabytes: megabytes(heapBefore),
    heapAfterMegabytes: megabytes(process.memoryUsage().heapUsed),
  };
  process.stdout.write(JSON.stringify(measured));
}

main(process.argv.slice(2));
