import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defineAlarm } from '../../../rehearsal/cloudwatch/alarm-definition';
import { defineComposites } from '../../../rehearsal/cloudwatch/composite-definition';
import { alarmMailText } from '../../../rehearsal/cloudwatch/mail-text';
import {
  alarmSubject,
  compositeAlarmMessage,
  metricAlarmMessage,
  type Transition,
} from '../../../rehearsal/cloudwatch/message';
import { compositeAlarm, mathAlarm, metricAlarm, topic } from './fixture';

const place = { accountId: '123456789012', region: 'us-east-1', partition: 'aws' };
const transition: Transition = {
  from: 'OK',
  to: 'ALARM',
  reason: 'Threshold Crossed: because.',
  at: Date.UTC(2026, 10, 14, 18, 40, 26, 838),
  configuredAt: Date.UTC(2026, 10, 14, 18, 30, 2, 114),
};

const latency = {
  AlarmDescription: 'p99 too high',
  Namespace: 'App',
  MetricName: 'Latency',
  Dimensions: [{ Name: 'InstanceId', Value: 'i-0abc' }],
  Statistic: undefined,
  ExtendedStatistic: 'p99',
  Period: 60,
  EvaluationPeriods: 3,
  DatapointsToAlarm: 2,
  ComparisonOperator: 'GreaterThanThreshold',
  Threshold: 500,
  OKActions: [],
};

const head =
  '"AWSAccountId":"123456789012","AlarmConfigurationUpdatedTimestamp":"2026-11-14T18:30:02.114+0000","NewStateValue":"ALARM","NewStateReason":"Threshold Crossed: because.","StateChangeTime":"2026-11-14T18:40:26.838+0000","Region":"US East (N. Virginia)"';

function withoutUndefined(properties: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined));
}

function define(name: string, properties: Record<string, unknown>) {
  const resource = metricAlarm(name, properties);
  return defineAlarm({ ...resource, properties: withoutUndefined({ ...resource.properties }) }, place);
}

describe("a metric alarm's message", () => {
  it('has the fields of AWS in the order of AWS', () => {
    assert.equal(
      metricAlarmMessage(define('inference-p99-latency', latency), place, transition),
      `{"AlarmName":"inference-p99-latency","AlarmDescription":"p99 too high",${head},"AlarmArn":"arn:aws:cloudwatch:us-east-1:123456789012:alarm:inference-p99-latency","OldStateValue":"OK","OKActions":[],"AlarmActions":["${topic}"],"InsufficientDataActions":[],"ActionExecutedAfterMuteWindow":false,"Trigger":{"MetricName":"Latency","Namespace":"App","StatisticType":"ExtendedStatistic","ExtendedStatistic":"p99","Unit":null,"Dimensions":[{"value":"i-0abc","name":"InstanceId"}],"Period":60,"EvaluationPeriods":3,"DatapointsToAlarm":2,"ComparisonOperator":"GreaterThanThreshold","Threshold":500.0,"TreatMissingData":"missing","EvaluateLowSampleCountPercentile":""}}`,
    );
  });

  it('shouts basic statistics, leaves out DatapointsToAlarm where it is not set, and says null for no description', () => {
    const message = metricAlarmMessage(
      define('up', { Unit: 'Count', TreatMissingData: 'breaching' }),
      place,
      transition,
    );
    assert.match(message, /"AlarmName":"up","AlarmDescription":null,/);
    assert.match(message, /"StatisticType":"Statistic","Statistic":"MINIMUM","Unit":"Count"/);
    assert.match(message, /"EvaluationPeriods":1,"ComparisonOperator":"LessThanThreshold","Threshold":1\.0/);
    assert.match(message, /"TreatMissingData":"breaching"/);
    const count = metricAlarmMessage(define('count', { Statistic: 'SampleCount' }), place, transition);
    assert.match(count, /"Statistic":"SAMPLE_COUNT"/);
  });

  it('lists the queries of a math alarm instead of one metric', () => {
    const resource = mathAlarm(
      'errors',
      '100*m2',
      { m2: { metric: 'Errors' } },
      { EvaluationPeriods: 5, Threshold: 5 },
    );
    const message = metricAlarmMessage(defineAlarm(resource, place), place, transition);
    assert.equal(
      message.slice(message.indexOf('"Trigger"')),
      '"Trigger":{"Period":10,"EvaluationPeriods":5,"ComparisonOperator":"LessThanThreshold","Threshold":5.0,"TreatMissingData":"missing","EvaluateLowSampleCountPercentile":"","Metrics":[{"Expression":"100*m2","Id":"e1","Label":"errors","ReturnData":true},{"Id":"m2","MetricStat":{"Metric":{"Dimensions":[{"value":"fraud-scorer","name":"Service"},{"value":"dev","name":"Stage"}],"MetricName":"Errors","Namespace":"App"},"Period":10,"Stat":"Sum"},"ReturnData":false}]}}',
    );
  });

  it('has a subject with the long name of the region, cut to what SNS takes', () => {
    assert.equal(alarmSubject('ALARM', 'a', 'us-east-1'), 'ALARM: "a" in US East (N. Virginia)');
    assert.equal(alarmSubject('INSUFFICIENT_DATA', 'a', 'xx-new-9'), 'INSUFFICIENT_DATA: "a" in xx-new-9');
    assert.equal(alarmSubject('OK', 'n'.repeat(200), 'us-east-1').length, 100);
  });
});

describe("a composite alarm's message", () => {
  it('has the rule and the children that changed, and no trigger', () => {
    const child = defineAlarm(metricAlarm('child'), place);
    const [composite] = defineComposites([compositeAlarm('both', 'ALARM("child")')], place, [child]);
    assert.ok(composite);
    assert.equal(
      compositeAlarmMessage(composite, place, transition, [
        { arn: child.arn, state: 'ALARM', at: transition.at },
      ]),
      `{"AlarmName":"both","AlarmDescription":null,"AWSAccountId":"123456789012","NewStateValue":"ALARM","NewStateReason":"Threshold Crossed: because.","StateChangeTime":"2026-11-14T18:40:26.838+0000","Region":"US East (N. Virginia)","AlarmArn":"arn:aws:cloudwatch:us-east-1:123456789012:alarm:both","OKActions":["${topic}"],"AlarmActions":["${topic}"],"InsufficientDataActions":[],"OldStateValue":"OK","AlarmRule":"ALARM(\\"child\\")","TriggeringChildren":[{"Arn":"arn:aws:cloudwatch:us-east-1:123456789012:alarm:child","State":{"Value":"ALARM","Timestamp":"2026-11-14T18:40:26.838+0000"}}]}`,
    );
  });
});

describe("the mail of an alarm's message", () => {
  it("reads as AWS's own", () => {
    const message = metricAlarmMessage(
      define('p99 latency', { ...latency, OKActions: [topic, topic] }),
      place,
      transition,
    );
    assert.equal(
      alarmMailText(message),
      `You are receiving this email because your Amazon CloudWatch Alarm "p99 latency" in the US East (N. Virginia) region has entered the ALARM state, because "Threshold Crossed: because." at "Saturday 14 November, 2026 18:40:26 UTC".

View this alarm in the AWS Management Console:
https://us-east-1.console.aws.amazon.com/cloudwatch/deeplink.js?region=us-east-1#alarmsV2:alarm/p99%20latency

Alarm Details:
- Name:                       p99 latency
- Description:                p99 too high
- State Change:               OK -> ALARM
- Reason for State Change:    Threshold Crossed: because.
- Timestamp:                  Saturday 14 November, 2026 18:40:26 UTC
- AWS Account:                123456789012
- Alarm Arn:                  arn:aws:cloudwatch:us-east-1:123456789012:alarm:p99 latency

Threshold:
- The alarm is in the ALARM state when the metric is GreaterThanThreshold 500.0 for at least 2 of the last 3 period(s) of 60 seconds.

Monitored Metric:
- MetricNamespace:                     App
- MetricName:                          Latency
- Dimensions:                          [InstanceId = i-0abc]
- Period:                              60 seconds
- Statistic:                           p99
- Unit:                                not specified
- TreatMissingData:                    missing


State Change Actions:
- OK: [${topic}] [${topic}]
- ALARM: [${topic}]
- INSUFFICIENT_DATA:
`,
    );
  });

  it('tells the expression of a math alarm and the rule of a composite one', () => {
    const math = defineAlarm(mathAlarm('errors', '100*m2', { m2: { metric: 'Errors' } }), place);
    assert.match(alarmMailText(metricAlarmMessage(math, place, transition)), /MetricExpression: +100\*m2\n/);
    const [composite] = defineComposites([compositeAlarm('both', 'ALARM(errors)')], place, [math]);
    assert.ok(composite);
    const text = alarmMailText(compositeAlarmMessage(composite, place, transition, []));
    assert.match(text, /- Alarm Rule: +ALARM\(errors\)\n/);
    assert.doesNotMatch(text, /Threshold:\n/);
  });

  it('leaves alone what is no alarm message', () => {
    assert.equal(alarmMailText('hello'), 'hello');
    assert.equal(alarmMailText('{"a":1}'), '{"a":1}');
  });
});
