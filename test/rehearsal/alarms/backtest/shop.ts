/** A small shop with three alarms and two days of recorded data: what backtests and explanations are tested on. */

import { readNight } from '../../../../rehearsal/alarms/backtest/nights';
import { type BacktestInput, runBacktest } from '../../../../rehearsal/alarms/backtest/run';
import type { Arrival, SeriesSource } from '../../../../rehearsal/alarms/types';
import { type Resource, rehearsalPlace } from '../../../../rehearsal/resources';

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
/** A Tuesday, midnight UTC. */
export const shopStart = Date.UTC(2026, 10, 3);
export const pageTopic = 'arn:aws:sns:us-east-1:000000000000:page';
export const ticketTopic = 'arn:aws:sns:us-east-1:000000000000:ticket';

export function alarm(name: string, properties: Record<string, unknown> = {}): Resource {
  return {
    stack: 'shop',
    logicalId: `${name}Alarm`,
    type: properties.AlarmRule === undefined ? 'AWS::CloudWatch::Alarm' : 'AWS::CloudWatch::CompositeAlarm',
    id: `shop-${name}`,
    properties: { AlarmName: `shop-${name}`, AlarmActions: [pageTopic], ...properties },
  };
}

export const latency = alarm('latencyHigh', {
  Namespace: 'Shop',
  MetricName: 'Latency',
  Statistic: 'Average',
  Period: 60,
  EvaluationPeriods: 3,
  DatapointsToAlarm: 2,
  Threshold: 500,
  ComparisonOperator: 'GreaterThanThreshold',
  TreatMissingData: 'notBreaching',
});

/** Two targets, one of them a page. */
export const errorRate = alarm('errorRate', {
  AlarmActions: [ticketTopic, pageTopic],
  Metrics: [
    { Id: 'rate', Expression: '100 * errors / total' },
    { Id: 'errors', ReturnData: false, MetricStat: metricStat('Errors') },
    { Id: 'total', ReturnData: false, MetricStat: metricStat('Total') },
  ],
  EvaluationPeriods: 2,
  Threshold: 5,
  ComparisonOperator: 'GreaterThanThreshold',
});

export const diskFull = alarm('diskFull', {
  ...latency.properties,
  AlarmName: 'shop-diskFull',
  MetricName: 'Disk',
});

export const both = alarm('both', { AlarmRule: 'ALARM("shop-latencyHigh") AND ALARM("shop-errorRate")' });

function metricStat(name: string): unknown {
  return { Metric: { Namespace: 'Shop', MetricName: name }, Period: 60, Stat: 'Sum' };
}

export interface Sample {
  readonly name: string;
  readonly minute: number;
  readonly value: number;
}

/** In order of time, one value a minute from the start on; undefined leaves one out. */
export function minutes(name: string, values: readonly (number | undefined)[], from = 0): Sample[] {
  return values.flatMap((value, index) => (value === undefined ? [] : { name, minute: from + index, value }));
}

export function sourceOf(...series: readonly (readonly Sample[])[]): SeriesSource {
  const samples = series.flat().sort((left, right) => left.minute - right.minute);
  const arrivals = samples.map(({ name, minute, value }): Arrival => {
    const at = shopStart + minute * minuteMs;
    const identity = { namespace: 'Shop', name, dimensions: {} };
    return { arrivedAt: at, datum: { ...identity, at, values: [value], storageResolutionSeconds: 60 } };
  });
  const last = samples.at(-1);
  return {
    span:
      last === undefined
        ? undefined
        : { start: arrivals[0]?.arrivedAt ?? shopStart, end: shopStart + (last.minute + 1) * minuteMs },
    arrivals: () => arrivals,
    metrics: () =>
      [...new Set(samples.map(({ name }) => name))].map((name) => ({
        namespace: 'Shop',
        name,
        dimensions: {},
      })),
  };
}

/** `count` times the same value. */
export const steady = (value: number, count: number): number[] => Array.from({ length: count }, () => value);

/** A backtest of the shop with what a test does not care about filled in. */
export function shopBacktest(input: Partial<BacktestInput> & Pick<BacktestInput, 'source'>) {
  return runBacktest({
    resources: [latency, errorRate, diskFull, both],
    place: rehearsalPlace,
    sets: [],
    remarks: [],
    shown: [],
    night: readNight('22-07', 'UTC'),
    flapMs: 10 * minuteMs,
    pagesTo: [],
    columns: 0,
    ...input,
  });
}
