/** Starts the service from its environment, and stops it so that nothing is lost. */
import { randomFillSync, randomInt } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { logGroups } from '../lib/catalog/host';
import { scopeName } from '../lib/catalog/names';
import { createApp } from './app';
import type { AppendFile } from './append-file';
import { type Clock, endOfTurn, sleep, systemClock, within } from './clock';
import { degradedModeOf } from './degraded/degraded-mode';
import { driftFamilies } from './drift/drift-families';
import { createDriftWatch, type DriftWatch } from './drift/watch';
import { createFaults, readStandingFault } from './faults';
import { createAliveCheck } from './health/alive';
import { createHealth, type Health } from './health/health';
import { openStatusPort } from './health/status-port';
import { createPredictionLines } from './http/prediction-lines';
import { batched } from './inference/batching';
import { ModelError } from './inference/metadata';
import { probe } from './inference/model';
import { loadOnnxModel } from './inference/onnx';
import { createLifecycle, type Lifecycle } from './lifecycle';
import { createLogging, type Logging } from './logging';
import { createThreadCalls, type ThreadCalls, threadBeside } from './outgoing/thread-calls';
import { readRelease } from './release';
import { modelBeside, readSettings, type Settings, SettingsError } from './settings';
import { portTaken, StartError } from './start-error';
import { createSwitchBoard, defaultSwitches, type SwitchBoard } from './switches';
import { type AssembledTelemetry, assembleTelemetry, openMetricsFile } from './telemetry/assemble';
import type { Recorder } from './telemetry/recorder';
import { createTraceIds, type TraceIds } from './tracing/trace-ids';
import { createTraces, type Traces } from './tracing/traces';
import { readVitals } from './vitals';
import { startWatchdog, type Watchdog } from './watchdog';

/** "Something is wrong with the configuration" in sysexits.h: a restart cannot help, so units may refuse to try. */
const exitConfiguration = 78;

/** Less than the ten seconds that the unit grants, beside the drain, before it kills. */
const drainLimitMs = 8000;

/** The release this program came with. */
const release = readRelease(__dirname);

/** For each file at the very end; a disk that hangs must not hold up the stop. */
const closeLimitMs = 500;

interface Service {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly calls: ThreadCalls;
  readonly logging: Logging;
  readonly log: Logger;
  readonly switches: SwitchBoard;
  readonly ids: TraceIds;
  readonly traces: Traces;
  readonly lifecycle: Lifecycle;
  readonly metricsFile: AppendFile;
  readonly health: Health;
}

interface Running {
  readonly app: FastifyInstance;
  /** What counts predictions and must tell of them before the end. */
  readonly counting: readonly { stop(): unknown }[];
  readonly watchdog: Watchdog;
}

async function main(): Promise<void> {
  const clock = systemClock();
  const settings = readSettings(process.env, modelBeside(__dirname));
  const logging = createLogging(settings, clock);
  const { log } = logging;
  process.on('uncaughtException', (error) => void crash(clock, logging, error));
  const switches = createSwitchBoard(settings.switchesFile, (message) => log.warn(message), {
    ...defaultSwitches,
    logLevel: settings.logLevel,
  });
  switches.onChange(({ logLevel }) => logging.setLevel(logLevel));
  const ids = createTraceIds(() => clock.now(), randomFillSync);
  const calls = createThreadCalls(threadBeside(__dirname));
  const traces = tracesOf(settings, clock, calls, switches, ids, (message) => log.warn(message));
  const lifecycle = createLifecycle();
  const metricsFile = openMetricsFile(settings, clock, (message) => log.warn(message));
  const health = createHealth({ clock, calls, log, lifecycle, metricsFile, settings });
  await run({
    ...{ settings, clock, calls, logging, log, switches, ids },
    ...{ traces, lifecycle, metricsFile, health },
  }).catch((error: unknown) => crash(clock, logging, error));
}

async function run(service: Service): Promise<void> {
  const { settings, clock, calls, log, lifecycle, metricsFile } = service;
  let port = settings.port;
  const { telemetry, exposed } = assembleTelemetry({
    clock,
    settings,
    metricsFile,
    logging: service.logging,
    traces: service.traces,
    vitals: () => readVitals(service, settings.bind, port),
  });
  const drift = createDriftWatch({
    clock,
    plan: { windowMs: settings.driftWindowSeconds * 1000, windows: settings.driftWindows },
    identity: { Service: settings.service, Stage: settings.stage },
    write: (line) => metricsFile.write(line),
    stateDirectory: settings.stateDirectory,
    complain: (message) => log.warn(message),
  });
  const app = composeApp(
    service,
    telemetry,
    exposed && (() => ({ ...exposed(), more: driftFamilies(drift) })),
    drift,
  );
  // Listening comes before loading: whoever asks during the start gets a clear "not yet", not a refused connection.
  port = await listen(app, settings);
  const { bind, statusCheckPort } = settings;
  // Never closed: until the process ends it says that it is not ready, which is the truth.
  const status =
    statusCheckPort === undefined
      ? undefined
      : await openStatusPort({ clock, bind, port: statusCheckPort, ready: service.health.ready });
  log.info({ bind, port, statusCheckPort: status?.port, pid: process.pid }, 'listening');
  const watchdog = startWatchdog(
    process.env,
    clock,
    createAliveCheck(calls, bind, () => port),
  );
  onSignals(service, (signal) => void stop(service, { app, counting: [telemetry, drift], watchdog }, signal));
  const model = batched(await loadOnnxModel(settings.modelDirectory, settings.modelEngine), { endOfTurn });
  await probe(model);
  const { name, version, classes, lowConfidenceBelow } = model.metadata;
  lifecycle.ready(model);
  if (lifecycle.phase !== 'ready') return;
  telemetry.start({
    name,
    version,
    classes,
    lowConfidenceBelow: settings.lowConfidenceBelow ?? lowConfidenceBelow,
  });
  // Where nothing is counted this is not either: a bare service is the measure of what all of it costs.
  if (settings.telemetry !== 'off') drift.start(model.metadata);
  service.traces.start();
  log.info(
    { release, model: name, version, engine: model.engine, startupMs: Math.round(clock.elapsedMs()) },
    'ready',
  );
}

function composeApp(
  { settings, clock, logging, log, switches, ids, traces, lifecycle, health }: Service,
  recorder: Recorder,
  exposed: AssembledTelemetry['exposed'],
  drift: DriftWatch,
): FastifyInstance {
  const random = (): number => randomInt(2 ** 32) / 2 ** 32;
  return createApp({
    clock,
    log,
    lifecycle,
    health,
    service: settings.service,
    stage: settings.stage,
    release,
    degraded: () => switches.now.degraded,
    newTraceId: ids.traceId,
    tracing: traces.tracing,
    lines: createPredictionLines(() => switches.now, settings.slowMs, logging.soon),
    degradedMode: degradedModeOf(settings.degraded, clock, () => switches.now.degraded),
    recorder,
    exposed,
    drift,
    ...(settings.allowFaults
      ? {
          faults: createFaults({
            clock,
            random,
            exit: process.exit,
            block: blockForever,
            standing: readStandingFault(__dirname),
          }),
        }
      : {}),
  });
}

function tracesOf(
  { service, stage, tracesEndpoint, tracesHeadersFile, tracesReservoir }: Settings,
  clock: Clock,
  calls: ThreadCalls,
  switches: SwitchBoard,
  ids: TraceIds,
  complain: (message: string) => void,
): Traces {
  return createTraces({
    endpoint: tracesEndpoint,
    headersFile: tracesHeadersFile,
    reservoirPerSecond: tracesReservoir,
    service,
    stage,
    logGroup: logGroups(scopeName({ service, stage })).service,
    clock,
    calls,
    switches: () => switches.now,
    putSpanId: ids.putSpanId,
    complain,
  });
}

/** Opens the port and says which one it is. */
async function listen(app: FastifyInstance, { bind, port }: Settings): Promise<number> {
  await app
    .listen({ host: bind, port, listenTextResolver: (address) => `accepting connections at ${address}` })
    .catch((error: unknown) => {
      throw portTaken(bind, port, error);
    });
  const address = app.server.address();
  return address === null || typeof address === 'string' ? port : address.port;
}

/** A first stop is orderly and takes its time; asking again does not make it faster. */
function onSignals(
  { logging, metricsFile, switches, health }: Service,
  stopOnce: (signal: string) => void,
): void {
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (!stopping) stopOnce(signal);
      stopping = true;
    });
  }
  process.on('SIGHUP', () => {
    logging.reopen();
    metricsFile.reopen();
    switches.reload();
    health.reload();
  });
}

async function stop(
  { settings, clock, logging, log, traces, lifecycle, metricsFile }: Service,
  { app, counting, watchdog }: Running,
  signal: string,
): Promise<void> {
  watchdog.tell('STOPPING=1');
  lifecycle.drain();
  if (lifecycle.phase === 'draining' && settings.drainSeconds > 0) {
    log.info({ signal, drainSeconds: settings.drainSeconds }, 'draining');
    await sleep(clock, settings.drainSeconds * 1000);
  }
  lifecycle.stop();
  log.info({ signal }, 'stopping');
  await within(clock, drainLimitMs, app.close()).catch((err: unknown) => {
    log.warn({ err }, 'requests in flight were cut off');
    app.server.closeAllConnections();
  });
  const told = counting.map((each) => each.stop());
  await within(clock, closeLimitMs, Promise.all([metricsFile.close(), ...told])).catch((err: unknown) => {
    log.warn({ err }, 'the last metrics may be lost');
  });
  await within(clock, closeLimitMs, traces.close()).catch((err: unknown) => {
    log.warn({ err }, 'the last traces may be lost');
  });
  // Behind the lines that still wait.
  logging.soon(() => '"msg":"stopped"');
  await within(clock, closeLimitMs, logging.close()).catch(() => {});
  process.exit(0);
}

/** Waits without burning a processor: a hang in the wild is a lock as often as a loop. */
function blockForever(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

/** The end nobody asked for. The reason goes to the log, and through it to standard error. */
async function crash(clock: Clock, logging: Logging, error: unknown): Promise<void> {
  const known = error instanceof ModelError || error instanceof StartError;
  logging.log.fatal(known ? {} : { err: error }, known ? error.message : 'the service broke');
  if (known) process.stderr.write(`${error.message}\n`);
  await within(clock, closeLimitMs, logging.close()).catch(() => {});
  process.exit(error instanceof ModelError ? exitConfiguration : 1);
}

main().catch((error: unknown) => {
  // Before there is a log: a mistake in the settings is a line for a person, anything else keeps its stack.
  const known = error instanceof SettingsError;
  process.stderr.write(`${known ? error.message : error instanceof Error ? error.stack : error}\n`);
  process.exit(known ? exitConfiguration : 1);
});
