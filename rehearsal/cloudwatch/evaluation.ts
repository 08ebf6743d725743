/** One evaluation of one metric alarm as it can be shown to a person: what was asked, what was found, what was decided. */
import type { AlarmState } from '../events';
import type { Grid, Points } from './buckets';
import type { Verdict } from './decide';
import type { Band } from './range-reader';

export interface Evaluation {
  /** The alarm's name. */
  readonly alarm: string;
  /** The tick. */
  readonly at: number;
  readonly from: AlarmState;
  readonly to: AlarmState;
  /** The evaluation range. */
  readonly grid: Grid;
  /** One point a period of the range, newest last; undefined where there is none. */
  readonly points: Points;
  readonly breaching: readonly (boolean | undefined)[];
  /** Samples behind each point; known for an alarm on one metric only. */
  readonly sampleCounts: readonly number[] | undefined;
  /** The series of every query by id, on the same grid: what an expression was made of. */
  readonly inputs: ReadonlyMap<string, Points>;
  readonly verdict: Verdict;
  /** Why the alarm kept its state although the verdict says otherwise. */
  readonly kept: 'warm-up' | 'low samples' | undefined;
  readonly reason: string;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly treatMissingData: string;
  readonly comparison: string;
  /** undefined for an alarm on a band. */
  readonly threshold: number | undefined;
  /** What an alarm on a band compares with. */
  readonly band: Band | undefined;
}
