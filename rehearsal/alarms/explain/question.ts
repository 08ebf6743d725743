/** What an alarm asks of its data, in sentences: metric or expression, threshold, M of N, missing data. */
import type { Evaluation } from '../../cloudwatch/evaluation';
import type { MetricDataQuery } from '../../cloudwatch/types';
import type { Resource } from '../../resources';
import { duration, shortNumber } from '../backtest/words';
import { isFields } from '../template/recognise';

/** `first` is any evaluation of it; without one only the metric is told. */
export function questionOf({ properties }: Resource, first: Evaluation | undefined): string[] {
  const { AlarmRule } = properties;
  if (typeof AlarmRule === 'string') return [`ALARM when ${AlarmRule}`];
  return [...seriesOf(properties), ...(first === undefined ? [] : conditionsOf(first))];
}

/** The query whose series is judged; an alarm on one metric has no other. */
export function resultIdOf({ properties }: Resource): string | undefined {
  const { Metrics, ThresholdMetricId } = properties;
  if (!Array.isArray(Metrics)) return undefined;
  return (Metrics as readonly MetricDataQuery[]).find(
    ({ Id, ReturnData }) => ReturnData !== false && Id !== ThresholdMetricId,
  )?.Id;
}

function seriesOf(properties: Resource['properties']): string[] {
  const { Metrics, Namespace, MetricName, Statistic, ExtendedStatistic, Dimensions } = properties;
  const { EvaluationCriteria, ScheduledQueryConfiguration } = properties;
  if (isFields(EvaluationCriteria) && isFields(EvaluationCriteria.PromQLCriteria)) {
    const { Query, PendingPeriod = 0, RecoveryPeriod = 0 } = EvaluationCriteria.PromQLCriteria;
    return [
      `PromQL ${Query}`,
      `ALARM when a series is returned for ${PendingPeriod} s, OK when none is for ${RecoveryPeriod} s`,
    ];
  }
  if (ScheduledQueryConfiguration !== undefined) return ['the results of a scheduled log query'];
  if (!Array.isArray(Metrics)) {
    const stat = String(Statistic ?? ExtendedStatistic ?? '');
    return [`${stat} of ${Namespace} ${MetricName}${dimensionsText(Dimensions)}`];
  }
  return (Metrics as readonly MetricDataQuery[]).map(({ Id, Expression, MetricStat }) => {
    if (MetricStat === undefined) return `${Id} = ${Expression ?? ''}`;
    const { Metric, Stat } = MetricStat;
    return `${Id} = ${Stat} of ${Metric.Namespace} ${Metric.MetricName}${dimensionsText(Metric.Dimensions)}`;
  });
}

function dimensionsText(dimensions: unknown): string {
  if (!Array.isArray(dimensions) || dimensions.length === 0) return '';
  const pairs = (dimensions as readonly { Name: string; Value: string }[]).map(
    ({ Name, Value }) => `${Name}=${Value}`,
  );
  return ` (${pairs.join(', ')})`;
}

function conditionsOf(evaluation: Evaluation): string[] {
  const { comparison, threshold, datapointsToAlarm, evaluationPeriods, treatMissingData, grid } = evaluation;
  const limit = threshold === undefined ? '' : ` ${shortNumber(threshold)}`;
  return [
    `ALARM when ${datapointsToAlarm} of ${evaluationPeriods} datapoints of ${duration(grid.periodMs)} are ${comparison}${limit}`,
    `missing data: ${treatMissingData}; the evaluation range has ${grid.length} periods`,
  ];
}
