import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defineAlarm } from '../../../rehearsal/cloudwatch/alarm-definition';
import { defineComposites } from '../../../rehearsal/cloudwatch/composite-definition';
import { cloudWatchCapabilities } from '../../../rehearsal/cloudwatch/honoured';
import { NotRehearsable } from '../../../rehearsal/not-rehearsable';
import { rehearsalPlace as place, type Resource } from '../../../rehearsal/resources';
import { bench, compositeAlarm, mathAlarm, metricAlarm } from './fixture';

function refusal(resource: Resource): string {
  try {
    defineAlarm(resource, place);
  } catch (error) {
    assert.ok(error instanceof NotRehearsable, String(error));
    return error.message;
  }
  return 'not refused';
}

describe('an alarm of the template', () => {
  it('is refused by resource and property where the rehearsal cannot honour it', () => {
    for (const property of Object.keys(cloudWatchCapabilities['AWS::CloudWatch::Alarm'].refused)) {
      const message = refusal(metricAlarm('up', { [property]: {} }));
      assert.ok(message.startsWith(`AWS::CloudWatch::Alarm upAlarm.${property}: `), message);
    }
    assert.equal(
      refusal(metricAlarm('up', { Surprise: 1 })),
      'AWS::CloudWatch::Alarm upAlarm.Surprise: the rehearsal does not know this property; remove it or leave this alarm out',
    );
  });

  it('may carry tags, which change nothing', () => {
    assert.equal(refusal(metricAlarm('up', { Tags: [{ Key: 'a', Value: 'b' }] })), 'not refused');
  });

  const wrong: readonly [string, Record<string, unknown>, RegExp][] = [
    [
      'a statistic that AWS does not have',
      { Statistic: undefined, ExtendedStatistic: 'q90' },
      /ExtendedStatistic: there is no statistic "q90"/,
    ],
    [
      'both kinds of statistic',
      { ExtendedStatistic: 'p99' },
      /Statistic: an alarm on one metric needs exactly one/,
    ],
    ['a period of 15 seconds', { Period: 15 }, /Period: got 15, expected 10, 20, 30 or a multiple of 60/],
    [
      'more datapoints than periods',
      { DatapointsToAlarm: 2 },
      /DatapointsToAlarm: got 2, expected at most EvaluationPeriods, 1/,
    ],
    [
      'a window beyond a day',
      { Period: 60, EvaluationPeriods: 1441 },
      /EvaluationPeriods: the window is 86460 s/,
    ],
    [
      'an anomaly operator',
      { ComparisonOperator: 'GreaterThanUpperThreshold' },
      /ComparisonOperator: GreaterThanUpperThreshold compares with a band, which ThresholdMetricId must name/,
    ],
    [
      'no threshold',
      { Threshold: undefined },
      /Threshold: the alarm has neither Threshold nor ThresholdMetricId/,
    ],
    [
      'six actions',
      { AlarmActions: Array.from({ length: 6 }, () => 'arn') },
      /AlarmActions: CloudFormation would refuse it/,
    ],
    ['no count', { EvaluationPeriods: undefined }, /got nothing, expected a whole number from 1 on; correct/],
    ['an infinite threshold', { Threshold: Number.POSITIVE_INFINITY }, /got Infinity, expected a number;/],
    ['a hexadecimal threshold', { Threshold: '0x10' }, /Threshold: .*got "0x10", expected a number/],
    ['a unit of fruit', { Unit: 'bananas' }, /Unit: .*expected a unit of CloudWatch/],
    ['an action that is a number', { AlarmActions: [5] }, /AlarmActions\.0: .*got 5, expected text/],
    [
      'a name with a code in it',
      { AlarmName: 'a\u001b[31m' },
      /"a\\u001b\[31m", expected no control characters/,
    ],
    [
      'a name without end',
      { AlarmName: 'x'.repeat(300) },
      /got "x{50,60}\.\.\., expected at most 255 characters/,
    ],
    [
      'one dimension twice',
      { Dimensions: ['1', '2'].map((Value) => ({ Name: 'A', Value })) },
      /Dimensions: .*expected each dimension once/,
    ],
    [
      'a property that every object has',
      JSON.parse('{"__proto__":1}'),
      /__proto__: the rehearsal does not know/,
    ],
    [
      'a word for a choice',
      { TreatMissingData: 'no' },
      /expected one of breaching, notBreaching, ignore, missing;/,
    ],
    ['no metric', { MetricName: undefined }, /MetricName: the alarm has neither MetricName nor Metrics/],
    [
      'a warm-up beyond two days',
      { WarmUpConfiguration: { WarmUpPeriodDurationInMinutes: 2881 } },
      /WarmUpConfiguration\.WarmUp.*got 2881/,
    ],
  ];
  for (const [name, properties, expected] of wrong) {
    it(`is refused with ${name}`, () => {
      const resource = metricAlarm('up', properties);
      const kept = Object.entries(resource.properties).filter(([, value]) => value !== undefined);
      assert.match(refusal({ ...resource, properties: Object.fromEntries(kept) }), expected);
    });
  }

  const wrongMath: readonly [string, string, RegExp][] = [
    ['gives a number', 'SUM(m1)', /Metrics\[e1\]: the expression must give one time series, got one number/],
    ['gives a list', 'METRICS()', /Metrics\[e1\]: the expression must give one time series, got a list/],
    [
      'asks for a model',
      'm1 > FIRST(ANOMALY_DETECTION_BAND(m1))',
      /not evaluated locally: FIRST of an anomaly band/,
    ],
    ['names no metric', 'm1 / m7', /no metric or expression has the id m7 at 6/],
    ['refers to itself', 'e1 + m1', /Metrics\[e1\]: the expression refers to itself/],
    [
      'is a Metrics Insights query',
      'SELECT MAX(x) FROM "App"',
      /not evaluated locally: a Metrics Insights query/,
    ],
  ];
  for (const [name, expression, expected] of wrongMath) {
    it(`is refused when its expression ${name}`, () => {
      assert.match(refusal(mathAlarm('math', expression, { m1: { metric: 'Up' } })), expected);
    });
  }

  it('is refused unless exactly one of its queries returns data', () => {
    const resource = mathAlarm('math', 'm1', { m1: { metric: 'Up' } });
    const metrics = resource.properties.Metrics as { Id: string }[];
    const all = (ReturnData: boolean): Resource => ({
      ...resource,
      properties: { ...resource.properties, Metrics: metrics.map((query) => ({ ...query, ReturnData })) },
    });
    assert.match(refusal(all(true)), /exactly one entry must have ReturnData true, got m1, e1/);
    assert.match(refusal(all(false)), /exactly one entry must have ReturnData true, got none/);
  });

  it('is refused when a query reads from another account', () => {
    const resource = mathAlarm('math', 'm1', { m1: { metric: 'Up' } });
    const [first, ...others] = resource.properties.Metrics as Record<string, unknown>[];
    const Metrics = [{ ...first, AccountId: '123456789012' }, ...others];
    assert.match(
      refusal({ ...resource, properties: { ...resource.properties, Metrics } }),
      /mathAlarm\.Metrics\.0: the rehearsal does not know AccountId there; remove it/,
    );
  });

  it('takes numbers that CloudFormation wrote as text', () => {
    const alarm = defineAlarm(
      metricAlarm('up', { Threshold: '1.5', Period: '60', ActionsEnabled: 'false' }),
      place,
    );
    assert.deepEqual(
      [alarm.limit, alarm.periodSeconds, alarm.actionsEnabled],
      [{ kind: 'threshold', comparison: 'LessThanThreshold', threshold: 1.5 }, 60, false],
    );
  });

  it('is named by CloudFormation when the template does not name it', () => {
    const { AlarmName: _, ...properties } = metricAlarm('up').properties;
    assert.equal(defineAlarm({ ...metricAlarm('up'), properties }, place).name, 'up');
  });

  it('is evaluated every 10 seconds, every minute, or every hour when it spans more than a day', () => {
    const cadence = (Period: number, EvaluationPeriods: number): number =>
      defineAlarm(metricAlarm('up', { Period, EvaluationPeriods }), place).cadenceSeconds;
    assert.deepEqual(
      [cadence(10, 3), cadence(30, 1), cadence(60, 1440), cadence(3600, 25)],
      [10, 10, 60, 3600],
    );
  });
});

describe('a composite alarm of the template', () => {
  const child = defineAlarm(metricAlarm('child'), place);
  const refused = (...resources: Resource[]): RegExp | string => {
    try {
      defineComposites(resources, place, [child]);
    } catch (error) {
      assert.ok(error instanceof NotRehearsable, String(error));
      return error.message;
    }
    return 'not refused';
  };

  it('is refused by name when its notifications are to carry tags', () => {
    const ActionConfiguration = { AlarmTagsPropagation: { Enabled: true } };
    assert.match(
      String(refused(compositeAlarm('both', 'ALARM(child)', { ActionConfiguration }))),
      /^AWS::CloudWatch::CompositeAlarm bothComposite\.ActionConfiguration: alarm tags are not added/,
    );
  });

  it('is refused when it names an alarm that is not there, or a rule that cannot be read', () => {
    assert.match(
      String(refused(compositeAlarm('both', 'ALARM(other)'))),
      /AlarmRule: it names the alarm "other"/,
    );
    assert.match(String(refused(compositeAlarm('both', 'ALARM(child'))), /AlarmRule: unexpected end/);
  });

  it('is refused in a cycle, which is shown', () => {
    assert.match(
      String(
        refused(
          compositeAlarm('a', 'ALARM(b)'),
          compositeAlarm('b', 'OK(c)'),
          compositeAlarm('c', 'ALARM(a)'),
        ),
      ),
      /the rules form a cycle, a -> b -> c -> a,/,
    );
  });

  it('may name others by name or ARN, in any order of the template', () => {
    const arn = 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:inner';
    const ordered = defineComposites(
      [compositeAlarm('outer', `ALARM("${arn}")`), compositeAlarm('inner', 'ALARM(child)')],
      place,
      [child],
    );
    assert.deepEqual(
      ordered.map(({ name }) => name),
      ['inner', 'outer'],
    );
  });
});

describe('the alarms of the template', () => {
  it('are refused when two share a name', () => {
    assert.throws(
      () => bench([metricAlarm('up'), compositeAlarm('up', 'TRUE')]),
      /two alarms are named "up"/,
    );
  });
});
