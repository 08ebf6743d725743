/**
 * The load of the service's benchmark, in a process of its own. `full` asks as fast as it is answered, for throughput;
 * `paced` asks at fixed moments and counts from the moment that was meant, so that a slow answer hides nothing behind it.
 */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { sleep, systemClock } from '../service/clock';
import { processorMicroseconds } from './process-accounting';

export interface LoadOptions {
  readonly mode: 'full' | 'paced';
  /** Of the service; and its process, whose work is counted. */
  readonly url: string;
  readonly pid: number;
  /** Of one second each. */
  readonly slots: number;
  /** Whether half of them, in turns, find the service blind. Else all are counted as `seeing`. */
  readonly blinds: boolean;
  /** Rows in each request. */
  readonly instances?: number;
}

/** One slot of `full`. */
export interface Throughput {
  readonly perSecond: number;
  /** Of one processor, for each request. */
  readonly processorMicroseconds: number;
}

/** All slots of `paced`. */
export interface Latency {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** What was measured in turns. */
export interface InTurns<T> {
  readonly seeing: T;
  readonly blind: T;
}

const clock = systemClock();

/** Different rows, as in life: one and the same would be cached by everything on its way. */
const bodies = 256;

/** What the load measures while its own code is cold is itself. */
const slotsToWarm = 4;
/** What was queued in the slot before is mostly written and sent by then, and is not counted. */
const leadMs = 250;
const countedMs = 750;

/** A tenth of what one processor answers: latency is then that of the service, not of a queue. */
const pacedPerSecond = 500;

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

/** Whether the slot finds the service blind: a, b, b, a, so that what changes evenly over time falls on both alike. */
const isBlindSlot = (slot: number): boolean => slot % 4 === 1 || slot % 4 === 2;

/** Shuts the eyes of a service that takes faults, or opens them. */
async function blind(url: string, isBlind: boolean): Promise<void> {
  const { status } = isBlind
    ? await fetch(`${url}/__faults`, { method: 'POST', headers, body: '{"kind":"blind"}' })
    : await fetch(`${url}/__faults`, { method: 'DELETE' });
  if (status >= 300) throw new Error(`bench: ${url} does not take faults, got ${status}`);
}

/** Goes through the slots; `count` is called after the lead of each, and what it returns at the slot's end. */
async function inTurns(
  { url, slots, blinds }: LoadOptions,
  count: () => (isBlind: boolean) => void,
): Promise<void> {
  for (let slot = -slotsToWarm; slot < slots; slot += 1) {
    const isBlind = blinds && isBlindSlot(slot);
    if (blinds) await blind(url, isBlind);
    await sleep(clock, leadMs);
    const end = count();
    await sleep(clock, countedMs);
    if (slot >= 0) end(isBlind);
  }
  if (blinds) await blind(url, false);
}

async function full(options: LoadOptions): Promise<InTurns<Throughput[]>> {
  const { url, pid, instances = 1 } = options;
  const requests = makeBodies(instances).map((body) => ({ method: 'POST' as const, headers, body }));
  const measured: InTurns<Throughput[]> = { seeing: [], blind: [] };
  let [answered, failed] = [0, 0];
  // It is stopped when the slots are over.
  const callers = autocannon({ url: `${url}/predict`, connections, requests, duration: 86_400 }, () => {});
  callers.on('response', (_client, status) => {
    answered += 1;
    if (status !== 200) failed += 1;
  });
  callers.on('reqError', () => {
    failed += 1;
  });
  await inTurns(options, () => {
    const [startedMs, before, worked] = [clock.elapsedMs(), answered, processorMicroseconds(pid)];
    return (isBlind) => {
      const more = answered - before;
      measured[isBlind ? 'blind' : 'seeing'].push({
        perSecond: (more * 1000) / (clock.elapsedMs() - startedMs),
        processorMicroseconds: (processorMicroseconds(pid) - worked) / more,
      });
    };
  });
  callers.stop();
  if (failed > 0) throw new Error(`bench: ${failed} requests failed`);
  return measured;
}

async function paced(options: LoadOptions): Promise<InTurns<Latency>> {
  const { url, instances = 1 } = options;
  const all = makeBodies(instances);
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const latencies: InTurns<number[][]> = { seeing: [], blind: [] };
  /** Where the latency of a request that is sent now goes, also when its answer comes after the slot. */
  let present: number[] = [];
  let [sent, underWay, failed] = [0, 0, 0];
  const send = (dueMs: number): void => {
    const into = present;
    const done = (isRight: boolean): void => {
      into.push(clock.elapsedMs() - dueMs);
      underWay -= 1;
      if (!isRight) failed += 1;
    };
    const call = request(`${url}/predict`, { method: 'POST', headers, agent }, (response) => {
      response.resume();
      response.on('end', () => done(response.statusCode === 200));
    });
    call.on('error', () => done(false));
    call.end(all[sent % all.length]);
    sent += 1;
    underWay += 1;
  };
  const startedMs = clock.elapsedMs();
  let isOver = false;
  const tick = (): void => {
    if (isOver) return;
    for (;;) {
      const dueMs = startedMs + (sent * 1000) / pacedPerSecond;
      if (dueMs > clock.elapsedMs()) break;
      send(dueMs);
    }
    clock.after(1, tick);
  };
  tick();
  await inTurns(options, () => {
    const ofSlot: number[] = [];
    present = ofSlot;
    return (isBlind) => {
      latencies[isBlind ? 'blind' : 'seeing'].push(ofSlot);
      present = [];
    };
  });
  isOver = true;
  while (underWay > 0) await sleep(clock, 10);
  agent.destroy();
  if (failed > 0) throw new Error(`bench: ${failed} requests failed`);
  return { seeing: latencyOf(latencies.seeing.flat()), blind: latencyOf(latencies.blind.flat()) };
}

function latencyOf(latencies: number[]): Latency {
  latencies.sort((left, right) => left - right);
  const at = (share: number): number => latencies[Math.floor(share * latencies.length)] ?? Number.NaN;
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}

async function main(): Promise<void> {
  const options = JSON.parse(process.argv[2] ?? '{}') as LoadOptions;
  console.log(JSON.stringify(await (options.mode === 'paced' ? paced(options) : full(options))));
}

if (require.main === module) void main();
