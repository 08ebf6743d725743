/** Sends spans in batches to an OTLP/HTTP backend. What does not fit or cannot be sent is counted; nobody waits for it. */
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { type Clock, sleep } from '../clock';
import { batchText } from './otlp-json';

/** A minute of an agent that is away, at four spans a request and a few traced requests a second. */
const maxWaitingSpans = 1024;
const spansPerBatch = 128;
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
  /** Read again for each batch, so that a renewed key needs no restart. */
  readonly headers: () => Promise<Record<string, string>>;
  readonly onExported: (spans: number) => void;
  readonly onLost: (spans: number, reason: string) => void;
}

export interface OtlpSender {
  /** Takes one span as text. */
  take(span: string): void;
  /** Sends what waits, and ends. */
  close(): Promise<void>;
}

export function createOtlpSender(options: OtlpSenderOptions, head: string): OtlpSender {
  const { clock, onExported, onLost } = options;
  const post = poster(options.endpoint, clock);
  const queue: string[] = [];
  let waiting = 0;
  let closing = false;
  let cancelDelay: (() => void) | undefined;
  const underWay = new Set<Promise<void>>();

  const deliver = async (spans: readonly string[]): Promise<void> => {
    try {
      const rejected = await attempt(batchText(head, spans));
      if (rejected > 0) onLost(rejected, 'refused by the backend');
      onExported(spans.length - rejected);
    } catch (error) {
      onLost(spans.length, error instanceof Error ? error.message : String(error));
    } finally {
      waiting -= spans.length;
    }
  };
  /** How many spans of the batch were refused. Rejects with the last reason. */
  const attempt = async (body: string): Promise<number> => {
    for (let tries = 0; ; tries += 1) {
      const pauseMs = closing ? undefined : retryAfterMs[tries];
      try {
        const { status, text } = await post(body, await options.headers());
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
      const batch = queue.splice(0, spansPerBatch);
      const delivery: Promise<void> = deliver(batch).finally(() => {
        underWay.delete(delivery);
        // Without a delay under way nobody else would send what is left.
        if (queue.length >= spansPerBatch || closing || cancelDelay === undefined) send();
      });
      underWay.add(delivery);
    }
  };
  return {
    take(span) {
      if (waiting >= maxWaitingSpans) return onLost(1, 'too many wait to be sent');
      waiting += 1;
      queue.push(span);
      if (queue.length >= spansPerBatch) send();
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

/** An answer that another attempt would not change. */
class Refusal extends Error {}

interface Posted {
  readonly status: number;
  readonly text: string;
}

/** Posts over connections that are kept, with a limit of its own for each attempt. */
function poster(
  endpoint: string,
  clock: Clock,
): (body: string, headers: Record<string, string>) => Promise<Posted> {
  const isTls = endpoint.startsWith('https:');
  const agent = isTls ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
  const request = isTls ? httpsRequest : httpRequest;
  return (body, headers) =>
    new Promise((resolve, reject) => {
      const call = request(endpoint, {
        agent,
        method: 'POST',
        headers: {
          ...headers,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
        },
      });
      const cancel = clock.after(attemptLimitMs, () =>
        call.destroy(new Error(`no answer within ${attemptLimitMs} ms`)),
      );
      call.on('close', cancel);
      call.on('error', reject);
      call.on('response', (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('error', reject);
        // Read to its end, so that the connection can be used again; kept only as far as anybody reads.
        response.on('data', (chunk: string) => {
          if (text.length < 4096) text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      });
      call.end(body);
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
