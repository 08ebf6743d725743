/** Sends spans in batches to an OTLP/HTTP backend. What does not fit or cannot be sent is counted; nobody waits for it. */
import { type Clock, sleep } from '../clock';
import type { Calls, HttpAnswer } from '../outgoing/calls';
import type { TraceRecord, TraceSink } from './tracing';

/** Minutes of an agent that is away, at a few traced requests a second, and some megabytes at the worst. */
const maxWaitingTraces = 2048;
/** About a megabyte, of the twenty that OpenTelemetry's own receiver takes; fewer and larger posts cost less. */
const tracesPerBatch = 512;
/** A trace is looked for a moment after its request, not within it. */
const batchDelayMs = 2000;
/** The agent is on this machine; a backend far away still has the time of an attempt. */
const attemptLimitMs = 5000;
/** Another attempt after half a second and after one more: an agent that restarts is back by then. */
const retryAfterMs = [500, 1000];
/** More batches under way than this only mean that nobody takes them. */
const maxUnderWay = 4;
/** Of an answer that explains a refusal; a whole page of a proxy helps nobody. */
const maxReasonLength = 200;

/** What OTLP/HTTP calls worth another attempt. */
const retryable: ReadonlySet<number> = new Set([429, 502, 503, 504]);

export interface OtlpSenderOptions {
  /** The whole address, path included. */
  readonly endpoint: string;
  readonly clock: Clock;
  readonly calls: Pick<Calls, 'http'>;
  /** Read again for each batch, so that a renewed key needs no restart. */
  readonly headers: () => Promise<Record<string, string>>;
  readonly onExported: (spans: number) => void;
  readonly onLost: (spans: number, reason: string) => void;
}

export interface OtlpSender extends TraceSink {
  /** Sends what waits, and ends. */
  close(): Promise<void>;
}

/** @param write the body of a request that carries these traces */
export function createOtlpSender(
  options: OtlpSenderOptions,
  write: (traces: readonly TraceRecord[]) => Buffer,
): OtlpSender {
  const { clock, onExported, onLost } = options;
  const queue: TraceRecord[] = [];
  let waiting = 0;
  let closing = false;
  let cancelDelay: (() => void) | undefined;
  const underWay = new Set<Promise<void>>();

  const deliver = async (traces: readonly TraceRecord[]): Promise<void> => {
    const spans = traces.reduce((sum, trace) => sum + spansIn(trace), 0);
    try {
      const rejected = await attempt(write(traces));
      if (rejected > 0) onLost(rejected, 'refused by the backend');
      onExported(spans - rejected);
    } catch (error) {
      onLost(spans, error instanceof Error ? error.message : String(error));
    } finally {
      waiting -= traces.length;
    }
  };
  /** How many spans of the batch were refused. Rejects with the last reason. */
  const attempt = async (body: Buffer): Promise<number> => {
    for (let tries = 0; ; tries += 1) {
      const pauseMs = closing ? undefined : retryAfterMs[tries];
      try {
        const { status, text } = await post(options, body);
        if (status >= 200 && status < 300) return rejectedSpans(text);
        if (!retryable.has(status) || pauseMs === undefined) {
          throw new Refusal(`status ${status}${text === '' ? '' : `: ${text.slice(0, maxReasonLength)}`}`);
        }
      } catch (error) {
        if (error instanceof Refusal || pauseMs === undefined) throw error;
      }
      await sleep(clock, pauseMs ?? 0);
    }
  };
  const send = (): void => {
    while (queue.length > 0 && underWay.size < maxUnderWay) {
      const batch = queue.splice(0, tracesPerBatch);
      const delivery: Promise<void> = deliver(batch).finally(() => {
        underWay.delete(delivery);
        // Without a delay under way nobody else would send what is left.
        if (queue.length >= tracesPerBatch || closing || cancelDelay === undefined) send();
      });
      underWay.add(delivery);
    }
  };
  return {
    take(trace) {
      if (waiting >= maxWaitingTraces) return onLost(spansIn(trace), 'too many wait to be sent');
      waiting += 1;
      queue.push(trace);
      if (queue.length >= tracesPerBatch) send();
      else
        cancelDelay ??= clock.after(batchDelayMs, () => {
          cancelDelay = undefined;
          send();
        });
    },
    async close() {
      closing = true;
      cancelDelay?.();
      send();
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

/** How many spans a trace is written as: the request, and each part that it came to. */
export const spansIn = ({ partStartsMs }: TraceRecord): number =>
  1 + partStartsMs.filter((startMs) => !Number.isNaN(startMs)).length;

/** An answer that another attempt would not change. */
class Refusal extends Error {}

async function post({ calls, endpoint, headers }: OtlpSenderOptions, body: Buffer): Promise<HttpAnswer> {
  const own = { 'content-type': 'application/json', 'content-length': String(body.length) };
  return calls.http({
    ...{ url: endpoint, method: 'POST', headers: { ...(await headers()), ...own }, body },
    ...{ limitMs: attemptLimitMs, connection: 'kept', names: 'system', reads: 'text' },
  });
}

/** OTLP's partial success: the batch was taken, and some of its spans were not. */
function rejectedSpans(text: string): number {
  if (!text.includes('rejectedSpans')) return 0;
  try {
    const { partialSuccess } = JSON.parse(text) as { partialSuccess?: { rejectedSpans?: number | string } };
    return Number(partialSuccess?.rejectedSpans ?? 0) || 0;
  } catch {
    return 0;
  }
}
