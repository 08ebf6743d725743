/**
 * StateReason and StateReasonData in AWS's words. AWS publishes no rule for choosing between the forms: these follow
 * messages that it has sent, and nothing may parse them.
 */
import type { AlarmState } from '../events';
import type { Limit } from './alarm-definition';
import { bandWords, comparisonWords } from './comparison';
import { JavaDouble, javaDouble, offsetTimestamp, shortTimestamp, writeJson } from './java-text';

export const initialReason = 'Unchecked: Initial alarm creation';

export interface JudgedPoint {
  /** Start of the period. */
  readonly at: number;
  readonly value: number;
  readonly breaches: boolean;
  readonly sampleCount?: number | undefined;
  /** The band at that time, for an alarm on one. */
  readonly lower?: number | undefined;
  readonly upper?: number | undefined;
}

export interface ReasonFacts {
  readonly state: AlarmState;
  /** Real datapoints that were judged, newest first. */
  readonly judged: readonly JudgedPoint[];
  /** Starts of the missing periods among the newest ones, newest first. */
  readonly missingAt: readonly number[];
  readonly filled: number;
  readonly treatMissingData: string;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  /** AWS counts "out of the last N" only where the alarm says M. */
  readonly datapointsToAlarmSet: boolean;
  readonly limit: Limit;
  readonly periodSeconds: number;
  /** Known for an alarm on one metric only. */
  readonly statistic?: string | undefined;
  readonly unit?: string | undefined;
  readonly queriedAt: number;
}

/** From this many datapoints on AWS names the most recent ones only, and at most this many. */
const manyDatapoints = 5;

/** The sentence that explains a state. */
export function stateReason(facts: ReasonFacts): string {
  const { state, evaluationPeriods: n } = facts;
  if (state === 'INSUFFICIENT_DATA')
    return `Insufficient Data: ${counted(n, 'datapoint')} ${were(n)} unknown.`;
  const crossing = facts.judged.filter((point) => point.breaches === (state === 'ALARM'));
  if (crossing.length === 0) return `Threshold Crossed: ${received(facts)} and ${fills(facts)}.`;
  const filled = isFilled(facts) ? ` and ${fills(facts)}` : '';
  return `Threshold Crossed: ${crossed(facts, crossing)}${filled}${minimum(facts)}.`;
}

function crossed(facts: ReasonFacts, crossing: readonly JudgedPoint[]): string {
  const count = crossing.length;
  const who = facts.datapointsToAlarmSet
    ? `${count} out of the last ${facts.evaluationPeriods} datapoints`
    : counted(count, 'datapoint');
  const not = facts.state === 'OK' ? 'not ' : '';
  const verdict = `${were(count)} ${not}${limitWords(facts.limit, crossing)}`;
  const shown = crossing
    .slice(0, manyDatapoints)
    .map(({ at, value }) => `${javaDouble(value)} (${shortTimestamp(at)})`);
  const list = `[${shown.join(', ')}]`;
  if (count < manyDatapoints) return `${who} ${list} ${verdict}`;
  return `${who} ${verdict}. The most recent datapoints which crossed the threshold: ${list}`;
}

/** One number for all points, or the band at each of them. */
function limitWords(limit: Limit, points: readonly JudgedPoint[]): string {
  if (limit.kind === 'threshold')
    return `${comparisonWords[limit.comparison]} the threshold (${javaDouble(limit.threshold)})`;
  if (limit.kind === 'presence') return limit.comparison;
  const list = (values: readonly (number | undefined)[]): string =>
    `[${values.flatMap((value) => (value === undefined ? [] : javaDouble(value))).join(', ')}]`;
  const shown = points.slice(0, manyDatapoints);
  return bandWords[limit.comparison]
    .replace('lower thresholds', `lower thresholds ${list(shown.map(({ lower }) => lower))}`)
    .replace('upper thresholds', `upper thresholds ${list(shown.map(({ upper }) => upper))}`);
}

/** With no real point in question the sentence tells what came and what was put in its place. */
function received({ judged, evaluationPeriods }: ReasonFacts): string {
  const count = judged.length;
  const came = count === 0 ? 'no datapoints' : counted(count, 'datapoint');
  return `${came} ${count === 0 ? 'were' : were(count)} received for ${counted(evaluationPeriods, 'period')}`;
}

function isFilled({ filled, treatMissingData }: ReasonFacts): boolean {
  return filled > 0 && (treatMissingData === 'breaching' || treatMissingData === 'notBreaching');
}

function fills({ filled, treatMissingData }: ReasonFacts): string {
  const treatment = treatMissingData === 'breaching' ? 'Breaching' : 'NonBreaching';
  return `${filled} missing ${filled === 1 ? 'datapoint' : 'datapoints'} ${were(filled)} treated as [${treatment}]`;
}

function minimum({
  state,
  datapointsToAlarmSet,
  datapointsToAlarm: m,
  evaluationPeriods: n,
}: ReasonFacts): string {
  if (!datapointsToAlarmSet) return '';
  const [needed, transition] = state === 'ALARM' ? [m, 'OK -> ALARM'] : [n - m + 1, 'ALARM -> OK'];
  return ` (minimum ${counted(needed, 'datapoint')} for ${transition} transition)`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function were(count: number): string {
  return count === 1 ? 'was' : 'were';
}

/** The same facts as the JSON that AWS puts beside the sentence. */
export function stateReasonData(facts: ReasonFacts): string {
  const oldest = facts.judged.at(-1);
  const missing = facts.missingAt.map((at) => ({ at, timestamp: offsetTimestamp(at) }));
  const real = facts.judged.map((point) => ({
    at: point.at,
    timestamp: offsetTimestamp(point.at),
    sampleCount: point.sampleCount === undefined ? undefined : new JavaDouble(point.sampleCount),
    value: new JavaDouble(point.value),
  }));
  const evaluated = [...missing, ...real].sort((left, right) => right.at - left.at);
  return writeJson({
    version: '1.0',
    queryDate: offsetTimestamp(facts.queriedAt),
    startDate: oldest === undefined ? undefined : offsetTimestamp(oldest.at),
    unit: facts.unit,
    statistic: facts.statistic,
    period: facts.periodSeconds,
    recentDatapoints: facts.judged.map((point) => new JavaDouble(point.value)).reverse(),
    ...limitData(facts),
    evaluatedDatapoints: evaluated.map(({ at: _, ...shown }) => shown),
  });
}

/** The threshold, or the thresholds of the band oldest first. */
function limitData({ limit, judged }: ReasonFacts): Readonly<Record<string, unknown>> {
  if (limit.kind === 'presence') return {};
  if (limit.kind === 'threshold') return { threshold: new JavaDouble(limit.threshold) };
  const doubles = (values: readonly (number | undefined)[]): JavaDouble[] =>
    values.flatMap((value) => (value === undefined ? [] : new JavaDouble(value))).reverse();
  return {
    recentLowerThresholds: doubles(judged.map(({ lower }) => lower)),
    recentUpperThresholds: doubles(judged.map(({ upper }) => upper)),
  };
}
