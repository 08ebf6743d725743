/**
 * Watches one model against its baseline: counts by window, and at each window's end judges the last whole day of them.
 * Hours differ from one another and a day much less, so a single hour is never compared with the baseline.
 */
import {
  answerSubjects,
  type Baseline,
  type DescribedModel,
  featureSubjects,
  type Subject,
} from './baseline';
import { compareCounts } from './comparison';
import { total } from './counts';
import { type JudgedFeature, judge } from './judge';
import { Sketch } from './sketch';
import { conclude, type Judgement } from './verdict';
import { Windows, type WindowsSnapshot } from './windows';

export interface MonitorPlan {
  readonly windowMs: number;
  /** Windows that are judged together. */
  readonly windows: number;
}

/** A feature has drifted when it did so at the end of three of the last four windows: one odd hour decides nothing. */
export const agreement = Object.freeze({ needed: 3, of: 4 });

export interface MonitorState {
  /** Whole windows that have been counted, and how many are needed before anything is said. */
  readonly windowsSeen: number;
  readonly windowsNeeded: number;
  /** Rows in the window that counts now. */
  readonly rowsNow: number;
  /** Rows that the last judgement was made from. */
  readonly rowsJudged: number;
  /** Undefined until as many windows as are needed have passed. */
  readonly judgement: Judgement | undefined;
  readonly answers: readonly JudgedFeature[];
}

export interface MonitorSnapshot {
  readonly windows: WindowsSnapshot;
  /** By subject: a bit for each of the last windows' ends, the newest lowest. */
  readonly history: readonly number[];
}

export class Monitor {
  private readonly sketch: Sketch;
  private readonly windows: Windows;
  private readonly subjects: readonly Subject[];
  private readonly featureCount: number;
  private readonly calendar: ReadonlySet<string>;
  private readonly history: Uint8Array;
  private readonly hasAnswers: boolean;
  private last: Pick<MonitorState, 'judgement' | 'answers' | 'rowsJudged'> = {
    judgement: undefined,
    answers: [],
    rowsJudged: 0,
  };

  /** @param now the number of the present window */
  constructor(
    baseline: Baseline,
    model: DescribedModel,
    private readonly plan: MonitorPlan,
    now: number,
  ) {
    const features = featureSubjects(baseline, model);
    const answers = answerSubjects(baseline, model);
    this.subjects = [...features, ...answers];
    this.featureCount = features.length;
    this.hasAnswers = answers.length > 0;
    this.calendar = new Set(baseline.calendar);
    this.history = new Uint8Array(this.subjects.length);
    this.sketch = new Sketch(this.subjects, features.length);
    this.windows = new Windows(this.sketch.size, plan.windows, now);
    this.sketch.use(this.windows.counters);
  }

  /**
   * One prediction. What a fallback answered says nothing of the model, but its row was asked all the same.
   * @param place of the predicted class in the model's list; undefined when the model did not predict it
   * @param weight how many predictions this one stands for
   */
  observe(row: Float32Array | Float64Array, place: number | undefined, confidence: number, weight = 1): void {
    this.sketch.addRow(row, weight);
    if (place === undefined || !this.hasAnswers) return;
    this.sketch.add(this.featureCount, place, weight);
    this.sketch.add(this.featureCount + 1, confidence, weight);
  }

  /** The end of a window, or of several. Returns whether there was one. */
  turn(now: number, accuracyFell?: string): boolean {
    if (!this.windows.turn(now)) return false;
    this.sketch.use(this.windows.counters);
    if (this.windows.seen >= this.plan.windows) this.judgeDay(accuracyFell);
    return true;
  }

  state(): MonitorState {
    const [first] = this.subjects;
    return {
      windowsSeen: this.windows.seen,
      windowsNeeded: this.plan.windows,
      rowsNow: first === undefined ? 0 : total(this.sketch.of(this.windows.counters, 0)),
      ...this.last,
    };
  }

  snapshot(): MonitorSnapshot {
    return { windows: this.windows.snapshot(), history: [...this.history] };
  }

  /** Goes on where a snapshot ended, when it is one of the same baseline and plan. */
  restore({ windows, history }: MonitorSnapshot): boolean {
    if (history.length !== this.history.length || !this.windows.restore(windows)) return false;
    this.history.set(history);
    this.sketch.use(this.windows.counters);
    if (this.windows.seen >= this.plan.windows) this.last = this.judged(this.compare(), undefined);
    return true;
  }

  private judgeDay(accuracyFell: string | undefined): void {
    const found = this.compare();
    for (const [index, { drifted }] of found.entries())
      this.history[index] = ((this.history[index] ?? 0) << 1) | (drifted ? 1 : 0);
    this.last = this.judged(found, accuracyFell);
  }

  private judged(found: readonly JudgedFeature[], accuracyFell: string | undefined): typeof this.last {
    const confirmed = found.map((feature, index) => this.confirm(feature, index));
    const answers = confirmed.slice(this.featureCount);
    const features = confirmed.slice(0, this.featureCount);
    return {
      judgement: conclude(features, { outputs: answers, accuracyFell }),
      answers,
      rowsJudged: total(features[0]?.comparison.current ?? []),
    };
  }

  /** All subjects but the calendar's, judged together; the calendar's beside them. */
  private compare(): readonly JudgedFeature[] {
    const sum = this.windows.sum();
    const comparisons = this.subjects.map(({ name, bins, counts }, index) =>
      compareCounts(name, bins, counts, this.sketch.of(sum, index)),
    );
    const judged = judge(comparisons.filter(({ name }) => !this.calendar.has(name)));
    const byName = new Map(judged.map((feature) => [feature.name, feature]));
    return comparisons.map((comparison) => {
      const known = byName.get(comparison.name);
      if (known !== undefined) return known;
      const { name, bins, psi, ks } = comparison;
      const reason = 'It says when a row is from and is not judged.';
      return {
        name,
        kind: bins.kind,
        psi,
        ks,
        drifted: false,
        size: 'cannot tell',
        cause: 'values',
        reason,
        comparison,
      };
    });
  }

  private confirm(feature: JudgedFeature, index: number): JudgedFeature {
    if (!feature.drifted) return feature;
    const recent = (this.history[index] ?? 0) & ((1 << agreement.of) - 1);
    const agreed = bitsIn(recent);
    if (agreed >= agreement.needed) return feature;
    return {
      ...feature,
      drifted: false,
      size: 'none',
      reason: `${feature.reason.replace(/\.$/, '')}; so far at the end of ${agreed} of the last ${agreement.of} windows, ${agreement.needed} are needed.`,
    };
  }
}

function bitsIn(value: number): number {
  let bits = 0;
  for (let rest = value; rest > 0; rest >>= 1) bits += rest & 1;
  return bits;
}
