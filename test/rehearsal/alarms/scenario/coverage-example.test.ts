/** Coverage of alarms of every kind: what they need, and that the examples for it can be pasted as they are. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type Coverage,
  coverageCases,
  measureCoverage,
} from '../../../../rehearsal/alarms/scenario/coverage';
import { exampleOf } from '../../../../rehearsal/alarms/scenario/coverage-example';
import { describeCoverage } from '../../../../rehearsal/alarms/scenario/coverage-text';
import { resultsToJson } from '../../../../rehearsal/alarms/scenario/report-json';
import { resultsToJunit } from '../../../../rehearsal/alarms/scenario/report-junit';
import type { Resource } from '../../../../rehearsal/resources';
import { ordersFail, runText, shopBook } from './shop';

function alarm(properties: Readonly<Record<string, unknown>>, type = 'AWS::CloudWatch::Alarm'): Resource {
  return { ...ordersFail, type, properties: { AlarmName: 'it', ...properties } };
}

const onMetric = (properties: Readonly<Record<string, unknown>>): Resource =>
  alarm({
    Namespace: 'N',
    MetricName: 'M',
    Statistic: 'Average',
    Period: 60,
    EvaluationPeriods: 3,
    Threshold: 10,
    ComparisonOperator: 'GreaterThanThreshold',
    ...properties,
  });

const promQl = (period: number): Resource =>
  alarm({
    EvaluationCriteria: {
      PromQLCriteria: { Query: 'up == 0', PendingPeriod: period, RecoveryPeriod: period },
    },
    EvaluationInterval: 60,
  });

const logs = alarm(
  {
    ScheduledQueryConfiguration: { ScheduleConfiguration: { ScheduleExpression: 'rate(5 minutes)' } },
    QueryResultsToEvaluate: 3,
    QueryResultsToAlarm: 2,
    Threshold: 10,
    ComparisonOperator: 'LessThanThreshold',
    TreatMissingData: 'breaching',
  },
  'AWS::CloudWatch::LogAlarm',
);

const onBand = (ComparisonOperator: string): Resource =>
  alarm({
    Metrics: [
      {
        Id: 'm1',
        MetricStat: { Metric: { Namespace: 'N', MetricName: 'M' }, Period: 300, Stat: 'Average' },
      },
      { Id: 'ad1', Expression: 'ANOMALY_DETECTION_BAND(m1, 2)', ReturnData: true },
    ],
    ThresholdMetricId: 'ad1',
    EvaluationPeriods: 2,
    ComparisonOperator,
  });

/** Coverage after nothing but a test of another kind: every case is lacking. */
function coverageOf(resource: Resource, text: string): Coverage {
  const file = runText(text, { resources: [resource], keepEvaluations: true });
  return measureCoverage(shopBook([resource]), [file]);
}

function pasted(resource: Resource): string {
  const [entry] = shopBook([resource]).alarms;
  assert.ok(entry !== undefined);
  const has = { fires: false, staysQuiet: false, missingData: false };
  const cases =
    resource.properties.EvaluationCriteria === undefined ? coverageCases : coverageCases.slice(0, 2);
  const lines = cases.flatMap((each) =>
    exampleOf({ name: entry.name, kind: entry.kind, has, isComplete: false, entry }, each),
  );
  return ['tests:', ...lines.map((line) => `  ${line}`)].join('\n');
}

describe('the examples', () => {
  const kinds: Readonly<Record<string, Resource>> = {
    'above a threshold': onMetric({}),
    'above zero': onMetric({ Threshold: 0 }),
    'above or at one': onMetric({ Threshold: 1, ComparisonOperator: 'GreaterThanOrEqualToThreshold' }),
    'below a threshold': onMetric({ ComparisonOperator: 'LessThanThreshold', TreatMissingData: 'breaching' }),
    'below zero': onMetric({ ComparisonOperator: 'LessThanOrEqualToThreshold', Threshold: -5 }),
    'over many periods': onMetric({ EvaluationPeriods: 30, TreatMissingData: 'notBreaching' }),
    'that ignores gaps': onMetric({ TreatMissingData: 'ignore', Period: 300 }),
    'every ten seconds': onMetric({ Period: 10 }),
    'on PromQL': promQl(0),
    'on PromQL that waits': promQl(1200),
    'on logs': logs,
    'above a band': onBand('GreaterThanUpperThreshold'),
    'below a band': onBand('LessThanLowerThreshold'),
    'outside a band': onBand('LessThanLowerOrGreaterThanUpperThreshold'),
  };
  for (const [kind, resource] of Object.entries(kinds))
    it(`for an alarm ${kind} pass and cover it`, () => {
      const text = pasted(resource);
      const { tests } = runText(text, { resources: [resource] });
      assert.deepEqual(
        tests.flatMap(({ failures }) => failures.map(({ expected, got }) => `${expected} | ${got}\n${text}`)),
        [],
      );
      const coverage = coverageOf(resource, text);
      assert.deepEqual(
        coverage.alarms.map(({ has }) => has),
        [
          {
            fires: true,
            staysQuiet: true,
            missingData: resource.properties.EvaluationCriteria === undefined ? true : undefined,
          },
        ],
      );
      assert.equal(coverage.isComplete, true);
    });

  it('supply what AWS alone can compute, and expect ALARM where silence breaches', () => {
    assert.match(pasted(promQl(0)), /supply: it\.promql/);
    assert.match(pasted(logs), /supply: it\.log/);
    assert.match(pasted(logs), /at: 50m, it: ALARM/);
  });
});

describe('a PromQL alarm', () => {
  const resource = promQl(0);
  const firing =
    'tests: [{ name: a, series: [{ supply: it.promql, values: 1x5 }], expect: [{ at: 5m, it: ALARM }] }]';
  const plain = { useUnicode: true, paint: (_: string, text: string): string => text };

  it('lacks a test in which it stays quiet, and none with missing data', () => {
    const coverage = coverageOf(resource, firing);
    assert.equal(coverage.isComplete, false);
    const lines = describeCoverage(coverage, plain);
    assert.ok(
      lines.some((line) => /^ {2}it +✓ +✗ +-$/.test(line)),
      lines.join('\n'),
    );
    assert.equal(lines.filter((line) => line.includes('missing data:')).length, 0);
    const json = resultsToJson([], { elapsedMs: 0, coverage });
    assert.deepEqual(json.coverage?.alarms, {
      it: { kind: 'metric', fires: true, staysQuiet: false, missingData: null },
    });
    assert.match(resultsToJunit([], coverage), /message="lacks staysQuiet"/);
  });
});
