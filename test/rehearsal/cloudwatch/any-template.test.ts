/** Whatever stands in a template, and whatever data comes: the engine works or refuses by name, and throws nothing else. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { play } from '../../../rehearsal/alarms/playback';
import type { Arrival } from '../../../rehearsal/alarms/types';
import { suppliedIn, suppliedNamespace } from '../../../rehearsal/cloudwatch/supplied';
import { NotRehearsable } from '../../../rehearsal/not-rehearsable';
import { type Resource, rehearsalPlace } from '../../../rehearsal/resources';
import { seed } from '../../seed';
import { start } from './fixture';

/** Mostly what an alarm may have, sometimes what it may not: only so is much of the engine ever reached. */
const oneOf = (...values: readonly unknown[]): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 40, arbitrary: fc.constantFrom(...values) },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
  );

const metricStat = fc.record(
  {
    Metric: fc.record({
      Namespace: oneOf('App'),
      MetricName: oneOf('a', 'b'),
      Dimensions: oneOf([], [{ Name: 'S', Value: 'x' }]),
    }),
    Period: oneOf(10, 60, '60', 300),
    Stat: oneOf('Sum', 'Average', 'p90', 'TM(10%:90%)', 'PR(:3)'),
  },
  { requiredKeys: [] },
);
const query = fc.record(
  {
    Id: oneOf('e', 'm', 'n'),
    Expression: oneOf(
      'm / n',
      'IF(m > 1, n)',
      'RATE(m)',
      'FILL(m, REPEAT)',
      'SUM(METRICS())',
      'm +',
      'ANOMALY_DETECTION_BAND(m)',
      'SELECT x',
    ),
    MetricStat: metricStat,
    ReturnData: oneOf(true, false),
  },
  { requiredKeys: ['Id'] },
);
const anyNumber = fc.oneof(fc.double(), fc.constantFrom(0, 1, -1, 1e308));
/** There once in so many times: together they would be refused nearly always. */
const rarely = (every: number, arbitrary: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: every - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

const signal = fc.oneof(
  fc.record({ ...single(), Statistic: oneOf('Sum', 'Average', 'SampleCount') }),
  fc.record({ ...single(), ExtendedStatistic: oneOf('p90', 'tm99', 'IQM', 'wm95') }),
  fc.record({ Metrics: fc.array(query, { maxLength: 4 }) }),
  fc
    .constantFrom('m / n', 'IF(m > 1, n)', 'RATE(m)', 'FILL(m, REPEAT)', 'SUM(METRICS())', 'MAX([m, n])')
    .map((Expression) => ({
      Metrics: [
        { Id: 'e', Expression, ReturnData: true },
        ...['m', 'n'].map((Id) => ({
          Id,
          ReturnData: false,
          MetricStat: {
            Metric: { Namespace: 'App', MetricName: Id === 'm' ? 'a' : 'b', Dimensions: [] },
            Period: 10,
            Stat: 'Sum',
          },
        })),
      ],
    })),
);

function single(): Record<string, fc.Arbitrary<unknown>> {
  return {
    Namespace: oneOf('App', 'App', 'AWS/DynamoDB', ':supplied'),
    MetricName: oneOf('a', 'b'),
    Dimensions: oneOf([], [{ Name: 'S', Value: 'x' }]),
    Period: oneOf(10, 20, 60, '60', 300),
    Unit: rarely(6, oneOf('Count', 'None')),
  };
}

const alarm = fc.record({
  AlarmName: oneOf('one', 'two', 'three', undefined),
  EvaluationPeriods: oneOf(1, 2, 5),
  Threshold: fc.oneof(oneOf(1, '1.5'), anyNumber),
  ComparisonOperator: oneOf('GreaterThanThreshold', 'LessThanThreshold'),
  TreatMissingData: oneOf('missing', 'breaching', 'ignore', 'notBreaching', undefined),
  DatapointsToAlarm: rarely(3, oneOf(1, 2)),
  ThresholdMetricId: rarely(20, oneOf('e')),
  EvaluateLowSampleCountPercentile: rarely(4, oneOf('ignore', 'evaluate')),
  EvaluationWindow: rarely(
    4,
    oneOf({}, { WallClockWindow: { Timezone: 'Europe/Madrid' } }, { WallClockWindow: {} }),
  ),
  EvaluationCriteria: rarely(20, oneOf({ PromQLCriteria: { Query: 'up' } })),
  WarmUpConfiguration: rarely(4, oneOf({ WarmUpPeriodDurationInMinutes: 2 })),
  AlarmActions: rarely(
    2,
    oneOf(['arn:aws:sns:us-east-1:000000000000:page'], ['arn:aws:autoscaling:us-east-1:1:scalingPolicy:x']),
  ),
  ActionsEnabled: rarely(5, oneOf(true, 'false')),
});

/** What is undefined in a template is not there. */
const metricAlarm = fc
  .tuple(signal, alarm)
  .map(
    ([first, second]): Record<string, unknown> =>
      Object.fromEntries(Object.entries({ ...first, ...second }).filter(([, value]) => value !== undefined)),
  );
const compositeAlarm = fc.record(
  {
    AlarmName: oneOf('four', 'five'),
    AlarmRule: oneOf(
      'ALARM(one)',
      'ALARM(one) OR NOT OK("two")',
      'AT_LEAST(1, ALARM, (one, two))',
      'ALARM(five)',
      'TRUE',
      'ALARM(',
    ),
    ActionsSuppressor: oneOf('one', 'nobody'),
    ActionsSuppressorWaitPeriod: oneOf(0, 60),
    ActionsSuppressorExtensionPeriod: oneOf(0, 60),
  },
  { requiredKeys: ['AlarmRule'] },
);
const muteRule = fc.record(
  {
    Name: oneOf('mute'),
    Rule: oneOf(
      { Schedule: { Expression: 'cron(0 18 * * *)', Duration: 'PT1H' } },
      { Schedule: { Expression: 'at(', Duration: 'P1D' } },
    ),
    MuteTargets: oneOf({ AlarmNames: ['one'] }, { AlarmNames: [] }),
  },
  { requiredKeys: ['Rule'] },
);

const toResource =
  (type: string) =>
  (properties: Record<string, unknown>, index: number): Resource => ({
    stack: 'any',
    logicalId: `${type.slice(-9)}${index}`,
    type,
    id: `${type.slice(-9)}${index}`,
    properties,
  });

const template = fc
  .record({
    alarms: fc.array(metricAlarm, { minLength: 1, maxLength: 2 }),
    composites: fc.array(compositeAlarm, { maxLength: 1 }),
    mutes: fc.array(muteRule, { maxLength: 1 }),
  })
  .map(({ alarms, composites, mutes }) => [
    ...alarms.map(toResource('AWS::CloudWatch::Alarm')),
    ...composites.map(toResource('AWS::CloudWatch::CompositeAlarm')),
    ...mutes.map(toResource('AWS::CloudWatch::AlarmMuteRule')),
  ]);

const arrival: fc.Arbitrary<Arrival> = fc
  .record({
    second: fc.integer({ min: -400, max: 400 }),
    namespace: fc.constantFrom('App', 'AWS/DynamoDB', suppliedNamespace, ''),
    name: fc.constantFrom('a', 'b', 'one'),
    dimensions: fc.constantFrom<Record<string, string>>(
      {},
      { S: 'x' },
      { Query: 'e', Band: 'lower' },
      { Query: 'promql' },
    ),
    unit: fc.option(fc.constantFrom('Count', 'None'), { nil: undefined }),
    values: fc.array(anyNumber, { maxLength: 3 }),
    storageResolutionSeconds: fc.constantFrom<1 | 60>(1, 60),
  })
  .map(({ second, unit, ...rest }) => {
    const at = start + second * 1000;
    return { arrivedAt: at, datum: { ...rest, at, ...(unit === undefined ? {} : { unit }) } };
  });

describe('the engine', () => {
  it(`throws nothing but refusals, for any template and any data (FC_SEED=${seed})`, () => {
    let played = 0;
    const runs = 5000;
    fc.assert(
      fc.property(template, fc.array(arrival, { maxLength: 30 }), (resources, arrivals) => {
        const source = [...arrivals].sort((left, right) => left.arrivedAt - right.arrivedAt);
        const supplied = suppliedIn(arrivals.map(({ datum }) => datum));
        try {
          const end = start + 400_000;
          play({
            resources,
            place: rehearsalPlace,
            source,
            start,
            end,
            supplied,
            onEvaluation: ({ reason }) => assert.ok(reason),
          });
          played += 1;
        } catch (error) {
          if (!(error instanceof NotRehearsable)) throw error;
        }
      }),
      { numRuns: runs, seed },
    );
    // Were everything refused, nothing would have been tested.
    assert.ok(played > runs / 100, `${played} of ${runs} templates were played`);
  });
});
