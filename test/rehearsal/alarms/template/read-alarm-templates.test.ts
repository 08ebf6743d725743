/** Three templates of different style, resolved; and what holds for several files together. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkTemplate } from '../../../../rehearsal/alarms/template/check-template';
import type { AlarmTemplate } from '../../../../rehearsal/alarms/template/read-alarm-templates';
import { rehearsalPlace } from '../../../../rehearsal/resources';
import { alarm, composite, find, readFixture, readTexts, refusalOf, template } from './fixture';

const ids = ({ resources }: AlarmTemplate): string[] => resources.map(({ logicalId }) => logicalId);
const dimensions = (read: AlarmTemplate, logicalId: string): unknown =>
  find(read, logicalId).properties.Dimensions;

describe('queue-worker.json, CloudFormation in JSON', () => {
  const read = readFixture('queue-worker.json');
  const topic = 'arn:aws:sns:us-east-1:000000000000:jobs-prod-oncall';

  it('is resolved without the parameters that no alarm needs', () => {
    assert.deepEqual(ids(read), [
      'OnCallTopic',
      'OldestJobTooOld',
      'DeadLetters',
      'WorkerCpuHigh',
      'ApiErrorRateHigh',
      'WorkersStuck',
    ]);
    assert.deepEqual(read.refused, []);
    assert.deepEqual(read.notes, []);
    assert.deepEqual(read.place, rehearsalPlace);
  });

  it('can be evaluated in full', () => assert.deepEqual(checkTemplate(read), []));

  it('names its alarms and dimensions as the deployed stack would', () => {
    const { properties } = find(read, 'OldestJobTooOld');
    assert.equal(properties.AlarmName, 'jobs-prod-oldest-job-too-old');
    assert.equal(properties.Threshold, 600);
    assert.deepEqual(dimensions(read, 'OldestJobTooOld'), [{ Name: 'QueueName', Value: 'jobs-prod' }]);
    assert.deepEqual(dimensions(read, 'WorkerCpuHigh'), [
      { Name: 'ClusterName', Value: 'jobs' },
      { Name: 'ServiceName', Value: 'worker' },
    ]);
    assert.deepEqual(find(read, 'ApiErrorRateHigh').properties.AlarmActions, [topic]);
    assert.deepEqual(find(read, 'OnCallTopic').properties.Subscription, [
      { Protocol: 'email', Endpoint: 'oncall@example.com' },
    ]);
  });

  it('calls an alarm without AlarmName by its logical id', () => {
    assert.equal(find(read, 'DeadLetters').id, 'DeadLetters');
  });

  it('takes text for a number where the property is one', () => {
    assert.equal(find(read, 'WorkerCpuHigh').properties.Threshold, 85);
  });

  it('joins the rule of the composite alarm from the names of its children', () => {
    assert.equal(
      find(read, 'WorkersStuck').properties.AlarmRule,
      'ALARM("jobs-prod-oldest-job-too-old") AND (ALARM("jobs-prod-worker-cpu-high") OR INSUFFICIENT_DATA("jobs-prod-worker-cpu-high"))',
    );
  });

  it('takes other values for its parameters, and only those that it allows', () => {
    const dev = readFixture('queue-worker.json', {
      parameters: { Environment: 'dev', OldestMessageSeconds: '60' },
    });
    assert.deepEqual(dimensions(dev, 'OldestJobTooOld'), [{ Name: 'QueueName', Value: 'jobs-dev' }]);
    assert.equal(find(dev, 'OldestJobTooOld').properties.Threshold, 60);
    assert.equal(
      refusalOf(() => readFixture('queue-worker.json', { parameters: { Environment: 'qa' } })),
      "parameter Environment: the template does not allow the value, got 'qa', expected one of dev, prod; correct --parameter Environment",
    );
  });
});

describe('web-shop.yaml, CloudFormation in YAML with short forms', () => {
  const read = readFixture('web-shop.yaml');
  const pager = 'arn:aws:sns:us-east-1:000000000000:Pager';

  it('leaves out what has a false condition', () => {
    const only = (stage: string): string[] =>
      ids(readFixture('web-shop.yaml', { parameters: { Stage: stage } })).sort();
    const both = ['CheckoutBroken', 'CheckoutErrors', 'CheckoutSlow', 'Deploying', 'InstanceFailed'];
    assert.deepEqual(only('prod'), [...both, 'NightlyRestock', 'OrdersStopped', 'Pager', 'PagerMail'].sort());
    assert.deepEqual(only('dev'), [...both, 'DatabaseBusy'].sort());
  });

  it('can be evaluated in full in either stage', () => {
    assert.deepEqual(checkTemplate(read), []);
    assert.deepEqual(checkTemplate(readFixture('web-shop.yaml', { parameters: { Stage: 'dev' } })), []);
  });

  it('looks limits up in the mapping', () => {
    assert.equal(find(read, 'CheckoutSlow').properties.Threshold, 1.5);
    const dev = readFixture('web-shop.yaml', { parameters: { Stage: 'dev' } });
    assert.equal(find(dev, 'CheckoutSlow').properties.Threshold, 5);
    assert.equal(find(dev, 'CheckoutSlow').properties.AlarmName, 'dev-checkout-slow');
  });

  it('lets actions vanish with AWS::NoValue', () => {
    assert.deepEqual(find(read, 'CheckoutBroken').properties.AlarmActions, [pager]);
    const dev = readFixture('web-shop.yaml', { parameters: { Stage: 'dev' } });
    assert.ok(!('AlarmActions' in find(dev, 'CheckoutBroken').properties));
    const noMail = readFixture('web-shop.yaml', { parameters: { PagerEmail: '' } });
    assert.deepEqual(find(noMail, 'OrdersStopped').properties.AlarmActions, []);
  });

  it('has a percentile, a suppressor and a mute rule', () => {
    const { ExtendedStatistic, EvaluateLowSampleCountPercentile } = find(read, 'CheckoutSlow').properties;
    assert.deepEqual([ExtendedStatistic, EvaluateLowSampleCountPercentile], ['p99', 'ignore']);
    const { ActionsSuppressor, ActionsSuppressorWaitPeriod } = find(read, 'CheckoutBroken').properties;
    assert.equal(ActionsSuppressor, 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:prod-deploying');
    assert.equal(ActionsSuppressorWaitPeriod, 60);
    assert.deepEqual(find(read, 'NightlyRestock').properties.MuteTargets, {
      AlarmNames: ['prod-orders-stopped'],
    });
  });

  it('calls an instance by its logical id, or as it is told to', () => {
    assert.deepEqual(dimensions(read, 'InstanceFailed'), [{ Name: 'InstanceId', Value: 'Instance' }]);
    const told = readFixture('web-shop.yaml', { resources: { Instance: 'i-0abc' } });
    assert.deepEqual(dimensions(told, 'InstanceFailed'), [{ Name: 'InstanceId', Value: 'i-0abc' }]);
  });

  it('is in the region and the account that it is told', () => {
    const { place, resources } = readFixture('web-shop.yaml', {
      region: 'cn-north-1',
      accountId: '123456789012',
    });
    assert.deepEqual(place, { region: 'cn-north-1', accountId: '123456789012', partition: 'aws-cn' });
    const failed = resources.find(({ logicalId }) => logicalId === 'InstanceFailed');
    assert.deepEqual(failed?.properties.AlarmActions, ['arn:aws-cn:automate:cn-north-1:ec2:recover']);
  });
});

describe('team-dump.json, what describe-alarms writes', () => {
  const read = readFixture('team-dump.json');

  it('is in the place that its ARNs name, whatever else is asked for', () => {
    const place = { region: 'eu-west-1', accountId: '210987654321', partition: 'aws' };
    assert.deepEqual(read.place, place);
    assert.deepEqual(readFixture('team-dump.json', { region: 'us-west-2' }).place, place);
  });

  it('keeps what an alarm is and drops how it stood', () => {
    const { properties, logicalId, id } = find(read, 'payments-heartbeat');
    assert.deepEqual([logicalId, id], ['payments-heartbeat', 'payments-heartbeat']);
    assert.deepEqual(Object.keys(properties).sort(), [
      'ActionsEnabled',
      'AlarmActions',
      'AlarmDescription',
      'AlarmName',
      'ComparisonOperator',
      'DatapointsToAlarm',
      'Dimensions',
      'EvaluationPeriods',
      'InsufficientDataActions',
      'MetricName',
      'Namespace',
      'OKActions',
      'Period',
      'Statistic',
      'Threshold',
      'TreatMissingData',
    ]);
    assert.deepEqual(properties.AlarmActions, ['arn:aws:sns:eu-west-1:210987654321:payments-oncall']);
  });

  it('has one alarm that needs a model of AWS, which is refused by name, and no other', () => {
    const refusals = checkTemplate(read);
    assert.deepEqual(
      refusals.map(({ name }) => name),
      ['payments-volume-unusual'],
    );
    assert.match(
      refusals[0]?.reason ?? '',
      /^AWS::CloudWatch::Alarm payments-volume-unusual.*ANOMALY_DETECTION_BAND/,
    );
  });

  it('takes the anomaly alarm when its band is supplied', () => {
    assert.deepEqual(
      checkTemplate(read, { has: (name, query) => name === 'payments-volume-unusual' && query === 'ad1' }),
      [],
    );
  });
});

describe('several files', () => {
  it('make one set: a composite alarm of one names an alarm of another', () => {
    const rule = composite('ALARM("payments-heartbeat") AND ALARM(Own)');
    const dump = { MetricAlarms: [{ AlarmName: 'payments-heartbeat', ...(alarm().Properties as object) }] };
    const read = readTexts({
      'own.json': template({ Own: alarm(), Both: rule }),
      'dump.json': JSON.stringify(dump),
    });
    assert.deepEqual(checkTemplate(read), []);
    assert.equal(checkTemplate(readTexts({ 'own.json': template({ Own: alarm(), Both: rule }) })).length, 1);
  });

  it('import what one of them exports, wherever it stands', () => {
    const imports = template({
      Own: alarm({ AlarmActions: [{ 'Fn::ImportValue': 'jobs-prod-oncall-topic' }] }),
    });
    const exporting = template(
      { Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'jobs' } } },
      {
        Outputs: {
          Arn: { Value: { Ref: 'Topic' }, Export: { Name: { 'Fn::Sub': '${Prefix}-oncall-topic' } } },
          Other: { Value: 'x' },
        },
        Parameters: { Prefix: { Type: 'String', Default: 'jobs-prod' } },
      },
    );
    const read = readTexts({ 'a.json': imports, 'b.json': exporting });
    assert.deepEqual(find(read, 'Own').properties.AlarmActions, ['arn:aws:sns:us-east-1:000000000000:jobs']);
  });

  it('are refused when two different alarms have one name', () => {
    assert.equal(
      refusalOf(() =>
        readTexts({ 'a.json': template({ Up: alarm() }), 'b.json': template({ Up: alarm() }) }),
      ),
      'template: two alarms have one name, got Up (a/Up and b/Up), expected each name once; rename one, or give the files one at a time',
    );
    const page = (threshold: number) => ({ MetricAlarms: [{ AlarmName: 'up', Threshold: threshold }] });
    assert.match(
      refusalOf(() => readTexts({ 'd.json': JSON.stringify([page(1), page(2)]) })),
      /two alarms have one name/,
    );
  });

  it('are refused when they are in several places', () => {
    const page = (region: string) => ({
      MetricAlarms: [
        { AlarmName: region, AlarmArn: `arn:aws:cloudwatch:${region}:210987654321:alarm:${region}` },
      ],
    });
    assert.match(
      refusalOf(() => readTexts({ 'd.json': JSON.stringify([page('eu-west-1'), page('us-east-1')]) })),
      /^template: the alarms are not in one place, got 210987654321 eu-west-1 and 210987654321 us-east-1, expected one/,
    );
  });

  it('are refused when there is no alarm in any', () => {
    assert.equal(
      refusalOf(() =>
        readTexts({
          'a.json': template({ T: { Type: 'AWS::SNS::Topic' } }),
          'b.json': '{"MetricAlarms":[]}',
        }),
      ),
      'template: there is no alarm in it, got a.json, b.json, expected at least one AWS::CloudWatch::Alarm; give the template that makes the alarms',
    );
  });
});
