/**
 * The load of the service's benchmark, in a process of its own. `full` asks as fast as it is answered, for throughput;
 * `paced` asks at fixed moments and counts from the moment that was meant, so that a slow answer hides nothing behind it.
 */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { systemClock } from '../service/clock';

export interface Throughput {
  readonly perSecond: number;
  readonly answered: number;
  readonly errors: number;
}

export interface Latency {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly errors: number;
}

const clock = systemClock();

/** Different rows, as in life: one and the same would be cached by everything on its way. */
const bodies = 256;

/** As many callers as keep one processor busy without making a queue of its own. */
const connections = 32;

function makeBodies(instances: number): string[] {
  const path = join(__dirname, '..', 'service', 'model', 'model.json');
  const { features, probe } = JSON.parse(readFileSync(path, 'utf8')) as {
    features: { name: string; type: string; min: number; max: number }[];
    probe: { instance: Record<string, number> };
  };
  const instance = (seed: number): Record<string, number> =>
    Object.fromEntries(
      features.map(({ name, type, min, max }, index) => {
        const moved = (probe.instance[name] ?? 0) * (0.5 + ((seed * 31 + index * 17) % 101) / 100);
        const value = Math.min(max, Math.max(min, moved));
        return [name, type === 'integer' ? Math.round(value) : value];
      }),
    );
  return Array.from({ length: bodies }, (_, body) =>
    JSON.stringify({
      instances: Array.from({ length: instances }, (_each, index) => instance(body + index * 7)),
    }),
  );
}

const headers = { 'content-type': 'application/json' };

async function full(url: string, seconds: number, instances: number): Promise<Throughput> {
  const { requests, duration, errors, non2xx } = await autocannon({
    url: `${url}/predict`,
    connections,
    duration: seconds,
    requests: makeBodies(instances).map((body) => ({ method: 'POST' as const, headers, body })),
  });
  return { perSecond: requests.total / duration, answered: requests.total, errors: errors + non2xx };
}

function paced(url: string, seconds: number, perSecond: number): Promise<Latency> {
  const all = makeBodies(1);
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const latencies: number[] = [];
  let [sent, errors] = [0, 0];
  const total = seconds * perSecond;
  const startedMs = clock.elapsedMs();
  return new Promise((resolve) => {
    const done = (dueMs: number, isRight: boolean): void => {
      latencies.push(clock.elapsedMs() - dueMs);
      if (!isRight) errors += 1;
      if (latencies.length < total) return;
      agent.destroy();
      latencies.sort((left, right) => left - right);
      const at = (share: number): number => latencies[Math.floor(share * latencies.length)] ?? Number.NaN;
      resolve({ p50Ms: at(0.5), p99Ms: at(0.99), errors });
    };
    const send = (dueMs: number): void => {
      const call = request(`${url}/predict`, { method: 'POST', headers, agent }, (response) => {
        response.resume();
        response.on('end', () => done(dueMs, response.statusCode === 200));
      });
      call.on('error', () => done(dueMs, false));
      call.end(all[sent % all.length]);
      sent += 1;
    };
    const tick = (): void => {
      for (;;) {
        const dueMs = startedMs + (sent * 1000) / perSecond;
        if (sent >= total) return;
        if (dueMs > clock.elapsedMs()) break;
        send(dueMs);
      }
      clock.after(1, tick);
    };
    tick();
  });
}

async function main(): Promise<void> {
  const [, , mode, url = '', seconds = '1', amount = '1'] = process.argv;
  const run = mode === 'paced' ? paced : full;
  console.log(JSON.stringify(await run(url, Number(seconds), Number(amount))));
}

if (require.main === module) void main();
