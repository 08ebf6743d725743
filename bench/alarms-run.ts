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

/** One datapoint a period; values that move, so that nothing can be skipped, and an hour in a hundred without data. */
function* arrivals(metrics: readonly Feed[], days: number, count: (one: 1) => void): Iterable<Arrival> {
  for (let at = start; at < start + days * dayMs; at += tickMs) {
    if (Math.floor(at / 3_600_000) % 100 === 99) continue;
    for (const { periodMs, namespace, name, dimensions } of metrics) {
      if (at % periodMs !== 0) continue;
      count(1);
      const storageResolutionSeconds = periodMs < 60_000 ? 1 : 60;
      const values = [(at / tickMs) % 97];
      yield { arrivedAt: at, datum: { namespace, name, dimensions, at, values, storageResolutionSeconds } };
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
