/**
 * Counts predictions in memory and tells of them once per window, as EMF lines for the agent to ship.
 * A prediction costs a few additions; nothing of it touches a disk or a network.
 */
import { confidencesPerSecond, latenciesPerSecond } from '../../lib/catalog/told-values';
import { type Clock, everyPeriod, periodStart } from '../clock';
import { EmfWriter, type Facts, type Identity, type Samples } from './emf';
import { type Exemplar, Exemplars } from './exemplars';
import { type RecordedModel, type Recorder, WindowCounters } from './recorder';
import { ToldValues } from './told-values';
import { TotalCounters, type Totals } from './totals';

/** What the service knows of itself at the end of a window. */
export interface Vitals {
  readonly modelLoaded: 0 | 1;
  /** Absent when the service did not answer itself: one slow look is silence, and only silence that lasts is an alarm. */
  readonly serviceUp?: 1;
  readonly systemHealth: number;
}

export interface Telemetry extends Recorder {
  /** The model is there: from now on predictions are counted, and each window is told of at its end, an empty one too. */
  start(model: RecordedModel): void;
  /** Tells of what is left, the unfinished window included, and ends. */
  stop(): void;
  /** All predictions since the start; undefined before it. */
  totals(): Totals | undefined;
  /** The last traced prediction of each latency bucket. */
  exemplars(): readonly (Exemplar | undefined)[];
}

export interface TelemetryOptions {
  readonly clock: Clock;
  /** Divides ten seconds, so that no window straddles two periods of an alarm. */
  readonly windowMs: number;
  readonly identity: Identity;
  readonly write: (line: string) => void;
  /** Lines of log and metrics that are missing from their files, and have not been told as missing before. */
  readonly missingLines: () => number;
  /** Undefined while the service is leaving: a stop that was asked for must not look like an outage. */
  readonly vitals: () => Promise<Vitals | undefined>;
}

/** Classes told in one window, the most frequent ones: a model of thousands must not make kilobytes of each window. */
const maxToldClasses = 100;

/** The window that is being counted, and when it is over. */
interface OpenWindow {
  readonly start: number;
  /** By the clock that never jumps: what a prediction is compared with. */
  endsAtMs: number;
}

/** Counts nothing and tells nothing: what the rest of the service costs is measured with it. */
export const noTelemetry: Telemetry = Object.freeze({
  answered: () => {},
  failed: () => {},
  stoodIn: () => {},
  exemplar: () => {},
  start: () => {},
  stop: () => {},
  totals: () => undefined,
  exemplars: () => [],
});

/** A recorder that has seen nothing yet. */
export function createTelemetry(options: TelemetryOptions): Telemetry {
  const { clock, windowMs } = options;
  const kept = new Exemplars();
  let counting: Counting | undefined;
  let cancel = (): void => {};
  return {
    answered(atMs, latencyMs, className, confidence, degraded) {
      counting?.at(atMs).addAnswer(latencyMs, className, confidence, degraded);
    },
    failed(atMs, latencyMs, degraded = false) {
      counting?.at(atMs).addFailure(latencyMs, degraded);
    },
    stoodIn(atMs, latencyMs) {
      counting?.at(atMs).addStandIn(latencyMs);
    },
    exemplar(latencyMs, traceId) {
      kept.keep({ traceId, value: latencyMs, at: clock.now() });
    },
    start(model) {
      counting = new Counting(options, model);
      const present = counting;
      cancel = everyPeriod(clock, windowMs, (at) => {
        const lateMs = clock.now() - at;
        present.turn();
        // Apart from the counts: a self-check that takes its time must not hold them up.
        // A service that was stuck for a whole window cannot say now that it was well then: silence is the truth.
        if (lateMs < windowMs) void present.tellVitals(at - windowMs);
      });
    },
    stop() {
      cancel();
      counting?.stop();
    },
    totals: () => counting?.totals(),
    exemplars: () => kept.read(),
  };
}

/** The windows of a model, one after the other. */
class Counting {
  private readonly counters: WindowCounters;
  private readonly total: TotalCounters;
  private readonly latencies: ToldValues;
  private readonly confidences: ToldValues;
  private readonly emf: EmfWriter;
  private window: OpenWindow;
  private stopped = false;

  constructor(
    private readonly options: TelemetryOptions,
    private readonly model: RecordedModel,
  ) {
    this.counters = new WindowCounters(model);
    this.total = new TotalCounters(model);
    this.latencies = new ToldValues(latenciesPerSecond, options.windowMs);
    this.confidences = new ToldValues(confidencesPerSecond, options.windowMs);
    this.emf = new EmfWriter(options.identity);
    this.window = this.open();
  }

  /** The counters for a prediction of this moment: a timer that is late must not stretch its window. */
  at(elapsedMs: number): WindowCounters {
    if (elapsedMs >= this.window.endsAtMs) this.turn();
    return this.counters;
  }

  /** Tells of the window when it is over and begins the next. The machine's time may have jumped either way. */
  turn(): void {
    const next = this.open();
    if (next.start === this.window.start) {
      // The two clocks differ by a hair: the window goes on until both agree.
      this.window.endsAtMs = next.endsAtMs;
      return;
    }
    this.close();
    this.window = next;
  }

  async tellVitals(start: number): Promise<void> {
    const now = await this.options.vitals();
    if (now !== undefined && !this.stopped) this.tell(start, { ...now });
  }

  stop(): void {
    this.stopped = true;
    this.close();
  }

  totals(): Totals {
    return this.total.readWith(this.counters);
  }

  private open(): OpenWindow {
    const { clock, windowMs } = this.options;
    const now = clock.now();
    const start = periodStart(now, windowMs);
    return { start, endsAtMs: clock.elapsedMs() + start + windowMs - now };
  }

  private close(): void {
    const { counters, window } = this;
    const samples: Samples = {
      predictionCount: counters.count,
      predictionErrors: counters.failed,
      lowConfidencePredictions: counters.lowConfidence,
      telemetryLost: this.options.missingLines(),
      degradedPredictions: counters.degraded,
      predictionLatency: this.latencies.of(counters.latency, window.start, counters.count),
      modelConfidence: this.confidences.of(counters.confidence, window.start, counters.answered),
    };
    this.tell(window.start, samples, this.facts());
    this.total.add(counters);
    counters.clear();
  }

  private facts(): Facts {
    const { name, version, classes } = this.model;
    const counts = classes
      .map((of, index) => [of, this.counters.classes[index] ?? 0] as const)
      .filter(([, count]) => count > 0)
      .sort(([, one], [, other]) => other - one)
      .slice(0, maxToldClasses);
    return {
      model: name,
      modelVersion: version,
      classes: Object.fromEntries(counts),
    };
  }

  private tell(start: number, samples: Samples, facts: Facts = {}): void {
    for (const line of this.emf.lines(start, samples, facts)) this.options.write(line);
  }
}
