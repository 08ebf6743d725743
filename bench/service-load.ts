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
  /** How many; how long one is depends on the mode. */
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
  /** All requests that were answered, whether they count or not. */
  readonly answered: number;
}

const clock = systemClock();

/** Different rows, as in life: one and the same would be cached by everything on its way. */
const bodies = 256;

/** What the load measures while its own code is cold is itself. */
const slotsToWarm = 2;
/**
 * The first part of a slot does not count. After it spans that waited have left (two seconds after the first at little load),
 * and the drift watch, which thins by what it saw in the second before, looks at its share again.
 */
const leadMs = 2250;
/** At little load traces leave each two seconds: a slot has several such moments, so that none of them can hide. */
const countedMs = { full: 1750, paced: 7750 };

/** A fiftieth of what one processor answers: latency is then that of the service, not of a queue. */
const pacedPerSecond = 500;
/** A request that takes longer has failed, and the run with it. */
const patienceMs = 10_000;

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
  const answer = await fetch(`${url}/__faults`, {
    signal: AbortSignal.timeout(patienceMs),
    ...(isBlind ? { method: 'POST', headers, body: '{"kind":"blind"}' } : { method: 'DELETE' }),
  });
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`bench: ${url} does not take faults, got ${answer.status}`);
}

/** Goes through the slots; `count` is called after the lead of each, and what it returns at the slot's end. */
async function inTurns(
  { mode, url, slots, blinds }: LoadOptions,
  count: () => (isBlind: boolean) => void,
): Promise<void> {
  for (let slot = -slotsToWarm; slot < slots; slot += 1) {
    // One of the two to warm is blind as well.
    const isBlind = blinds && isBlindSlot(slot + 4);
    if (blinds) await blind(url, isBlind);
    await sleep(clock, leadMs);
    const end = count();
    await sleep(clock, countedMs[mode]);
    if (slot >= 0) end(isBlind);
  }
  if (blinds) await blind(url, false);
}

async function full(options: LoadOptions): Promise<InTurns<Throughput[]>> {
  const { url, pid, instances = 1 } = options;
  const requests = makeBodies(instances).map((body) => ({ method: 'POST' as const, headers, body }));
  const [seeing, unseen]: [Throughput[], Throughput[]] = [[], []];
  let [answered, failed] = [0, 0];
  // It is stopped when the slots are over.
  const load = { url: `${url}/predict`, connections, requests, duration: 86_400 };
  const callers = autocannon(load, (error) => {
    if (error) throw error;
  });
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
      if (more === 0) throw new Error(`bench: ${url} has answered nothing for ${countedMs.full} ms`);
      (isBlind ? unseen : seeing).push({
        perSecond: (more * 1000) / (clock.elapsedMs() - startedMs),
        processorMicroseconds: (processorMicroseconds(pid) - worked) / more,
      });
    };
  });
  callers.stop();
  if (failed > 0) throw new Error(`bench: ${failed} requests failed`);
  return { seeing, blind: unseen, answered };
}

async function paced(options: LoadOptions): Promise<InTurns<Latency>> {
  const { url, instances = 1 } = options;
  const all = makeBodies(instances);
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const [seeing, unseen]: [number[][], number[][]] = [[], []];
  /** Where the latency of a request that is sent now goes, also when its answer comes after the slot. */
  let present: number[] = [];
  let [sent, ended, answered] = [0, 0, 0];
  let isOver = false;
  const send = (dueMs: number): void => {
    const into = present;
    sent += 1;
    const options = { method: 'POST', headers, agent, timeout: patienceMs };
    const call = request(`${url}/predict`, options, (response) => {
      response.resume();
      response.on('end', () => {
        into.push(clock.elapsedMs() - dueMs);
        if (response.statusCode === 200) answered += 1;
      });
    });
    call.on('timeout', () => call.destroy());
    call.on('error', () => {});
    // Comes once, however it ends.
    call.on('close', () => {
      ended += 1;
    });
    call.end(all[sent % all.length]);
  };
  const startedMs = clock.elapsedMs();
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
      (isBlind ? unseen : seeing).push(ofSlot);
      present = [];
    };
  });
  isOver = true;
  while (ended < sent) await sleep(clock, 10);
  agent.destroy();
  if (answered < sent) throw new Error(`bench: ${sent - answered} requests failed`);
  return { seeing: latencyOf(seeing), blind: latencyOf(unseen), answered };
}

function latencyOf(slots: readonly number[][]): Latency {
  const sorted = slots.flat().sort((left, right) => left - right);
  const at = (share: number): number => sorted[Math.floor(share * sorted.length)] ?? Number.NaN;
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}

async function main(): Promise<void> {
  const options = JSON.parse(process.argv[2] ?? '{}') as LoadOptions;
  console.log(JSON.stringify(await (options.mode === 'paced' ? paced(options) : full(options))));
}

if (require.main === module) void main();
