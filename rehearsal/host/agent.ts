/** The stand-in for the CloudWatch agent: does what the rendered agent configuration says, and refuses what it cannot. */
import type { Clock } from '../clock';
import type { CloudWatch, Datum } from '../cloudwatch/types';
import type { Emit } from '../events';
import type { Logs } from '../logs/types';
import { NotRehearsable } from '../not-rehearsable';
import type { Traces } from '../xray/daemon';
import { createOtlpReceiver } from '../xray/otlp-receiver';
import { type HostReadings, measurements, type Reading } from './readings';
import type { Sandbox } from './sandbox';
import { tailFile } from './tail';

export interface AgentConfig {
  readonly agent?: { readonly metrics_collection_interval?: number; readonly omit_hostname?: boolean };
  readonly metrics?: {
    readonly namespace?: string;
    readonly aggregation_dimensions?: readonly (readonly string[])[];
    readonly metrics_collected: Readonly<Record<string, MetricSection>>;
  };
  readonly logs?: {
    readonly force_flush_interval?: number;
    readonly logs_collected?: {
      readonly files?: { readonly collect_list: readonly CollectedFile[] };
    };
  };
  readonly traces?: {
    readonly traces_collected?: { readonly otlp?: { readonly http_endpoint?: string } };
  };
}

/** The agent's own default for spans over HTTP, on the host's loopback. */
export const otlpEndpoint = '127.0.0.1:4318';

interface MetricSection {
  readonly measurement: readonly string[];
  readonly resources?: readonly string[];
  readonly append_dimensions?: Readonly<Record<string, string>>;
  readonly metrics_collection_interval?: number;
  readonly drop_original_metrics?: readonly string[];
  readonly totalcpu?: boolean;
}

interface CollectedFile {
  readonly file_path: string;
  readonly log_group_name: string;
  readonly log_stream_name?: string;
}

export interface AgentDependencies {
  readonly config: AgentConfig;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly sandbox: Sandbox;
  readonly logs: Pick<Logs, 'put'>;
  readonly cloudwatch: Pick<CloudWatch, 'put'>;
  readonly readings: HostReadings;
  readonly traces: Pick<Traces, 'accept'>;
  /** Free on this machine: here the agent takes spans instead of at its default port, which may be taken. */
  readonly otlpPort: number;
  readonly instanceId: string;
}

/** What the agent is told and this stand-in does; the rest is refused by name. */
export const honouredSections: Readonly<Record<string, readonly string[]>> = {
  '': ['agent', 'metrics', 'logs', 'traces'],
  agent: ['metrics_collection_interval', 'omit_hostname', 'run_as_user'],
  metrics: ['namespace', 'aggregation_dimensions', 'metrics_collected'],
  'metrics.metrics_collected': ['cpu', 'mem', 'disk', 'diskio', 'netstat'],
  'metrics.metrics_collected.*': [
    'measurement',
    'resources',
    'append_dimensions',
    'metrics_collection_interval',
    'drop_original_metrics',
    'totalcpu',
  ],
  // Figures that are scraped beside the log lines: collected on the real host alone, and no alarm of ours reads them.
  logs: ['force_flush_interval', 'logs_collected', 'metrics_collected'],
  'logs.metrics_collected': ['prometheus'],
  'logs.logs_collected': ['files'],
  'logs.logs_collected.files': ['collect_list'],
  'logs.logs_collected.files.collect_list.*': ['file_path', 'log_group_name', 'log_stream_name'],
  traces: ['traces_collected'],
  'traces.traces_collected': ['otlp'],
  'traces.traces_collected.otlp': ['http_endpoint'],
};

/** The agent's own defaults, in seconds. */
const defaults = { collect: 60, flush: 5 };

export function startAgent(on: AgentDependencies): { stop(): void } {
  checkHonoured(on.config);
  const stops = [...shipFiles(on), ...collectMetrics(on), ...receiveSpans(on)];
  return {
    stop: () => {
      for (const stop of stops) stop();
    },
  };
}

function checkHonoured(config: AgentConfig): void {
  const unknown = Object.entries(honouredSections).flatMap(([path, honoured]) =>
    sectionsAt(config, path).flatMap(([name, section]) =>
      Object.keys(section ?? {})
        .filter((key) => !honoured.includes(key))
        .map((key) => [...name, key].join('.')),
    ),
  );
  const unmeasured = Object.entries(config.metrics?.metrics_collected ?? {}).flatMap(([plugin, section]) =>
    (section.measurement ?? [])
      .filter((name) => !canMeasure(plugin, name))
      .map((name) => `metrics.metrics_collected.${plugin}.measurement ${JSON.stringify(name)}`),
  );
  const { http_endpoint: spans = otlpEndpoint } = config.traces?.traces_collected?.otlp ?? {};
  const unmapped =
    spans === otlpEndpoint ? [] : [`traces.traces_collected.otlp.http_endpoint ${JSON.stringify(spans)}`];
  const refused = [...unknown, ...unmeasured, ...unmapped];
  if (refused.length === 0) return;
  throw new NotRehearsable(
    `agent configuration ${refused.join(', ')}`,
    'the agent stand-in does not honour it',
    'take it out of the rehearsed configuration, or use a real agent',
  );
}

/** The sections at a path, each with its own name; `*` stands for every key or index. */
function sectionsAt(config: unknown, path: string): [name: readonly string[], section: object | undefined][] {
  let found: [readonly string[], unknown][] = [[[], config]];
  for (const key of path.split('.').filter((each) => each !== '')) {
    found = found.flatMap(([name, value]) => {
      const entries = Object.entries((value ?? {}) as Record<string, unknown>);
      return entries
        .filter(([each]) => key === '*' || each === key)
        .map(([each, inner]): [readonly string[], unknown] => [[...name, each], inner]);
    });
  }
  return found.map(([name, section]) => [name, section as object | undefined]);
}

/** The long form, an object with a new name or unit, is not honoured. */
function canMeasure(plugin: string, name: unknown): boolean {
  const known = measurements[plugin];
  // An unknown plugin is told of by its own name.
  if (known === undefined) return true;
  return typeof name === 'string' && known.some((each) => fullName(plugin, each) === fullName(plugin, name));
}

function shipFiles({ config, clock, sandbox, logs, emit, instanceId }: AgentDependencies): (() => void)[] {
  const flushMs = (config.logs?.force_flush_interval ?? defaults.flush) * 1000;
  return (config.logs?.logs_collected?.files?.collect_list ?? []).map((file) => {
    const stream = (file.log_stream_name ?? '{instance_id}').replace('{instance_id}', instanceId);
    let refused = false;
    return tailFile(sandbox.path(file.file_path), { clock, flushMs }, (lines, shippedBytes) => {
      try {
        logs.put(
          file.log_group_name,
          stream,
          lines.map((message) => ({ message, timestamp: clock.now() })),
        );
        noteProgress(sandbox, file.file_path, shippedBytes);
      } catch (error) {
        // The host may not create groups: on AWS these lines would be lost just as silently.
        if (!refused)
          emit({ kind: 'notice', subject: `agent: ${file.log_group_name}`, text: (error as Error).message });
        refused = true;
      }
    });
  });
}

/** A configuration that replaces another finds its port taken until the earlier one has let go. */
const portRetryMs = 200;

function receiveSpans({ config, clock, traces, otlpPort, emit }: AgentDependencies): (() => void)[] {
  if (config.traces?.traces_collected?.otlp === undefined) return [];
  const server = createOtlpReceiver((documents) => traces.accept(documents));
  const listen = (): void => void server.listen(otlpPort, '127.0.0.1');
  let cancel = (): void => {};
  server.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE') cancel = clock.after(portRetryMs, listen);
    else emit({ kind: 'notice', subject: 'agent: traces', text: error.message });
  });
  listen();
  return [
    () => {
      cancel();
      server.close();
      server.closeAllConnections();
    },
  ];
}

/** As the agent does: a file beside its log says how far it is, for itself and for whoever wants to know. */
function noteProgress(sandbox: Sandbox, path: string, bytes: number): void {
  const name = path.replace(/[/ :]/g, '_');
  sandbox.write(`/opt/aws/amazon-cloudwatch-agent/logs/state/${name}`, `${bytes}\n${path}\n0-${bytes}`);
}

function collectMetrics(on: AgentDependencies): (() => void)[] {
  const { metrics, agent } = on.config;
  if (metrics === undefined) return [];
  return Object.entries(metrics.metrics_collected).map(([plugin, section]) => {
    const seconds =
      section.metrics_collection_interval ?? agent?.metrics_collection_interval ?? defaults.collect;
    let cancel = (): void => {};
    let stopped = false;
    const collect = async (): Promise<void> => {
      const readings = await on.readings(plugin, section.resources ?? []);
      // A stop may come while the figures are being read.
      if (stopped) return;
      on.cloudwatch.put(toData(plugin, section, readings, metrics, { seconds, at: on.clock.now() }));
      cancel = on.clock.after(seconds * 1000, () => void collect());
    };
    // The first figures after a second, so that a short rehearsal has some at all.
    cancel = on.clock.after(1000, () => void collect());
    return () => {
      stopped = true;
      cancel();
    };
  });
}

/** One datum a reading and dimension set: the original, unless dropped, and each aggregation that fits it. */
export function toData(
  plugin: string,
  section: MetricSection,
  readings: readonly Reading[],
  metrics: NonNullable<AgentConfig['metrics']>,
  when: { readonly seconds: number; readonly at: number },
): Datum[] {
  const dropped = new Set((section.drop_original_metrics ?? []).map((name) => fullName(plugin, name)));
  const wanted = new Set(section.measurement.map((name) => fullName(plugin, name)));
  const sets = new Map<string, Datum & { values: number[] }>();
  for (const reading of readings) {
    const name = fullName(plugin, reading.measurement);
    if (!wanted.has(name)) continue;
    const own = { ...section.append_dimensions, ...reading.dimensions };
    const aggregated = (metrics.aggregation_dimensions ?? [])
      // The agent skips an aggregation that is no smaller than the metric's own set.
      .filter((keys) => keys.length < Object.keys(own).length && keys.every((key) => key in own))
      .map((keys) => Object.fromEntries(keys.map((key) => [key, own[key] ?? ''])));
    for (const dimensions of [...(dropped.has(name) ? [] : [own]), ...aggregated]) {
      const key = JSON.stringify([name, Object.entries(dimensions).sort()]);
      const datum = sets.get(key);
      if (datum !== undefined) datum.values.push(reading.value);
      else {
        sets.set(key, {
          namespace: metrics.namespace ?? 'CWAgent',
          name,
          dimensions,
          unit: reading.unit,
          storageResolutionSeconds: when.seconds < 60 ? 1 : 60,
          at: when.at,
          values: [reading.value],
        });
      }
    }
  }
  return [...sets.values()];
}

function fullName(plugin: string, measurement: string): string {
  return measurement.startsWith(`${plugin}_`) ? measurement : `${plugin}_${measurement}`;
}
