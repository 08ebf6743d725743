/** Where things live on the host, and the environment the service is started with. One truth for unit, agent and service. */

/** Environment variables of the service. The unit's environment file sets them; the service reads nothing else. */
export const serviceEnvironment = {
  service: 'VIGIA_SERVICE',
  stage: 'VIGIA_STAGE',
  bind: 'VIGIA_BIND',
  port: 'VIGIA_PORT',
  /** Answers 200 while the service serves. Read by the host's scripts and documents, not by the service. */
  readyPath: 'VIGIA_READY_PATH',
  modelDirectory: 'VIGIA_MODEL_DIRECTORY',
  logFile: 'VIGIA_LOG_FILE',
  logLevel: 'VIGIA_LOG_LEVEL',
  slowMs: 'VIGIA_SLOW_MS',
  switchesFile: 'VIGIA_SWITCHES_FILE',
  /** Where spans go, path included. Without it there are no traces. */
  tracesEndpoint: 'VIGIA_TRACES_ENDPOINT',
  /** File with one `name: value` a line, sent along with each batch of spans. */
  tracesHeadersFile: 'VIGIA_TRACES_HEADERS_FILE',
  /** Read by the host's configuration script alone, which writes that file from it. */
  tracesHeadersParameter: 'VIGIA_TRACES_HEADERS_PARAMETER',
  tracesReservoir: 'VIGIA_TRACES_RESERVOIR',
  /** `on` (usual), `scrape` or `off`: whether EMF lines are written and `/metrics` is served. */
  telemetry: 'VIGIA_TELEMETRY',
  emfFile: 'VIGIA_EMF_FILE',
  /** The checks of deep health, as JSON. */
  healthFile: 'VIGIA_HEALTH_FILE',
  /** Where the CloudWatch agent notes how far it has shipped the EMF file. */
  agentNoteFile: 'VIGIA_AGENT_NOTE_FILE',
  /** The port on which EC2's application status check asks, in HTTP/2. */
  statusCheckPort: 'VIGIA_STATUS_CHECK_PORT',
  /** How long it goes on serving after it was told to stop. */
  drainSeconds: 'VIGIA_DRAIN_SECONDS',
  flushSeconds: 'VIGIA_FLUSH_SECONDS',
  /** What a restart must not lose: the windows that drift is judged from. */
  stateDirectory: 'VIGIA_STATE_DIRECTORY',
  driftWindowSeconds: 'VIGIA_DRIFT_WINDOW_SECONDS',
  /** Windows that are judged together; a day of them, for hours differ. */
  driftWindows: 'VIGIA_DRIFT_WINDOWS',
  lowConfidenceBelow: 'VIGIA_LOW_CONFIDENCE_BELOW',
  modelEngine: 'VIGIA_MODEL_ENGINE',
  latencyLimitMs: 'VIGIA_DEGRADED_LATENCY_LIMIT_MS',
  errorLimit: 'VIGIA_DEGRADED_ERROR_LIMIT',
  maxWaitingRows: 'VIGIA_MAX_WAITING_ROWS',
  maxCachedRows: 'VIGIA_MAX_CACHED_ROWS',
  /** Set by rehearsals and benchmarks alone. Without it the service has no fault routes at all. */
  allowFaults: 'VIGIA_ALLOW_FAULTS',
} as const;

/** The value of `allowFaults` that opens the fault routes; anything else leaves them closed. */
export const allowFaultsValue = 'rehearsal';

/** Absolute paths and names on the host, derived from the service's name. */
export function hostLayout(service: string) {
  const logs = `/var/log/vigia-${service}`;
  return {
    unit: `vigia-${service}.service`,
    user: 'vigia',
    root: `/opt/vigia/${service}`,
    current: `/opt/vigia/${service}/current`,
    releases: `/opt/vigia/${service}/releases`,
    environmentFile: `/etc/vigia/${service}.env`,
    /** What may change while the service runs; `.override.json` beside it is written by documents. */
    switchesFile: `/etc/vigia/${service}.switches.json`,
    /** Keys of a backend for traces, from a SecureString parameter. */
    tracesHeadersFile: `/etc/vigia/${service}.traces-headers`,
    healthFile: `/etc/vigia/${service}.health.json`,
    /** The scripts of the first boot, and `host.env` beside them: what the host is. */
    scripts: `/opt/vigia/${service}/host`,
    /** What the operating system's upkeep may do: unattended updates. */
    upkeepFile: `/etc/vigia/${service}.upkeep`,
    agentFile: `/etc/vigia/${service}.agent.json`,
    unitFile: `/etc/systemd/system/vigia-${service}.service`,
    logDirectory: logs,
    stateDirectory: `/var/lib/vigia-${service}`,
    logFile: `${logs}/service.log`,
    emfFile: `${logs}/metrics.emf`,
  } as const;
}

/**
 * Where the CloudWatch agent notes how far it has shipped a file: the file's path with the characters that a name may
 * not hold replaced. AWS does not publish it; it is so in the agent's source (internal/state).
 */
export function agentNoteOf(path: string): string {
  return `/opt/aws/amazon-cloudwatch-agent/logs/state/${path.replace(/[/ :]/g, '_')}`;
}

/** Log groups, made by the stack with a retention; the agent may write to them but not create others. */
export function logGroups(scopeName: string) {
  return {
    service: `/vigia/${scopeName}/service`,
    metrics: `/vigia/${scopeName}/metrics`,
    remediation: `/vigia/${scopeName}/remediation`,
  } as const;
}

/**
 * Seconds between two EMF flushes. AWS asks for 5 or less when an alarm has a 10-second period;
 * flushes are aligned to the wall clock so that a window never straddles two alarm periods.
 */
export const flushSeconds = 5;

/** Where the CloudWatch agent takes spans, on the host itself: OTLP over HTTP, at the protocol's usual port. */
export const agentTraces = { bind: '127.0.0.1:4318', endpoint: 'http://127.0.0.1:4318/v1/traces' } as const;

/** Port the service listens on where config names none. */
export const defaultServicePort = 8080;

/**
 * How long a service may go on serving after it was told to stop. Longer, and a restart would not fit into the time
 * that its document has; a balancer that looks every five seconds has noticed long before.
 */
export const maxDrainSeconds = 15;

/** What a stop may take once it has drained: eight seconds for requests in flight, the rest for the last metrics. */
export const stopSeconds = 10;
/** What holds where the environment says nothing of the degraded mode; the configuration has the same defaults, with reasons. */
export const degradedDefaults = {
  latencyLimitMs: 250,
  errorLimit: 0.5,
  maxWaitingRows: 4096,
  maxCachedRows: 10_000,
} as const;

/** `auto` walks tree ensembles in the service itself and gives the rest to the runtime; `runtime` gives it everything. */
export const modelEngines = ['auto', 'runtime'] as const;

/** Where releases lie in their bucket; the host may read nothing else of it. */
export const releasePrefix = 'releases/';

/**
 * How Node is told to run the service: with 32 MB for each half of its young generation, where it would take 8 on a host of
 * 2 GB and 16 from 4 GB on. A prediction leaves fifteen kilobytes behind, nearly all of it dead by the next collection; with
 * half as many collections less is alive by chance. See docs/adr/0019-node-gets-more-room-for-what-is-young.md.
 */
export const nodeFlags = ['--max-semi-space-size=32'] as const;
