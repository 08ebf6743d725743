/** Why an evaluation came out as it did, in one sentence of ours beside AWS's own. */
import type { Evaluation } from '../../cloudwatch/evaluation';

/** Names the rule that decided, with the numbers that it decided on. */
export function because(evaluation: Evaluation): string {
  const { kept, verdict, to } = evaluation;
  const sentence = verdictSentence(evaluation);
  if (kept === 'warm-up')
    return `warming up: the state stays ${to}; it would be ${verdict.state}, ${sentence}`;
  if (kept === 'low samples')
    return `too few samples for the percentile: the state stays ${to}; it would be ${verdict.state}, ${sentence}`;
  return `${verdict.state}: ${sentence}`;
}

function verdictSentence(evaluation: Evaluation): string {
  const { verdict, breaching, datapointsToAlarm: m, evaluationPeriods: n, treatMissingData } = evaluation;
  const { judged, filled, premature } = verdict;
  const breaches = judged.filter((index) => breaching[index] === true).length;
  const needed = `${m} of ${n} ${m === 1 ? 'is' : 'are'} needed`;
  if (filled === 0) return `${breaches} of ${judged.length} judged ${breach(breaches)}, ${needed}`;
  const real =
    judged.length === 0
      ? 'no real datapoint'
      : `${breaches} of ${judged.length} real ${judged.length === 1 ? 'datapoint' : 'datapoints'} ${breach(breaches)}`;
  if (treatMissingData === 'breaching')
    return `${real}, ${filled} missing ${counts(filled)} as breaching, together ${breaches + filled}; ${needed}`;
  if (treatMissingData === 'notBreaching')
    return `${real}, ${filled} missing ${counts(filled)} as not breaching; ${needed}`;
  if (breaches >= m) return `${real}, ${needed}, whatever the ${filled} missing would be`;
  if (breaches < judged.length) return `${real}; with data missing, one that is fine is enough for OK`;
  if (treatMissingData === 'ignore')
    return `${judged.length === 0 ? 'no datapoint in range' : real}, and missing data is ignored: the state stays`;
  if (judged.length === 0) return 'no datapoint in range';
  if (!premature) return `${real}, which is too few and too recent to decide; ${needed}`;
  const age = evaluation.points.length - (judged[0] ?? 0);
  return `${real} and the oldest is ${age} ${age === 1 ? 'period' : 'periods'} old: AWS does not wait for the ${filled} missing (premature alarm)`;
}

const breach = (count: number): string => (count === 1 ? 'breaches' : 'breach');
const counts = (count: number): string => (count === 1 ? 'counts' : 'count');
