/** AWS's missing-data rules: which datapoints an alarm judges, and what state they make. Pure, and nothing but the rules. */
import type { AlarmState } from '../events';

export type TreatMissingData = 'breaching' | 'notBreaching' | 'ignore' | 'missing';

export interface Question {
  /** The evaluation range, newest last: does the datapoint breach? undefined where there is none. */
  readonly breaching: readonly (boolean | undefined)[];
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly treatMissingData: TreatMissingData;
  readonly previous: AlarmState;
}

export interface Verdict {
  readonly state: AlarmState;
  /** Indexes into the range of the real datapoints that were judged, oldest first. */
  readonly judged: readonly number[];
  /** How many points stood in for missing ones; zero when enough real ones were in range. */
  readonly filled: number;
  /** ALARM on fewer than `datapointsToAlarm` points, because the oldest has been breaching for that long. */
  readonly premature: boolean;
}

/** The state that follows from the datapoints in range. */
export function decide(question: Question): Verdict {
  const { breaching, evaluationPeriods, datapointsToAlarm, treatMissingData } = question;
  // Reaching back over holes: the newest N real points, or all when there are fewer.
  const judged = newestReal(breaching, evaluationPeriods);
  const filled = evaluationPeriods - judged.length;
  const breaches = countBreaching(breaching, judged);

  if (filled === 0 || treatMissingData === 'notBreaching' || treatMissingData === 'breaching') {
    const counted = treatMissingData === 'breaching' ? breaches + filled : breaches;
    return { state: counted >= datapointsToAlarm ? 'ALARM' : 'OK', judged, filled, premature: false };
  }
  if (breaches >= datapointsToAlarm) return { state: 'ALARM', judged, filled, premature: false };
  if (breaches < judged.length) return { state: 'OK', judged, filled, premature: false };
  // From here on nothing real in range is fine: there is either no point at all, or too few that all breach.
  if (treatMissingData === 'ignore') return { state: question.previous, judged, filled, premature: false };
  const [oldest] = judged;
  // The newest point has age 1.
  const age = oldest === undefined ? 0 : breaching.length - oldest;
  const premature = age >= datapointsToAlarm;
  return { state: premature ? 'ALARM' : 'INSUFFICIENT_DATA', judged, filled, premature };
}

/** Indexes of the newest points that exist, at most `count`, oldest first. */
function newestReal(points: readonly (boolean | undefined)[], count: number): number[] {
  const found: number[] = [];
  for (let index = points.length - 1; index >= 0 && found.length < count; index--) {
    if (points[index] !== undefined) found.push(index);
  }
  return found.reverse();
}

function countBreaching(points: readonly (boolean | undefined)[], indexes: readonly number[]): number {
  let count = 0;
  for (const index of indexes) if (points[index]) count++;
  return count;
}
