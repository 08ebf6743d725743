/**
 * What it costs to record one prediction: ours beside the libraries that people use, in one run.
 * Run with `npm run bench:telemetry`.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeMachine, median } from './machine';
import type { Measured } from './telemetry-run';

/** An odd number, so that one run is the middle. */
const runs = 5;

/** Predictions for each way: enough for seconds of work, whole minutes at the played rate. */
const ways: readonly (readonly [name: string, predictions: number])[] = [
  ['nothing', 6_000_000],
  ['vigia', 6_000_000],
  ['prom-client', 600_000],
  ['opentelemetry', 600_000],
  ['emf line each', 120_000],
  ['powertools', 60_000],
  ['aws-embedded-metrics', 60_000],
];

const theirsThatWriteEmf = ['powertools', 'aws-embedded-metrics'];

function measure(name: string, predictions: number): Measured {
  const directory = mkdtempSync(join(tmpdir(), 'vigia-bench-'));
  const shipped = join(directory, 'shipped');
  const figures = join(directory, 'figures.json');
  // What writes to standard output writes to the file, as it would under a log agent.
  const output = openSync(shipped, 'a');
  try {
    const child = spawnSync(
      process.execPath,
      ['--import', 'tsx', join(__dirname, 'telemetry-run.ts'), name, String(predictions), shipped, figures],
      // Otherwise aws-embedded-metrics looks for an agent instead of writing lines.
      { stdio: ['ignore', output, 'inherit'], env: { AWS_EMF_ENVIRONMENT: 'Local' } },
    );
    if (child.status !== 0) throw new Error(`bench: ${name} failed with exit code ${child.status}`);
    return JSON.parse(readFileSync(figures, 'utf8')) as Measured;
  } finally {
    closeSync(output);
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Result {
  readonly name: string;
  readonly nanoseconds: number;
  readonly fastest: number;
  readonly slowest: number;
  readonly bytes: number;
  readonly peakMegabytes: number;
}

function summarise(name: string, measured: readonly Measured[]): Result {
  const times = measured.map(({ nanoseconds }) => nanoseconds);
  return {
    name,
    nanoseconds: median(times),
    fastest: Math.min(...times),
    slowest: Math.max(...times),
    bytes: median(measured.map(({ bytes }) => bytes)),
    peakMegabytes: median(measured.map(({ peakMegabytes }) => peakMegabytes)),
  };
}

function row({ name, nanoseconds, fastest, slowest, bytes, peakMegabytes }: Result): string {
  return [
    name.padEnd(20),
    nanoseconds.toFixed(0).padStart(8),
    `${fastest.toFixed(0)} to ${slowest.toFixed(0)}`.padStart(18),
    bytes.toFixed(1).padStart(9),
    peakMegabytes.toFixed(0).padStart(8),
  ].join('  ');
}

/** One goal of the project, with what was measured of it. */
function goal(what: string, ratio: number, wanted: number): string {
  return `  ${ratio >= wanted ? 'reached' : 'MISSED '}  ${what}: 1/${ratio.toFixed(0)}, wanted at most 1/${wanted}`;
}

function main(): void {
  const measured = new Map<string, Measured[]>(ways.map(([name]) => [name, []]));
  // Interleaved: whatever else the machine does meets all of them alike.
  for (let run = 0; run < runs; run += 1) {
    for (const [name, predictions] of ways) measured.get(name)?.push(measure(name, predictions));
  }
  const results = [...measured].map(([name, each]) => summarise(name, each));
  const of = (name: string): Result => {
    const result = results.find((each) => each.name === name);
    if (result === undefined) throw new Error(`bench: ${name} was not measured`);
    return result;
  };
  const ours = of('vigia');
  const fastestEmf = Math.min(...theirsThatWriteEmf.map((name) => of(name).nanoseconds));
  const smallestLine = Math.min(...['emf line each', ...theirsThatWriteEmf].map((name) => of(name).bytes));
  console.log(describeMachine());
  console.log(
    `\nThree values with two dimensions, 1 000 predictions a second played, processor time, a process each, median of ${runs} runs\n`,
  );
  console.log(
    `${'recorded by'.padEnd(20)}  ${'ns each'.padStart(8)}  ${'all runs'.padStart(18)}  bytes each   peak MB`,
  );
  for (const result of results) console.log(row(result));
  console.log(
    [
      '',
      goal('time beside prom-client', of('prom-client').nanoseconds / ours.nanoseconds, 5),
      goal('time beside the fastest that writes EMF', fastestEmf / ours.nanoseconds, 50),
      goal('bytes beside the smallest EMF line for each prediction', smallestLine / ours.bytes, 20),
    ].join('\n'),
  );
}

main();
