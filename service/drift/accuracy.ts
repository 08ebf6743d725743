/** What late labels say: how often the model was right lately, and how far that is below its validation. */

import { Windows, type WindowsSnapshot } from './windows';
import { percent } from './words';

/** With so many labels a fall of five points is three standard errors, at the usual accuracies. */
export const minimumLabels = 400;
/** Points below validation from which a fall matters; `accuracyLow` has the same limit. */
export const fallPoints = 5;
/** A standard normal value that chance exceeds once in a hundred. */
const certain = 2.33;

export interface AccuracyState {
  readonly labels: number;
  readonly labelsNeeded: number;
  /** Undefined until there are labels enough. */
  readonly accuracy: number | undefined;
  readonly validation: number;
  /** In percentage points below validation; negative when it is above. */
  readonly dropPoints: number | undefined;
  /** By true class: how many labels, and the share that was predicted. */
  readonly classes: readonly {
    readonly name: string;
    readonly labels: number;
    readonly recall: number | null;
  }[];
}

export class Accuracy {
  private readonly windows: Windows;

  /** @param now the number of the present window */
  constructor(
    private readonly classes: readonly string[],
    private readonly validation: number,
    length: number,
    now: number,
  ) {
    this.windows = new Windows(2 * classes.length, length, now);
  }

  /** Both are places in the model's list of classes. */
  add(predicted: number, label: number): void {
    const { counters } = this.windows;
    counters[2 * label] = (counters[2 * label] ?? 0) + 1;
    if (predicted === label) counters[2 * label + 1] = (counters[2 * label + 1] ?? 0) + 1;
  }

  turn(now: number): void {
    this.windows.turn(now);
  }

  /** Over the kept windows and the present one: labels are few, and none is left to wait. */
  state(): AccuracyState {
    const sum = this.windows.sum();
    const { counters } = this.windows;
    const count = (index: number): number => (sum[index] ?? 0) + (counters[index] ?? 0);
    const classes = this.classes.map((name, place) => {
      const labels = count(2 * place);
      return { name, labels, recall: labels === 0 ? null : count(2 * place + 1) / labels };
    });
    const labels = classes.reduce((all, each) => all + each.labels, 0);
    const right = this.classes.reduce((all, _, place) => all + count(2 * place + 1), 0);
    const accuracy = labels < minimumLabels ? undefined : right / labels;
    return {
      labels,
      labelsNeeded: minimumLabels,
      accuracy,
      validation: this.validation,
      dropPoints: accuracy === undefined ? undefined : 100 * (this.validation - accuracy),
      classes,
    };
  }

  snapshot(): WindowsSnapshot {
    return this.windows.snapshot();
  }

  restore(snapshot: WindowsSnapshot): boolean {
    return this.windows.restore(snapshot);
  }
}

/** The fall in words, when it matters and chance is ruled out. */
export function fallOf({ accuracy, validation, labels, dropPoints }: AccuracyState): string | undefined {
  if (accuracy === undefined || dropPoints === undefined || dropPoints < fallPoints) return undefined;
  const error = Math.sqrt((validation * (1 - validation)) / labels);
  if ((validation - accuracy) / error < certain) return undefined;
  return `Accuracy is ${percent(accuracy)} over ${labels.toLocaleString('en-US')} labels, ${percent(validation)} at validation`;
}
