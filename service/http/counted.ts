/** Counts one answered request. A stand-in is counted as what the model did, not as what the caller got. */
import type { Clock } from '../clock';
import type { Answer } from '../degraded/degraded-mode';
import type { Recorder } from '../telemetry/recorder';

/**
 * Each instance is one prediction. A failure behind a stand-in stays a failure, and an answer that came too late counts
 * with the time that it really took: else the first stand-in would silence the alarm that brings help.
 */
export function countAnswer(
  recorder: Recorder,
  clock: Clock,
  startedMs: number,
  answeredMs: number,
  { predictions, reason, late }: Answer,
): void {
  const latencyMs = answeredMs - startedMs;
  if (reason === undefined) {
    for (const { class: name, confidence } of predictions) {
      recorder.answered(answeredMs, latencyMs, name, confidence, false);
    }
    return;
  }
  if (reason === 'switched-on') {
    for (const _ of predictions) recorder.stoodIn(answeredMs, latencyMs);
    return;
  }
  if (late === undefined) {
    for (const _ of predictions) recorder.failed(answeredMs, latencyMs, true);
    return;
  }
  late.then(
    (own) => {
      const nowMs = clock.elapsedMs();
      for (const { class: name, confidence } of own) {
        recorder.answered(nowMs, nowMs - startedMs, name, confidence, true);
      }
    },
    () => {
      const nowMs = clock.elapsedMs();
      for (const _ of predictions) recorder.failed(nowMs, nowMs - startedMs, true);
    },
  );
}
