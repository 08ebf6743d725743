/** Accuracy of one stretch of predictions after the other, from labels that are all at hand, and how it fell. */
import { type AccuracyState, fallOf, minimumLabels } from './accuracy';

export interface LabelledWindow {
  readonly labels: number;
  readonly right: number;
  readonly accuracy: number;
  /** In words, when it is below the expectation by enough and by more than chance. */
  readonly fall: string | undefined;
}

export interface AccuracyDecay {
  /** What it should be: the validation's, or that of the first window. */
  readonly expected: number;
  readonly windows: readonly LabelledWindow[];
  /** Of the last window. */
  readonly fall: string | undefined;
}

/**
 * @param right whether each prediction was right, in the order in which they were made
 * @param size labels in a window; the last window takes the rest when that is too short for one of its own
 */
export function accuracyByWindow(
  right: readonly boolean[],
  size: number,
  validation?: number,
): AccuracyDecay {
  const count = Math.max(1, Math.floor(right.length / size));
  const parts = Array.from({ length: count }, (_, index) =>
    right.slice(index * size, index === count - 1 ? undefined : (index + 1) * size),
  );
  const shareOf = (part: readonly boolean[]): number =>
    part.filter(Boolean).length / Math.max(1, part.length);
  const expected = validation ?? shareOf(parts[0] ?? []);
  const windows = parts.map((part) => {
    const accuracy = shareOf(part);
    const state: AccuracyState = {
      labels: part.length,
      labelsNeeded: minimumLabels,
      accuracy: part.length < minimumLabels ? undefined : accuracy,
      validation: expected,
      dropPoints: 100 * (expected - accuracy),
      classes: [],
    };
    return { labels: part.length, right: part.filter(Boolean).length, accuracy, fall: fallOf(state) };
  });
  return { expected, windows, fall: windows.at(-1)?.fall };
}
