/** The telemetry of the running service: the recorder, its file, and what `/metrics` shows, as the settings want them. */
import { type AppendFile, type AppendFileState, createAppendFile, noFile } from '../append-file';
import type { Clock } from '../clock';
import type { Logging } from '../logging';
import type { Settings } from '../settings';
import type { Traces } from '../tracing/traces';
import type { Exposed, ExposedFile } from './families';
import { createLagMeter } from './lag';
import type { RecordedModel } from './recorder';
import { createTelemetry, noTelemetry, type Telemetry, type Vitals } from './telemetry';

/** Nine minutes of windows at full load, hours at little: what a full disk may cost in memory. */
const maxBufferedBytes = 4 * 1024 * 1024;

export interface AssembledTelemetry {
  readonly telemetry: Telemetry;
  /** What `/metrics` shows; undefined where nothing is counted. */
  readonly exposed: (() => Exposed) | undefined;
}

/** The file that the agent ships, or none where nobody wants it. */
export function openMetricsFile(
  { telemetry, emfFile }: Pick<Settings, 'telemetry' | 'emfFile'>,
  clock: Clock,
  complain: (message: string) => void,
): AppendFile {
  if (telemetry !== 'on' || emfFile === undefined) return noFile;
  return createAppendFile({ path: emfFile, maxBufferedBytes, clock, complain });
}

export interface AssembleOptions {
  readonly clock: Clock;
  readonly settings: Settings;
  readonly metricsFile: AppendFile;
  readonly logging: Pick<Logging, 'state'>;
  readonly traces: Pick<Traces, 'tracing' | 'state'>;
  readonly vitals: () => Promise<Vitals | undefined>;
}

/** Puts the parts together. Nothing is counted until the model is there. */
export function assembleTelemetry({
  clock,
  settings,
  metricsFile,
  logging,
  traces,
  vitals,
}: AssembleOptions): AssembledTelemetry {
  if (settings.telemetry === 'off') return { telemetry: noTelemetry, exposed: undefined };
  const files = (): readonly ExposedFile[] => [
    { file: 'metrics', state: metricsFile.state() },
    { file: 'log', state: logging.state() },
  ];
  const counting = createTelemetry({
    clock,
    windowMs: settings.flushSeconds * 1000,
    identity: { Service: settings.service, Stage: settings.stage },
    write: (line) => metricsFile.write(line),
    missingLines: missingLinesOf(
      () => metricsFile.state(),
      () => [logging.state()],
    ),
    // They cost a request to itself, and stand in the metrics file alone.
    vitals: settings.telemetry === 'on' ? vitals : async () => undefined,
  });
  const lag = createLagMeter(clock);
  const startedAtSeconds = (clock.now() - clock.elapsedMs()) / 1000;
  let loaded: RecordedModel | undefined;
  const telemetry: Telemetry = {
    ...counting,
    start(model) {
      loaded = model;
      counting.start(model);
    },
    stop() {
      lag.stop();
      counting.stop();
    },
  };
  const exposed = (): Exposed => ({
    build: {
      service: settings.service,
      stage: settings.stage,
      model: loaded?.name ?? '',
      model_version: loaded?.version ?? '',
      node: process.version,
    },
    totals: counting.totals(),
    exemplars: counting.exemplars(),
    files: files(),
    spans: traces.tracing.isOn ? traces.state() : undefined,
    process: { ...usage(), startedAtSeconds, lagMaxMs: lag.maxMs() },
  });
  return { telemetry, exposed };
}

function usage(): { readonly cpuSeconds: number; readonly residentBytes: number } {
  const { user, system } = process.cpuUsage();
  return { cpuSeconds: (user + system) / 1e6, residentBytes: process.memoryUsage.rss() };
}

/**
 * Lines that are missing from their files now: those dropped and not told of yet, and those that wait because the last
 * attempt failed. A line that merely waits for its turn is not missing.
 * @param carrier the file that the number itself is written to: what it drops may be the line that told of earlier ones
 */
export function missingLinesOf(
  carrier: () => AppendFileState,
  others: () => readonly AppendFileState[],
): () => number {
  let toldBefore = 0;
  let lostBefore = 0;
  let carrierLostBefore = 0;
  return () => {
    const own = carrier();
    const all = [own, ...others()];
    const lost = all.reduce((sum, { lostLines }) => sum + lostLines, 0);
    const held = all.reduce((sum, { failure, waitingLines }) => sum + (failure ? waitingLines : 0), 0);
    // Nothing was dropped since: the last number has come through, or waits for a file that will take it.
    if (own.lostLines === carrierLostBefore) toldBefore = lostBefore;
    lostBefore = lost;
    carrierLostBefore = own.lostLines;
    return lost - toldBefore + held;
  };
}
