/** The real AWS CLI against the endpoint, in whatever protocol it picks. */
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { alarmAt, hostId, type Stack, startStack, topicArn } from './stack';

function cliMissing(): string | false {
  try {
    execFileSync('aws', ['--version'], { stdio: 'ignore' });
    return false;
  } catch {
    return 'there is no aws command on this machine';
  }
}

describe('the AWS CLI', { skip: cliMissing(), concurrency: 2 }, () => {
  let stack: Stack;
  before(async () => {
    stack = await startStack();
  });
  after(() => stack.stop());

  const run = promisify(execFile);
  const environment = () => ({
    PATH: process.env.PATH,
    HOME: '/nonexistent',
    AWS_ACCESS_KEY_ID: 'REHEARSAL',
    AWS_SECRET_ACCESS_KEY: 'rehearsal',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_MAX_ATTEMPTS: '1',
  });
  // biome-ignore lint: an answer of the CLI is any JSON, and the assertions say what is expected of it
  const aws = async (command: string): Promise<any> => {
    const words = command.split(' ').map((word) => word.replaceAll('~', ' '));
    const { stdout } = await run('aws', ['--endpoint-url', stack.url, '--output', 'json', ...words], {
      env: environment(),
    });
    return stdout.trim() === '' ? undefined : JSON.parse(stdout);
  };
  /** Version 1 prints a date as it came: epoch seconds or ISO text. */
  const milliseconds = (date: string | number): number =>
    typeof date === 'number' ? date * 1000 : new Date(date).getTime();

  it('describes alarms, metric and composite', async () => {
    const { MetricAlarms, CompositeAlarms } = await aws(
      'cloudwatch describe-alarms --alarm-types MetricAlarm CompositeAlarm',
    );
    const [alarm] = MetricAlarms;
    assert.equal(alarm.AlarmDescription, 'errors < 5 % & "quoted"');
    assert.equal(alarm.Period, 10);
    assert.equal(alarm.Threshold, 5);
    assert.equal(milliseconds(alarm.StateUpdatedTimestamp), alarmAt);
    assert.deepEqual(alarm.Dimensions, [{ Name: 'service', Value: 'inference' }]);
    assert.equal(MetricAlarms[1].Metrics[0].Expression, 'errors/count');
    assert.equal(CompositeAlarms[0].AlarmRule, 'ALARM(error-rate) OR ALARM(error-ratio)');
  });

  it('gets metric statistics with percentiles', async () => {
    const { Datapoints } = await aws(
      'cloudwatch get-metric-statistics --namespace Vigia --metric-name PredictionLatency --dimensions Name=service,Value=inference --start-time 2026-09-21T00:00:00Z --end-time 2026-09-22T00:00:00Z --period 60 --statistics Average Maximum',
    );
    assert.equal(Datapoints.length, 2);
    assert.deepEqual([Datapoints[0].Average, Datapoints[0].Maximum], [1.5, 2.5]);
    assert.equal(milliseconds(Datapoints[0].Timestamp), alarmAt);
  });

  it('lists metrics', async () => {
    const { Metrics } = await aws('cloudwatch list-metrics --namespace Vigia');
    assert.deepEqual(Metrics, [
      {
        Namespace: 'Vigia',
        MetricName: 'PredictionLatency',
        Dimensions: [{ Name: 'service', Value: 'inference' }],
      },
    ]);
  });

  it('gets metric data', async () => {
    const query = JSON.stringify([
      {
        Id: 'm1',
        MetricStat: { Metric: { Namespace: 'Vigia', MetricName: 'X' }, Period: 60, Stat: 'p95' },
        ReturnData: true,
      },
    ]);
    const { MetricDataResults } = await aws(
      `cloudwatch get-metric-data --start-time 1790000000 --end-time 1790003600 --metric-data-queries ${query}`,
    );
    assert.deepEqual(MetricDataResults[0].Values, [2.25, 1.5]);
    assert.equal(stack.cloudwatch.asked.at(-1)?.range.start, alarmAt);
  });

  it('filters log events and describes groups', async () => {
    const { events } = await aws(
      'logs filter-log-events --log-group-name /vigia/service --filter-pattern {~$.level~=~"error"~}',
    );
    assert.deepEqual(
      events.map((event: { message: string }) => JSON.parse(event.message).text),
      ['no <model> & co'],
    );
    const { logGroups } = await aws('logs describe-log-groups');
    assert.equal(
      logGroups.find((group: { logGroupName: string }) => group.logGroupName === '/vigia/service')
        .retentionInDays,
      7,
    );
  });

  it('lists topics and subscriptions', async () => {
    const { Topics } = await aws('sns list-topics');
    assert.deepEqual(Topics, [{ TopicArn: topicArn('alerts') }]);
    const { Subscriptions } = await aws('sns list-subscriptions');
    assert.equal(Subscriptions[0].Endpoint, 'on-call@example.com');
  });

  it('sends a command and reads what became of it', async () => {
    const { Command } = await aws(
      `ssm send-command --document-name vigia-restart --instance-ids ${hostId} --parameters Unit=inference`,
    );
    assert.deepEqual(Command.Parameters, { Unit: ['inference'] });
    const { CommandInvocations } = await aws('ssm list-command-invocations --details');
    assert.equal(CommandInvocations[0].CommandPlugins[0].Output, 'restarted inference.service\n');
    const invocation = await aws(
      `ssm get-command-invocation --command-id ${Command.CommandId} --instance-id ${hostId}`,
    );
    assert.deepEqual([invocation.Status, invocation.ResponseCode], ['Success', 0]);
    const { InstanceInformationList } = await aws('ssm describe-instance-information');
    assert.deepEqual(
      [InstanceInformationList[0].InstanceId, InstanceInformationList[0].PingStatus],
      [hostId, 'Online'],
    );
  });

  it('knows who it is', async () => {
    assert.equal((await aws('sts get-caller-identity')).Account, '000000000000');
  });

  it('sends to a queue and receives from it', async () => {
    const QueueUrl = `${stack.url}/000000000000/dead`;
    await aws(`sqs send-message --queue-url ${QueueUrl} --message-body hello`);
    const { Messages } = await aws(`sqs receive-message --queue-url ${QueueUrl} --attribute-names All`);
    assert.equal(Messages[0].Body, 'hello');
    assert.equal(Messages[0].Attributes.ApproximateReceiveCount, '1');
  });

  it('lists functions and hosts, and scans a table', async () => {
    const { Functions } = await aws('lambda list-functions');
    assert.deepEqual([Functions[0].FunctionName, Functions[0].Environment.Variables.A], ['echo', '1']);
    const { Reservations } = await aws('ec2 describe-instances --filters Name=tag:Role,Values=inference');
    assert.equal(Reservations[0].Instances[0].InstanceId, hostId);
    assert.equal((await aws('dynamodb scan --table-name incidents')).Count, 0);
  });

  it('is told by name what is not rehearsed', async () => {
    await assert.rejects(
      aws('cloudwatch list-metric-streams'),
      /not rehearsed: CloudWatch\.ListMetricStreams; see npx vigia rehearse --capabilities/,
    );
  });
});
