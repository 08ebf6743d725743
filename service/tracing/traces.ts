/** Traces of this process: sends them when they are on, counts what is lost, and sends the rest before the end. */
import type { Clock } from '../clock';
import type { ThreadCalls } from '../outgoing/thread-calls';
import type { Switches } from '../switches';
import { readHeaders } from './headers-file';
import { openOtlp } from './otlp';
import type { OtlpSender } from './otlp-sender';
import { createSampler } from './sampling';
import type { PutSpanId } from './trace-ids';
import { createTracing, noTracing, type Tracing } from './tracing';

/** A backend that is away stays away for a while; a line each ten minutes says so without being one more trouble. */
const complainAtMostEveryMs = 600_000;

export interface TracesState {
  readonly exportedSpans: number;
  readonly lostSpans: number;
}

export interface Traces {
  readonly tracing: Tracing;
  state(): TracesState;
  /** Until then nothing is traced; a service that starts has better things to do first. */
  start(): void;
  /** Sends what is queued. */
  close(): Promise<void>;
}

export interface TracesOptions {
  readonly endpoint: string | undefined;
  readonly headersFile: string | undefined;
  readonly reservoirPerSecond: number;
  readonly service: string;
  readonly stage: string;
  readonly logGroup: string;
  readonly clock: Clock;
  readonly calls: ThreadCalls;
  readonly switches: () => Switches;
  readonly putSpanId: PutSpanId;
  readonly complain: (message: string) => void;
}

export function createTraces(options: TracesOptions): Traces {
  const { endpoint, clock } = options;
  let exportedSpans = 0;
  let lostSpans = 0;
  let complainedAtMs = Number.NEGATIVE_INFINITY;
  let sink: OtlpSender | undefined;
  const state = (): TracesState => ({ exportedSpans, lostSpans });
  if (endpoint === undefined) {
    return { tracing: noTracing, state, start: () => {}, close: async () => {} };
  }
  const complainSometimes = (message: string): void => {
    if (clock.elapsedMs() - complainedAtMs < complainAtMostEveryMs) return;
    complainedAtMs = clock.elapsedMs();
    options.complain(message);
  };
  const sampler = createSampler(
    () => ({ share: options.switches().traceShare, reservoirPerSecond: options.reservoirPerSecond }),
    () => clock.now(),
  );
  return {
    tracing: createTracing({ clock, sampler, sink: () => sink }),
    state,
    start() {
      options.calls.open();
      sink = openOtlp({
        ...options,
        endpoint,
        headers: () => readHeaders(options.headersFile, complainSometimes),
        onExported: (count) => {
          exportedSpans += count;
        },
        onLost: (count, reason) => {
          lostSpans += count;
          complainSometimes(
            `traces: cannot be sent to ${endpoint} (${reason}), ${lostSpans} spans lost so far; ` +
              'start what listens there or correct the address',
          );
        },
      });
    },
    async close() {
      const open = sink;
      sink = undefined;
      // What could not be sent is counted already; the end of the process does not wait for a reason.
      await open?.close().catch(() => {});
    },
  };
}
