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
  const real = breaching.flatMap((breaches, index) => (breaches === undefined ? [] : [index]));
  const enough = real.length >= evaluationPeriods;
  const judged = enough ? real.slice(-evaluationPeriods) : real;
  const filled = evaluationPeriods - judged.length;
  const breaches = judged.filter((index) => breaching[index]).length;
  const verdict = (state: AlarmState, premature = false): Verdict => ({ state, judged, filled, premature });
  const alarmAt = (count: number): Verdict => verdict(count >= datapointsToAlarm ? 'ALARM' : 'OK');

  if (enough || treatMissingData === 'notBreaching') return alarmAt(breaches);
  if (treatMissingData === 'breaching') return alarmAt(breaches + filled);
  if (breaches >= datapointsToAlarm) return verdict('ALARM');
  if (breaches < judged.length) return verdict('OK');
  // From here on nothing real in range is fine: there is either no point at all, or too few that all breach.
  if (treatMissingData === 'ignore') return verdict(question.previous);
  const oldest = judged[0];
  // The newest point has age 1.
  const age = oldest === undefined ? 0 : breaching.length - oldest;
  return age >= datapointsToAlarm ? verdict('ALARM', true) : verdict('INSUFFICIENT_DATA');
}
