/** Sends spans in batches to an OTLP/HTTP backend. What does not fit or cannot be sent is counted; nobody waits for it. */
import { type Clock, sleep } from '../clock';
import type { Calls, HttpAnswer } from '../outgoing/calls';
import { reasonIn, rejectedSpans } from './otlp-answer';
import type { TraceRecord, TraceSink } from './tracing';

/** Minutes of an agent that is away, at a few traced requests a second, and some megabytes at the worst. */
const maxWaitingTraces = 2048;
/** A third of a megabyte, of the twenty that OpenTelemetry's own receiver takes; fewer and larger posts cost less. */
const tracesPerBatch = 512;
/**
 * So many are written at once. One by one, between requests, each takes ten times as long: what writes it has left the
 * processor's caches by the next one. Many more would grow old while they wait, and what grows old costs the collector most.
 */
const tracesTogether = 32;
/** A trace is looked for a moment after its request, not within it. */
const batchDelayMs = 2000;
/** The agent is on this machine; a backend far away still has the time of an attempt. */
const attemptLimitMs = 5000;
/** Another attempt after half a second and after one more: an agent that restarts is back by then. */
const retryAfterMs = [500, 1000];
/** More batches under way than this only mean that nobody takes them; the next one then grows until one is back. */
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

export interface TraceWriter {
  /** Adds a trace to the body of the next request, or throws and leaves it as it was. */
  add(trace: TraceRecord): void;
  /** The body of a request with all that was added since the last one. */
  take(): Uint8Array;
}

interface Count {
  readonly traces: number;
  readonly spans: number;
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export function createOtlpSender(options: OtlpSenderOptions, writer: TraceWriter): OtlpSender {
  const { clock, onExported, onLost } = options;
  const fresh: TraceRecord[] = [];
  let written: Count = { traces: 0, spans: 0 };
  let waiting = 0;
  let isDue = false;
  let closing = false;
  let cancelDelay: (() => void) | undefined;
  const underWay = new Set<Promise<void>>();

  const writeFresh = (): void => {
    for (const trace of fresh) {
      const spans = spansIn(trace);
      try {
        writer.add(trace);
        written = { traces: written.traces + 1, spans: written.spans + spans };
      } catch (error) {
        waiting -= 1;
        onLost(spans, reasonOf(error));
      }
    }
    fresh.length = 0;
  };
  const flush = (): void => {
    writeFresh();
    // Nobody takes them at the moment: they become one batch with what comes until somebody does.
    isDue = written.traces > 0 && underWay.size >= maxUnderWay;
    if (isDue || written.traces === 0) return;
    const delivery: Promise<void> = deliver(writer.take(), written).finally(() => {
      underWay.delete(delivery);
      if (isDue) flush();
    });
    written = { traces: 0, spans: 0 };
    underWay.add(delivery);
  };
  const deliver = async (body: Uint8Array, { traces, spans }: Count): Promise<void> => {
    try {
      const rejected = await attempt(body);
      if (rejected > 0) onLost(rejected, 'refused by the backend');
      onExported(spans - rejected);
    } catch (error) {
      onLost(spans, reasonOf(error));
    } finally {
      waiting -= traces;
    }
  };
  /** How many spans of the batch were refused. Rejects with the last reason. */
  const attempt = async (body: Uint8Array): Promise<number> => {
    for (let tries = 0; ; tries += 1) {
      const pauseMs = closing ? undefined : retryAfterMs[tries];
      try {
        const { status, body: answer } = await post(options, body);
        if (status >= 200 && status < 300) return rejectedSpans(answer);
        if (!retryable.has(status) || pauseMs === undefined) {
          const reason = reasonIn(answer).slice(0, maxReasonLength);
          throw new Refusal(`status ${status}${reason === '' ? '' : `: ${reason}`}`);
        }
      } catch (error) {
        if (error instanceof Refusal || pauseMs === undefined) throw error;
      }
      await sleep(clock, pauseMs ?? 0);
    }
  };
  return {
    take(trace) {
      if (closing) return onLost(spansIn(trace), 'its answer came after the last traces were sent');
      if (waiting >= maxWaitingTraces) return onLost(spansIn(trace), 'too many wait to be sent');
      waiting += 1;
      fresh.push(trace);
      cancelDelay ??= clock.after(batchDelayMs, () => {
        cancelDelay = undefined;
        flush();
      });
      if (fresh.length < tracesTogether) return;
      writeFresh();
      if (written.traces >= tracesPerBatch) flush();
    },
    async close() {
      closing = true;
      cancelDelay?.();
      flush();
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

/** How many spans a trace is written as: the request, and each part that it came to. */
export const spansIn = ({ partStartsMs }: TraceRecord): number =>
  partStartsMs.reduce((sum, startMs) => (Number.isNaN(startMs) ? sum : sum + 1), 1);

/** An answer that another attempt would not change. */
class Refusal extends Error {}

async function post({ calls, endpoint, headers }: OtlpSenderOptions, body: Uint8Array): Promise<HttpAnswer> {
  const own = { 'content-type': 'application/x-protobuf', 'content-length': String(body.length) };
  return calls.http({
    ...{ url: endpoint, method: 'POST', headers: { ...(await headers()), ...own }, body },
    ...{ limitMs: attemptLimitMs, connection: 'kept', names: 'system', reads: 'body' },
  });
}
