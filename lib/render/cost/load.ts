/** What a month of use is made of, each guess named with its reason: a reader who knows better changes one number. */
import { flushSeconds } from '../../catalog/host';
import { remediationFunction } from '../../catalog/remediation';
import { confidencesPerSecond, latenciesPerSecond, valuesPerLine } from '../../catalog/told-values';
import type { Config } from '../../config/config';
import { hoursPerMonth } from './prices';

export interface Load {
  /** Mean over the month, nights included. */
  readonly requestsPerSecond: number;
  /** Share of ordinary predictions that leave a log line. */
  readonly logShare: number;
  readonly traceShare: number;
}

/** Where the sheet begins to show what traffic costs. */
export const usualRequestsPerSecond = 10;

/** The load of a stage: its traffic, and the shares of it that its configuration keeps. */
export function loadOf({ switches }: Config, requestsPerSecond: number = usualRequestsPerSecond): Load {
  return { requestsPerSecond, logShare: switches.logShare, traceShare: switches.traceShare };
}

const secondsPerMonth = hoursPerMonth * 3600;
const bytesPerGB = 1e9;

/** CloudWatch Logs counts this much for each event beside its text. */
const eventOverheadBytes = 26;

/** A prediction's line without feature values: time, level, ids, class, confidence, latency. */
const logLineBytes = 400;

/** Both documents of a window without its distributions: declarations of the metrics, counts, heartbeat. Measured. */
const emfFixedBytes = 1200;

/** A latency or a confidence, its comma, and its share of a line's declarations. Measured. */
const emfBytesPerLatency = 8;
const emfBytesPerConfidence = 6;

/** The function's start, end and report lines, and its own one. */
const functionLogBytes = 900;

/** A re-check reads its incident and looks at the alarms: two calls and the first start now and then. */
const functionSeconds = 0.3;

/** More than this and the service needs work, not a sheet. */
const incidentsPerMonth = 10;

/** Two tries, their ends, and the alarms that came with them. */
const eventsPerIncident = 12;

/** The agent's and the callers' connections, told from both sides once in ten minutes. */
const flowRecordsPerMinute = 30;
const flowRecordBytes = 120 + eventOverheadBytes;

/** Each topic asks for a data key every five minutes at most, which is 8 760 times; log groups ask rarely. */
const keyRequests = 10_000;

/** Packages and our asset, once for each replaced host; a deployment a week. */
const bootGB = 0.4;
const bootsPerMonth = 4;

export interface MonthlyUse {
  readonly requests: number;
  /** Ingested bytes by log group, as the catalog names the groups, and the flow log. */
  readonly logGB: Readonly<Record<'service' | 'metrics' | 'remediation' | 'flow', number>>;
  readonly traces: number;
  readonly functionTraces: number;
  /** What the host itself sends and fetches. */
  readonly hostGB: number;
  readonly agentRequests: number;
  readonly functionRequests: number;
  readonly functionGBSeconds: number;
  readonly tableReads: number;
  readonly tableWrites: number;
  readonly keyRequests: number;
  readonly incidents: number;
}

/** One month of this load in what AWS counts. */
export function monthlyUse(load: Load): MonthlyUse {
  const requests = load.requestsPerSecond * secondsPerMonth;
  const windows = secondsPerMonth / flushSeconds;
  const perWindow = load.requestsPerSecond * flushSeconds;
  // However many predictions there are: more values would tell no more.
  const latencies = Math.min(perWindow, latenciesPerSecond * flushSeconds);
  const confidences = Math.min(perWindow, confidencesPerSecond * flushSeconds);
  const emfBytes = emfFixedBytes + latencies * emfBytesPerLatency + confidences * emfBytesPerConfidence;
  const emfLines = 2 + latencies / valuesPerLine;
  const minutes = hoursPerMonth * 60;
  const invocations = minutes / remediationFunction.recheckMinutes + incidentsPerMonth * eventsPerIncident;
  const logGB = {
    service: (requests * load.logShare * (logLineBytes + eventOverheadBytes)) / bytesPerGB,
    metrics: (windows * (emfBytes + emfLines * eventOverheadBytes)) / bytesPerGB,
    remediation: (invocations * (functionLogBytes + 4 * eventOverheadBytes)) / bytesPerGB,
    flow: (minutes * flowRecordsPerMinute * flowRecordBytes) / bytesPerGB,
  };
  const table = incidentsPerMonth * eventsPerIncident;
  return {
    requests,
    logGB,
    traces: requests * load.traceShare,
    // The default sampling rule takes the first request of each second, and the function is called once a minute.
    functionTraces: invocations,
    hostGB: logGB.service + logGB.metrics + bootGB * bootsPerMonth,
    // The agent sends all its figures in one call a minute.
    agentRequests: minutes,
    functionRequests: invocations,
    functionGBSeconds: (invocations * functionSeconds * remediationFunction.memoryMiB) / 1024,
    tableReads: invocations,
    tableWrites: table,
    keyRequests,
    incidents: incidentsPerMonth,
  };
}
