/**
 * What everything that watches costs a prediction: the service's bundle as it is shipped, beside itself with all of it off,
 * and beside a plain route. One processor for the service, one for load and backend where `taskset` is at hand.
 * Two starts of the same program differ by several per cent for as long as they run, so what decides is a comparison
 * within one process, whose eyes are shut and opened in turns; the others are processes of their own, for the size of it.
 * Run with `npm run bench:service`; `npm run bench:memory` looks whether memory stays flat over ten million predictions.
 */
import { describeMachine, median, middleMean, range, rounded } from './machine';
import { residentMegabytes } from './process-accounting';
import type { InTurns, Latency, Throughput } from './service-load';
import {
  type Bench,
  bare,
  everythingOn,
  load,
  openBench,
  plainRoute,
  type Running,
  type Variant,
} from './service-processes';

/** Each starts all processes anew. */
const rounds = 4;
/** Until the code that is used most has been compiled: what is told with a flush, each five seconds, too. */
const slotsToWarm = 1;
/** Half of them blind. */
const slots = { full: 20, paced: 10 };
/** The others are there for the size of it. */
const slotsOfOthers = { full: 2, paced: 2 };

interface Measured {
  readonly full: readonly Throughput[];
  readonly paced: Latency;
}

const shut = 'eyes shut';
const variants = [everythingOn, bare, plainRoute] as const;
const names = [everythingOn.name, shut, bare.name, plainRoute.name] as const;
type Round = Readonly<Record<string, Measured>>;

async function measure(
  { url, pid }: Running,
  of: typeof slots,
  blinds: boolean,
): Promise<Omit<InTurns<Measured>, 'answered'>> {
  const full = await load<InTurns<Throughput[]>>({ mode: 'full', url, pid, slots: of.full, blinds });
  const paced = await load<InTurns<Latency>>({ mode: 'paced', url, pid, slots: of.paced, blinds });
  return {
    seeing: { full: full.seeing, paced: paced.seeing },
    blind: { full: full.blind, paced: paced.blind },
  };
}

/** All processes live side by side and are asked one after the other, each time another one first. */
async function measureRound(bench: Bench, index: number): Promise<Round> {
  const started: [Variant, Running][] = [];
  for (const variant of variants) started.push([variant, await bench.start(variant)]);
  for (const [, { url, pid }] of started)
    await load({ mode: 'full', url, pid, slots: slotsToWarm, blinds: false });
  const first = index % started.length;
  const round: Record<string, Measured> = {};
  for (const [variant, running] of [...started.slice(first), ...started.slice(0, first)]) {
    const blinds = variant === everythingOn;
    const { seeing, blind } = await measure(running, blinds ? slots : slotsOfOthers, blinds);
    round[variant.name] = seeing;
    if (blinds) round[shut] = blind;
  }
  for (const [, { stop }] of started) stop();
  return round;
}

async function compare(bench: Bench): Promise<void> {
  const all: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    all.push(await measureRound(bench, round));
    process.stderr.write(`round ${round + 1} of ${rounds}\n`);
  }
  const each = <T>(name: string, of: (measured: Measured) => T): T[] =>
    all.map((round) => of(round[name] as Measured));
  console.log('medians of starts  requests/s (min to max)   us of processor  p50 ms   p99 ms at 500/s');
  for (const name of names) {
    const rates = each(name, ({ full }) => median(full.map(({ perSecond }) => perSecond)));
    const work = each(name, ({ full }) => median(full.map((slot) => slot.processorMicroseconds)));
    console.log(
      [
        name.padEnd(16),
        `${rounded(median(rates))} (${range(rates)})`.padStart(24),
        rounded(median(work), 1).padStart(15),
        rounded(median(each(name, ({ paced }) => paced.p50Ms)), 2).padStart(8),
        rounded(median(each(name, ({ paced }) => paced.p99Ms)), 2).padStart(8),
      ].join('  '),
    );
  }
  const pairs = <T>(of: (measured: Measured) => T): [on: T, off: T][] => {
    const off = each(shut, of);
    return each(everythingOn.name, of).map((on, round) => [on, off[round] as T]);
  };
  const full = pairs((measured) => measured.full);
  const throughput = full.map(([on, off]) => 100 * pairwise(on, off, (slot) => slot.perSecond));
  const work = full.map(([on, off]) => 100 * pairwise(off, on, (slot) => slot.processorMicroseconds));
  const p99 = pairs(({ paced }) => paced.p99Ms).map(([on, off]) => on / off);
  console.log('everything on against eyes shut, the mean of the starts and each of them:');
  console.log(`  throughput            ${meanOf(throughput, 1)} %`);
  console.log(`  by processor time     ${meanOf(work, 1)} %`);
  console.log(`  p99                   ${meanOf(p99, 2)} x`);
}

/** What was measured one after the other, pair by pair; the mean of the middle half of the ratios. */
function pairwise(
  above: readonly Throughput[],
  below: readonly Throughput[],
  of: (slot: Throughput) => number,
): number {
  return middleMean(above.map((slot, index) => of(slot) / of(below[index] as Throughput)));
}

/** Starts are what varies; slots of one process are much alike. */
function meanOf(starts: readonly number[], digits: number): string {
  const mean = starts.reduce((sum, value) => sum + value, 0) / starts.length;
  return `${rounded(mean, digits)} (${starts.map((value) => rounded(value, digits)).join(', ')})`;
}

/** Ten million predictions in full batches, and the memory after each million. */
async function watchMemory(bench: Bench): Promise<void> {
  const { url, pid } = await bench.start(everythingOn);
  const wanted = 10_000_000;
  const instances = 256;
  let predictions = 0;
  console.log('predictions     resident MB');
  for (let next = 0; predictions < wanted; ) {
    const options = { mode: 'full', url, pid, slots: 1, blinds: false, instances } as const;
    const { answered } = await load<InTurns<Throughput[]>>(options);
    predictions += answered * instances;
    if (predictions < next) continue;
    console.log(
      `${(predictions / 1e6).toFixed(1).padStart(8)} M  ${rounded(residentMegabytes(pid)).padStart(12)}`,
    );
    next = predictions + 1_000_000;
  }
}

async function run(): Promise<void> {
  console.log(describeMachine());
  const bench = await openBench();
  try {
    await (process.argv.includes('--memory') ? watchMemory(bench) : compare(bench));
  } finally {
    bench.close();
  }
}

void run();
