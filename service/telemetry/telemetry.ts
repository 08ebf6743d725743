/**
 * Counts predictions in memory and tells of them once per window, as EMF lines for the agent to ship.
 * A prediction costs a few additions; nothing of it touches a disk or a network.
 */
import { type Clock, everyPeriod, periodStart } from '../clock';
import { Distribution } from './distribution';
import { emfLines, type Identity, type Samples } from './emf';

/** One prediction. A failed one has no confidence, and its latency is that of the error. */
export interface Observation {
  readonly latencyMs: number;
  readonly outcome: 'answered' | 'failed';
  readonly confidence?: number;
}

/** What the service knows of itself at the end of a window. */
export interface Vitals {
  readonly modelLoaded: 0 | 1;
  /** Absent when the service did not answer itself: one slow look is silence, and only silence that lasts is an alarm. */
  readonly serviceUp?: 1;
  readonly systemHealth: number;
}

export interface Telemetry {
  record(observation: Observation): void;
  /** From now on each window is told of at its end, an empty one too. */
  start(): void;
  /** Tells of what is left, the unfinished window included, and ends. */
  stop(): void;
}

export interface TelemetryOptions {
  readonly clock: Clock;
  /** Divides ten seconds, so that no window straddles two periods of an alarm. */
  readonly windowMs: number;
  readonly identity: Identity;
  readonly lowConfidenceBelow: number;
  readonly write: (line: string) => void;
  /** Undefined while the service is leaving: a stop that was asked for must not look like an outage. */
  readonly vitals: () => Promise<Vitals | undefined>;
}

/**
 * Values of one metric told per window; 200 a second are told one by one, of more an even choice.
 * A thousand keeps the 99.9th percentile honest and a window under 10 kB.
 */
const maxSamples = 1000;

class Window {
  readonly latency = new Distribution();
  readonly confidence = new Distribution();
  count = 0;
  errors = 0;
  lowConfidence = 0;

  constructor(readonly start: number) {}
}

/** A recorder that has seen nothing yet. */
export function createTelemetry(options: TelemetryOptions): Telemetry {
  const { clock, windowMs, identity, lowConfidenceBelow, write, vitals } = options;
  const windowAt = (at: number): Window => new Window(periodStart(at, windowMs));
  let current = windowAt(clock.now());
  let over: Window[] = [];
  let cancel = (): void => {};
  let stopped = false;

  /** Moves on when the time has: also from `record`, for a timer that is late must not stretch its window. */
  const roll = (at: number): void => {
    if (at >= current.start && at < current.start + windowMs) return;
    over.push(current);
    current = windowAt(at);
  };
  const tell = (windows: readonly Window[]): void => {
    for (const window of windows) {
      for (const line of emfLines(window.start, identity, samplesOf(window))) write(line);
    }
  };
  const tellVitals = async (start: number): Promise<void> => {
    const now = await vitals();
    if (now === undefined || stopped) return;
    for (const line of emfLines(start, identity, { ...now })) write(line);
  };

  return {
    record({ latencyMs, outcome, confidence }) {
      roll(clock.now());
      current.count += 1;
      current.latency.add(latencyMs);
      if (outcome === 'failed') current.errors += 1;
      if (confidence === undefined) return;
      current.confidence.add(confidence);
      if (confidence < lowConfidenceBelow) current.lowConfidence += 1;
    },
    start() {
      roll(clock.now());
      over = over.filter(({ count }) => count > 0);
      cancel = everyPeriod(clock, windowMs, (at) => {
        const lateMs = clock.now() - at;
        roll(clock.now());
        tell(over);
        over = [];
        // Apart from the counts: a self-check that takes its time must not hold them up.
        // A service that was stuck for a whole window cannot say now that it was well then: silence is the truth.
        if (lateMs < windowMs) void tellVitals(at - windowMs);
      });
    },
    stop() {
      cancel();
      stopped = true;
      tell([...over, current]);
      over = [];
    },
  };
}

function samplesOf({ latency, confidence, count, errors, lowConfidence }: Window): Samples {
  return {
    predictionCount: count,
    predictionErrors: errors,
    lowConfidencePredictions: lowConfidence,
    predictionLatency: latency.values(maxSamples),
    modelConfidence: confidence.values(maxSamples),
  };
}
