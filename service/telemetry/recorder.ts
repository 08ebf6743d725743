/**
 * What one prediction costs: a few additions in memory that was there before. Everything that tells of predictions
 * (EMF lines, `/metrics`) is derived from these counters later.
 */
import { confidenceRange, Distribution, latencyRange } from './distribution';

/** What the routes need of the telemetry: one call for each prediction. */
export interface Recorder {
  /**
   * A prediction was answered.
   * @param atMs `elapsedMs` of the clock, which the caller has read for the latency anyway
   * @param degraded whether it came too late, and the caller had been answered from a cache or a fallback by then
   */
  answered(atMs: number, latencyMs: number, className: string, confidence: number, degraded: boolean): void;
  /**
   * The model failed; the latency is that of the error, and there is no confidence.
   * @param degraded whether the caller was answered all the same, from a cache or a fallback
   */
  failed(atMs: number, latencyMs: number, degraded?: boolean): void;
  /** Answered from a cache or a fallback because somebody switched it so: the model was not asked and did not fail. */
  stoodIn(atMs: number, latencyMs: number): void;
  /** Only for a prediction whose trace is kept: lets a graph of latencies lead to that trace. */
  exemplar(latencyMs: number, traceId: string): void;
}

/** What is known of the model once it is loaded. */
export interface RecordedModel {
  readonly name: string;
  readonly version: string;
  readonly classes: readonly string[];
  readonly lowConfidenceBelow: number;
}

/** The counters of one window; emptied and used again for the next. */
export class WindowCounters {
  readonly latency = new Distribution(latencyRange);
  readonly confidence = new Distribution(confidenceRange);
  /** Answers by class, in the model's order; the last is for a class that the model does not name. */
  readonly classes: Uint32Array;
  answered = 0;
  failed = 0;
  stoodIn = 0;
  lowConfidence = 0;
  degraded = 0;
  private readonly classIndex: ReadonlyMap<string, number>;

  constructor(private readonly model: RecordedModel) {
    this.classIndex = new Map(model.classes.map((name, index) => [name, index]));
    this.classes = new Uint32Array(model.classes.length + 1);
  }

  addAnswer(latencyMs: number, className: string, confidence: number, degraded: boolean): void {
    this.answered += 1;
    this.latency.add(latencyMs);
    this.confidence.add(confidence);
    // Written so that not a number, which no model should answer, counts as low.
    if (!(confidence >= this.model.lowConfidenceBelow)) this.lowConfidence += 1;
    if (degraded) this.degraded += 1;
    const index = this.classIndex.get(className) ?? this.model.classes.length;
    this.classes[index] = (this.classes[index] ?? 0) + 1;
  }

  addFailure(latencyMs: number, degraded: boolean): void {
    this.failed += 1;
    if (degraded) this.degraded += 1;
    this.latency.add(latencyMs);
  }

  addStandIn(latencyMs: number): void {
    this.stoodIn += 1;
    this.degraded += 1;
    this.latency.add(latencyMs);
  }

  get count(): number {
    return this.answered + this.failed + this.stoodIn;
  }

  clear(): void {
    this.latency.clear();
    this.confidence.clear();
    this.classes.fill(0);
    this.answered = 0;
    this.failed = 0;
    this.stoodIn = 0;
    this.lowConfidence = 0;
    this.degraded = 0;
  }
}
