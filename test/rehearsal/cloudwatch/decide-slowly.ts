/** The missing-data rules a second time, for tests to compare with: nothing is shared with what is tested. */
import type { Question } from '../../../rehearsal/cloudwatch/decide';
import type { AlarmState } from '../../../rehearsal/events';

/** The rules once more, in the order and words of the documentation, with no care for speed. */
export function decideSlowly(question: Question): AlarmState {
  const { breaching, evaluationPeriods: n, datapointsToAlarm: m, treatMissingData: treat } = question;
  const marks = breaching.map((point) => (point === undefined ? '-' : point ? 'X' : '0')).join('');
  const real = marks.replaceAll('-', '');
  const isAlarm = (judged: string): boolean => judged.replaceAll('0', '').length >= m;
  if (real.length >= n) return isAlarm(real.slice(real.length - n)) ? 'ALARM' : 'OK';
  const missing = n - real.length;
  if (treat === 'breaching') return isAlarm(real + 'X'.repeat(missing)) ? 'ALARM' : 'OK';
  if (treat === 'notBreaching') return isAlarm(real + '0'.repeat(missing)) ? 'ALARM' : 'OK';
  // Whatever the missing points might have been, this is an alarm.
  if (isAlarm(real + '0'.repeat(missing))) return 'ALARM';
  if (real.includes('0')) return 'OK';
  if (treat === 'ignore') return question.previous;
  // The oldest point that exists is breaching and at least M periods old, all after it breaching or missing.
  for (let age = m; age <= marks.length; age++) if (marks.at(-age) === 'X') return 'ALARM';
  return 'INSUFFICIENT_DATA';
}
