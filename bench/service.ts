/**
 * What everything that watches costs a prediction: the service's bundle as it is shipped, beside itself with all of it off,
 * and beside a plain route. One processor for the service, one for load and backend where `taskset` is at hand.
 * Two starts of the same program differ by several per cent for as long as they run, so what decides is a comparison
 * within one process, whose eyes are shut and opened in turns; the others are processes of their own, for the size of it.
 * Run with `npm run bench:service`; `npm run bench:memory` looks whether memory stays flat over ten million predictions.
 */
import { describeMachine, median, middleMean, range, rounded, standardError } from './machine';
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
} from './service-processes';

/** Each starts all processes anew. */
const rounds = 5;
/** Until the code that is used most has been compiled: what is told with a flush, each five seconds, too. */
const secondsToWarm = 12;
/** Of a second each, and half of them blind. */
const slots = { full: 56, paced: 80 };
/** The others are there for the size of it. */
const slotsOfOthers = { full: 8, paced: 16 };

interface Measured {
  readonly full: readonly Throughput[];
  readonly paced: readonly Latency[];
}

const shut = 'eyes shut';
const names = [everythingOn.name, shut, bare.name, plainRoute.name] as const;
type Round = Readonly<Record<string, Measured>>;

async function measure({ url, pid }: Running, of: typeof slots, blinds: boolean): Promise<InTurns<Measured>> {
  const full = await load<InTurns<Throughput[]>>({ mode: 'full', url, pid, slots: of.full, blinds });
  const paced = await load<InTurns<Latency>>({ mode: 'paced', url, pid, slots: of.paced, blinds });
  return {
    seeing: { full: full.seeing, paced: [paced.seeing] },
    blind: { full: full.blind, paced: [paced.blind] },
  };
}

/** All processes live side by side, and are asked one after the other. */
async function measureRound(bench: Bench): Promise<Round> {
  const [on, off, plain] = [
    await bench.start(everythingOn),
    await bench.start(bare),
    await bench.start(plainRoute),
  ];
  const all = [on, off, plain];
  for (const { url, pid } of all) await load({ mode: 'full', url, pid, slots: secondsToWarm, blinds: false });
  const { seeing, blind } = await measure(on, slots, true);
  const round = {
    [everythingOn.name]: seeing,
    [shut]: blind,
    [bare.name]: (await measure(off, slotsOfOthers, false)).seeing,
    [plainRoute.name]: (await measure(plain, slotsOfOthers, false)).seeing,
  };
  for (const { stop } of all) stop();
  return round;
}

async function compare(bench: Bench): Promise<void> {
  const all: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    all.push(await measureRound(bench));
    process.stderr.write(`round ${round + 1} of ${rounds}\n`);
  }
  const full = (name: string): Throughput[] => all.flatMap((round) => round[name]?.full ?? []);
  const paced = (name: string): Latency[] => all.flatMap((round) => round[name]?.paced ?? []);
  console.log('variant         requests/s (min to max)      us of processor  p50 ms   p99 ms at 500/s');
  for (const name of names) {
    const rates = full(name).map(({ perSecond }) => perSecond);
    console.log(
      [
        name.padEnd(14),
        `${rounded(median(rates))} (${range(rates)})`.padStart(26),
        rounded(median(full(name).map((each) => each.processorMicroseconds)), 1).padStart(15),
        rounded(median(paced(name).map(({ p50Ms }) => p50Ms)), 2).padStart(8),
        rounded(median(paced(name).map(({ p99Ms }) => p99Ms)), 2).padStart(8),
      ].join('  '),
    );
  }
  const throughput = ratios(full(everythingOn.name), full(shut), ({ perSecond }) => perSecond);
  const work = ratios(full(shut), full(everythingOn.name), (each) => each.processorMicroseconds);
  const p99 = ratios(paced(everythingOn.name), paced(shut), ({ p99Ms }) => p99Ms);
  console.log(
    `everything on against eyes shut, ${throughput.length} pairs in ${rounds} processes: ` +
      `${inPercent(throughput)} of the throughput (by processor time ${inPercent(work)}), ` +
      `${rounded(middleMean(p99), 2)} x the p99 (${range(p99, 2)})`,
  );
}

/** Of what was measured one after the other, pair by pair. */
function ratios<T>(above: readonly T[], below: readonly T[], of: (each: T) => number): number[] {
  return above.map((each, index) => of(each) / of(below[index] as T));
}

const inPercent = (values: readonly number[]): string =>
  `${rounded(100 * middleMean(values), 1)} +- ${rounded(100 * standardError(values), 1)} %`;

/** Ten million predictions in full batches, and the memory after each million. */
async function watchMemory(bench: Bench): Promise<void> {
  const { url, pid } = await bench.start(everythingOn);
  const wanted = 10_000_000;
  const instances = 256;
  let predictions = 0;
  console.log('predictions     resident MB');
  for (let next = 0; predictions < wanted; ) {
    const options = { mode: 'full', url, pid, slots: 10, blinds: false, instances } as const;
    const { seeing } = await load<InTurns<Throughput[]>>(options);
    for (const { perSecond } of seeing) predictions += perSecond * instances;
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
