/**
 * What everything that watches costs a prediction: the service's bundle as it is shipped, beside itself with all of it off,
 * and beside a plain route. One processor for the service, one for load and backend where `taskset` is at hand. Each round
 * starts its processes anew, because two starts of the same program differ by a few per cent for as long as they run.
 * Run with `npm run bench:service`; `npm run bench:memory` looks whether memory stays flat over ten million predictions.
 */
import { type ChildProcess, execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { nodeFlags } from '../lib/catalog/host';
import { sleep, systemClock } from '../service/clock';
import { createCalls } from '../service/outgoing/calls';
import { describeMachine, median, middleMean, range, rounded } from './machine';
import { processorMicroseconds, residentMegabytes } from './process-accounting';
import type { Latency, Throughput } from './service-load';

const clock = systemClock();
const calls = createCalls(clock);
const root = join(__dirname, '..');
const taskset = '/usr/bin/taskset';

/** Starts differ by a few per cent for as long as they run, so it takes many to tell a few per cent. */
const rounds = 21;
/** Each so many rounds the plain route is measured as well, and latency, which need fewer. */
const roundsForEachWhole = 5;
const secondsOfLoad = 3;
const secondsPaced = 6;
/** Of load, one after the other: what else the machine does then falls on all alike. */
const turns = 3;
/** Until the code that is used most has been compiled: what is told with a flush, each five seconds, too. */
const secondsToWarm = 12;
/** A tenth of what one processor answers: latency is then that of the service, not of a queue. */
const pacedPerSecond = 500;

interface Variant {
  readonly name: string;
  /** What Node is to run. */
  readonly program: (bundle: string) => readonly string[];
  readonly env: (directory: string, sink: number) => Readonly<Record<string, string>>;
}

const basics = { VIGIA_SERVICE: 'bench', VIGIA_STAGE: 'dev', VIGIA_BIND: '127.0.0.1' };
const shipped = (bundle: string): readonly string[] => [bundle];

const variants: readonly Variant[] = [
  {
    name: 'everything on',
    program: shipped,
    env: (directory, sink) => ({
      ...basics,
      VIGIA_LOG_FILE: join(directory, 'service.log'),
      VIGIA_EMF_FILE: join(directory, 'metrics.emf'),
      // Shares of logs and traces are the switches' own defaults: five in a hundred of each.
      VIGIA_TRACES_ENDPOINT: `http://127.0.0.1:${sink}/v1/traces`,
    }),
  },
  {
    name: 'bare',
    program: shipped,
    env: (directory) => {
      const switches = join(directory, 'switches.json');
      // The degraded mode is no observer: it is part of the answer, and on in both.
      writeFileSync(switches, '{"logLevel":"silent","logShare":0,"traceShare":0}');
      return {
        ...basics,
        VIGIA_LOG_FILE: join(directory, 'service.log'),
        VIGIA_EMF_FILE: join(directory, 'metrics.emf'),
        VIGIA_TELEMETRY: 'off',
        VIGIA_SWITCHES_FILE: switches,
      };
    },
  },
  {
    name: 'plain route',
    program: () => ['--import', 'tsx', join(__dirname, 'service-plain.ts'), join(root, 'service', 'model')],
    env: () => ({}),
  },
];

const children: ChildProcess[] = [];
interface Running {
  readonly name: string;
  readonly child: ChildProcess;
  readonly url: string;
}

/** Pins to one processor where that is possible. */
function pinned(processor: number, args: readonly string[]): [command: string, args: string[]] {
  return existsSync(taskset)
    ? [taskset, ['-c', String(processor), process.execPath, ...args]]
    : [process.execPath, [...args]];
}

/** Below those that Linux gives to callers: one of these would be taken some time in so many starts. */
const firstPort = 21_000;

/** What a round needs of the whole run. */
interface Bench {
  readonly directory: string;
  readonly bundle: string;
  /** The port of the backend for traces. */
  readonly sink: number;
  /** The next port that nobody has had. */
  port: number;
}

async function start({ name, program, env }: Variant, bench: Bench): Promise<Running> {
  const own = mkdtempSync(join(bench.directory, 'run-'));
  bench.port += 1;
  const port = String(bench.port);
  const [command, args] = pinned(0, [...nodeFlags, ...program(bench.bundle), port]);
  const child = spawn(command, args, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...env(own, bench.sink), VIGIA_PORT: port },
  });
  children.push(child);
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 300; tries += 1) {
    const ready = await fetch(`${url}/health/ready`).then(
      ({ status }) => status === 200,
      () => false,
    );
    if (ready) return { name, child, url };
    await sleep(clock, 100);
  }
  throw new Error(`bench: ${name} does not answer on ${url}`);
}

async function load<T>(mode: 'full' | 'paced', url: string, seconds: number, amount: number): Promise<T> {
  const program = ['--import', 'tsx', join(__dirname, 'service-load.ts')];
  const [command, args] = pinned(1, [...program, mode, url, String(seconds), String(amount)]);
  const { stdout } = await promisify(execFile)(command, args, { cwd: root });
  return JSON.parse(stdout) as T;
}

/** A backend for traces that takes everything. */
async function openSink(): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/**
 * Once a second, as a balancer does: no service in life answers predictions alone. On a connection of its own, because the
 * balancer closes it after each check ("Health checks for Application Load Balancer target groups" in AWS's guide).
 */
async function askForHealth(url: string, child: ChildProcess): Promise<void> {
  while (!child.killed) {
    await calls
      .http({
        ...{ url: `${url}/health/ready`, method: 'GET', headers: {}, limitMs: 5000 },
        ...{ connection: 'own', names: 'system', reads: 'body' },
      })
      .catch(() => {});
    await sleep(clock, 1000);
  }
}

interface Measured {
  readonly perSecond: number;
  readonly processorMicroseconds: number;
  /** One of each turn of a whole round. */
  readonly latencies: readonly Latency[];
}

/** Processes that live side by side and are asked in turn, so that all of them see the same minutes of the machine. */
async function measureTogether(
  chosen: readonly Variant[],
  isWhole: boolean,
  bench: Bench,
): Promise<Map<string, Measured>> {
  const none = { answered: 0, seconds: 0, microseconds: 0, errors: 0 };
  const all: (Running & { readonly sum: typeof none; readonly latencies: Latency[] })[] = [];
  for (const variant of chosen)
    all.push({ ...(await start(variant, bench)), sum: { ...none }, latencies: [] });
  for (const { url, child } of all) void askForHealth(url, child);
  for (const { url } of all) await load('full', url, secondsToWarm, 1);
  for (let turn = 0; turn < turns; turn += 1) {
    for (const { url, child, sum } of all) {
      const before = processorMicroseconds(child);
      const { answered, perSecond, errors } = await load<Throughput>('full', url, secondsOfLoad / turns, 1);
      sum.microseconds += processorMicroseconds(child) - before;
      sum.answered += answered;
      sum.seconds += answered / perSecond;
      sum.errors += errors;
    }
  }
  for (let turn = 0; isWhole && turn < turns; turn += 1) {
    for (const { url, latencies } of all)
      latencies.push(await load<Latency>('paced', url, secondsPaced / turns, pacedPerSecond));
  }
  const measured = new Map<string, Measured>();
  for (const { name, child, sum, latencies } of all) {
    const { answered, seconds, microseconds, errors } = sum;
    if (errors > 0 || latencies.some((each) => each.errors > 0))
      throw new Error(`bench: ${name} failed some requests`);
    const processor = microseconds / answered;
    measured.set(name, { perSecond: answered / seconds, processorMicroseconds: processor, latencies });
    child.kill('SIGKILL');
  }
  return measured;
}

async function compare(bench: Bench): Promise<void> {
  const [on, bare, plain] = variants as readonly [Variant, Variant, Variant];
  const all: Map<string, Measured>[] = [];
  for (let round = 0; round < rounds; round += 1) {
    // The other one first each time.
    const order = round % 2 === 0 ? [on, bare] : [bare, on];
    const isWhole = round % roundsForEachWhole === 0;
    all.push(await measureTogether(isWhole ? [...order, plain] : order, isWhole, bench));
    process.stderr.write(`round ${round + 1} of ${rounds}\n`);
  }
  console.log('variant         requests/s (min to max)      us of processor  p50 ms   p99 ms at 500/s');
  for (const { name } of variants) {
    const own = all.map((round) => round.get(name)).filter((each) => each !== undefined);
    const rates = own.map(({ perSecond }) => perSecond);
    const latencies = own.flatMap((each) => each.latencies);
    console.log(
      [
        name.padEnd(14),
        `${rounded(median(rates))} (${range(rates)})`.padStart(26),
        rounded(median(own.map(({ processorMicroseconds: each }) => each)), 1).padStart(15),
        rounded(median(latencies.map(({ p50Ms }) => p50Ms)), 2).padStart(8),
        rounded(median(latencies.map(({ p99Ms }) => p99Ms)), 2).padStart(8),
      ].join('  '),
    );
  }
  // Round by round, because the machine's mood changes between rounds and hardly within one.
  const ratios = (of: (measured: Measured) => readonly number[]): number[] =>
    all
      .map((round) => [of(round.get(on.name) as Measured), of(round.get(bare.name) as Measured)] as const)
      .flatMap(([ofOn, ofBare]) => ofOn.map((value, turn) => value / (ofBare[turn] ?? Number.NaN)))
      .sort((left, right) => left - right);
  const throughput = ratios(({ perSecond }) => [perSecond]);
  // On a machine that is not idle this one is to be believed: a saturated processor answers as many as it has time for.
  const work = middleMean(ratios(({ processorMicroseconds: each }) => [1 / each]));
  const p99 = middleMean(ratios(({ latencies }) => latencies.map(({ p99Ms }) => p99Ms)));
  const percent = (ratio: number | undefined): string => rounded(100 * (ratio ?? Number.NaN), 1);
  const quarter = Math.floor(throughput.length / 4);
  console.log(
    `everything on against bare: ${percent(middleMean(throughput))} % of the throughput ` +
      `(half of the rounds: ${percent(throughput[quarter])} to ${percent(throughput[rounds - 1 - quarter])} %; ` +
      `by processor time ${percent(work)} %), ${rounded(p99, 2)} x the p99`,
  );
}

/** Ten million predictions in full batches, and the memory after each million. */
async function watchMemory(bench: Bench): Promise<void> {
  const { url, child } = await start(variants[0] as Variant, bench);
  const wanted = 10_000_000;
  let predictions = 0;
  console.log('predictions     resident MB');
  for (let next = 0; predictions < wanted; ) {
    const { perSecond, errors } = await load<Throughput>('full', url, 10, 256);
    if (errors > 0) throw new Error(`bench: ${errors} requests failed`);
    predictions += Math.round(perSecond * 10) * 256;
    if (predictions < next) continue;
    console.log(
      `${(predictions / 1e6).toFixed(1).padStart(8)} M  ${rounded(residentMegabytes(child)).padStart(12)}`,
    );
    next = predictions + 1_000_000;
  }
}

/** The release as a deployment gets it: the shipped configuration's first stage. */
function unpackedRelease(directory: string): string {
  const command = [join(root, 'bin', 'vigia.js'), 'release', '--out', directory, '--json'];
  const { file } = JSON.parse(execFileSync(process.execPath, command, { cwd: root, encoding: 'utf8' }));
  execFileSync('tar', ['-xzf', file, '-C', directory]);
  return join(directory, 'server.js');
}

async function run(): Promise<void> {
  console.log(describeMachine());
  const directory = mkdtempSync(join(tmpdir(), 'vigia-bench-'));
  const sink = await openSink();
  const { port } = sink.address() as AddressInfo;
  // The backend for traces lives here: on its own machine in life, with the load here.
  if (existsSync(taskset)) spawnSync(taskset, ['-a', '-c', '-p', '1', String(process.pid)]);
  try {
    const bench: Bench = { directory, bundle: unpackedRelease(directory), sink: port, port: firstPort };
    if (process.argv.includes('--memory')) await watchMemory(bench);
    else await compare(bench);
  } finally {
    for (const child of children) child.kill('SIGKILL');
    sink.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

void run();
