/** All predictions since the start: what Prometheus counts. A window is added when it is over, at no cost to a prediction. */
import { confidenceRange, Distribution, latencyRange } from './distribution';
import type { RecordedModel, WindowCounters } from './recorder';

/** The class of answers that the model does not name; a class of the model with this very name takes them in. */
export const otherClass = 'other';

/** In ms; each is a bound between two buckets, so that nothing is counted on the wrong side. 250 is the alarm's limit. */
export const latencyBounds: readonly number[] = [
  0.25, 0.5, 1, 2, 3, 5, 10, 25, 50, 100, 150, 200, 250, 300, 500, 1000, 2000, 4000, 8000,
];

/** 0.6 is the usual floor of a confidence worth acting on. */
export const confidenceBounds: readonly number[] = [0.1, 0.25, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1];

/** A histogram as Prometheus has it, without the last bound, which is infinity. */
export interface Histogram {
  readonly bounds: readonly number[];
  /** How many values lie at or below each bound. */
  readonly cumulative: readonly number[];
  readonly count: number;
  readonly sum: number;
}

export interface Totals {
  readonly answered: number;
  readonly failed: number;
  readonly lowConfidence: number;
  readonly degraded: number;
  /** By name; `otherClass` last. */
  readonly classes: Readonly<Record<string, number>>;
  readonly latency: Histogram;
  readonly confidence: Histogram;
}

/** Adds windows up. A double holds every integer up to 2^53: no service lives that long. */
export class TotalCounters {
  private answered = 0;
  private failed = 0;
  private lowConfidence = 0;
  private degraded = 0;
  private readonly classes: Float64Array;
  private readonly latency = new TotalHistogram(latencyBounds, new Distribution(latencyRange));
  private readonly confidence = new TotalHistogram(confidenceBounds, new Distribution(confidenceRange));

  constructor(private readonly model: RecordedModel) {
    this.classes = new Float64Array(model.classes.length + 1);
  }

  /** Takes in a window that is over. */
  add(window: WindowCounters): void {
    this.answered += window.answered + window.stoodIn;
    this.failed += window.failed;
    this.lowConfidence += window.lowConfidence;
    this.degraded += window.degraded;
    for (const [index, count] of window.classes.entries()) {
      this.classes[index] = (this.classes[index] ?? 0) + count;
    }
    this.latency.add(window.latency);
    this.confidence.add(window.confidence);
  }

  /** What was taken in, and the window that is not over yet. */
  readWith(window: WindowCounters): Totals {
    const classes = new Map<string, number>();
    for (const [index, name] of [...this.model.classes, otherClass].entries()) {
      const count = (this.classes[index] ?? 0) + (window.classes[index] ?? 0);
      classes.set(name, (classes.get(name) ?? 0) + count);
    }
    return {
      answered: this.answered + window.answered + window.stoodIn,
      failed: this.failed + window.failed,
      lowConfidence: this.lowConfidence + window.lowConfidence,
      degraded: this.degraded + window.degraded,
      classes: Object.fromEntries(classes),
      latency: this.latency.readWith(window.latency),
      confidence: this.confidence.readWith(window.confidence),
    };
  }
}

/** Coarse buckets: the sums of fine ones between two bounds. */
class TotalHistogram {
  /** One more than there are bounds: the last is for what lies above all of them. */
  private readonly counts: Float64Array;
  private sum = 0;
  private readonly lastIndexes: readonly number[];

  constructor(
    private readonly bounds: readonly number[],
    shape: Distribution,
  ) {
    this.counts = new Float64Array(bounds.length + 1);
    this.lastIndexes = [...bounds.map((bound) => shape.indexOfBound(bound)), shape.counts.length - 1];
  }

  add(distribution: Distribution): void {
    for (const [index, count] of this.coarse(distribution).entries()) {
      this.counts[index] = (this.counts[index] ?? 0) + count;
    }
    this.sum += distribution.sum;
  }

  readWith(distribution: Distribution): Histogram {
    const coarse = this.coarse(distribution);
    let count = 0;
    const cumulative = coarse.map((more, index) => {
      count += more + (this.counts[index] ?? 0);
      return count;
    });
    return {
      bounds: this.bounds,
      cumulative: cumulative.slice(0, -1),
      count,
      sum: this.sum + distribution.sum,
    };
  }

  private coarse({ counts }: Distribution): number[] {
    let from = 0;
    return this.lastIndexes.map((last) => {
      let sum = 0;
      for (; from <= last; from += 1) sum += counts[from] ?? 0;
      return sum;
    });
  }
}
