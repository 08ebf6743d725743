/** The AWS SDK for JavaScript, as the shipped bundle uses it, against the endpoint. */
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import {
  CloudWatchClient,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  GetDashboardCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListDashboardsCommand,
  ListMetricStreamsCommand,
  ListMetricsCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient, GetItemCommand, ScanCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import {
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListTopicsCommand,
  PublishCommand,
  SNSClient,
} from '@aws-sdk/client-sns';
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import {
  DescribeDocumentCommand,
  DescribeInstanceInformationCommand,
  GetCommandInvocationCommand,
  GetDocumentCommand,
  GetParameterCommand,
  ListCommandInvocationsCommand,
  ListCommandsCommand,
  ListDocumentsCommand,
  SendCommandCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { alarmArn, alarmAt, hostId, queueArn, type Stack, startStack, topicArn } from './stack';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

let stack: Stack;
const options = () => ({
  endpoint: stack.url,
  region: 'us-east-1',
  credentials: { accessKeyId: 'REHEARSAL', secretAccessKey: 'rehearsal' },
  maxAttempts: 1,
});
let cloudwatch: CloudWatchClient;
let ssm: SSMClient;
let sns: SNSClient;
let sqs: SQSClient;
let dynamodb: DynamoDBClient;
before(async () => {
  stack = await startStack();
  cloudwatch = new CloudWatchClient(options());
  ssm = new SSMClient(options());
  sns = new SNSClient(options());
  sqs = new SQSClient(options());
  dynamodb = new DynamoDBClient(options());
});
after(async () => {
  for (const client of [cloudwatch, ssm, sns, sqs, dynamodb]) client.destroy();
  await stack.stop();
});

it('CloudWatch: alarms come with dates, and composite ones only when asked for', async () => {
  const { MetricAlarms = [], CompositeAlarms = [] } = await cloudwatch.send(new DescribeAlarmsCommand({}));
  assert.equal(CompositeAlarms.length, 0);
  assert.equal(MetricAlarms[0]?.AlarmArn, alarmArn('error-rate'));
  assert.equal(MetricAlarms[0]?.StateUpdatedTimestamp?.getTime(), alarmAt);
  assert.deepEqual(MetricAlarms[0]?.AlarmActions, [topicArn('alerts')]);
  const names = async (input: object) => {
    const found = await cloudwatch.send(new DescribeAlarmsCommand(input));
    return [...(found.MetricAlarms ?? []), ...(found.CompositeAlarms ?? [])].map((alarm) => alarm.AlarmName);
  };
  assert.deepEqual(await names({ AlarmNames: ['error-ratio'] }), ['error-ratio']);
  assert.deepEqual(await names({ AlarmNamePrefix: 'error-', StateValue: 'ALARM' }), []);
  assert.deepEqual(await names({ AlarmTypes: ['CompositeAlarm'] }), ['all']);
  const first = await cloudwatch.send(new DescribeAlarmsCommand({ MaxRecords: 1 }));
  assert.deepEqual(await names({ MaxRecords: 1, NextToken: first.NextToken }), ['error-ratio']);
});

it('CloudWatch: history, forced states and dashboards', async () => {
  const { AlarmHistoryItems } = await cloudwatch.send(
    new DescribeAlarmHistoryCommand({ AlarmName: 'error-rate' }),
  );
  assert.equal(AlarmHistoryItems?.[0]?.HistorySummary, 'Alarm updated from OK to ALARM');
  await cloudwatch.send(
    new SetAlarmStateCommand({ AlarmName: 'all', StateValue: 'ALARM', StateReason: 'by hand' }),
  );
  assert.deepEqual(stack.cloudwatch.forced, [{ name: 'all', state: 'ALARM', reason: 'by hand' }]);
  await assert.rejects(
    cloudwatch.send(new SetAlarmStateCommand({ AlarmName: 'none', StateValue: 'OK', StateReason: 'x' })),
    { name: 'ResourceNotFound' },
  );
  const { DashboardEntries } = await cloudwatch.send(new ListDashboardsCommand({}));
  assert.equal(DashboardEntries?.[0]?.DashboardName, 'on-call');
  const { DashboardBody } = await cloudwatch.send(new GetDashboardCommand({ DashboardName: 'on-call' }));
  assert.equal(DashboardBody, '{"widgets":[]}');
});

it('CloudWatch: metrics are asked for and answered', async () => {
  const range = { StartTime: new Date(alarmAt), EndTime: new Date(alarmAt + 3_600_000) };
  const { MetricDataResults } = await cloudwatch.send(
    new GetMetricDataCommand({
      ...range,
      ScanBy: 'TimestampAscending',
      MetricDataQueries: [{ Id: 'e1', Expression: 'm1*2', Label: 'twice' }],
    }),
  );
  assert.deepEqual(MetricDataResults?.[0]?.Values, [1.5, 2.25]);
  assert.equal(MetricDataResults?.[0]?.Timestamps?.[1]?.getTime(), alarmAt + 60_000);
  assert.deepEqual(stack.cloudwatch.asked.at(-1), {
    queries: [{ Id: 'e1', Expression: 'm1*2', Label: 'twice' }],
    range: { start: alarmAt, end: alarmAt + 3_600_000 },
  });
  const statistics = await cloudwatch.send(
    new GetMetricStatisticsCommand({
      ...range,
      Namespace: 'Vigia',
      MetricName: 'PredictionLatency',
      Period: 60,
      Statistics: ['Average'],
      ExtendedStatistics: ['p95'],
    }),
  );
  assert.deepEqual(
    statistics.Datapoints?.map((point) => [point.Average, point.ExtendedStatistics?.p95]),
    [
      [1.5, 2.5],
      [2.25, 3.25],
    ],
  );
  const { Metrics } = await cloudwatch.send(new ListMetricsCommand({ MetricName: 'PredictionLatency' }));
  assert.deepEqual(Metrics?.[0]?.Dimensions, [{ Name: 'service', Value: 'inference' }]);
});

it('CloudWatch: a large PutMetricData, which comes compressed, is stored with every form of value', async () => {
  const MetricData = Array.from({ length: 200 }, (_, index) => ({
    MetricName: `Metric${index}`,
    Dimensions: [{ Name: 'service', Value: 'a service with a name that is long enough to fill the body' }],
    Timestamp: new Date(alarmAt),
    Value: index,
    Unit: 'Count' as const,
  }));
  await cloudwatch.send(new PutMetricDataCommand({ Namespace: 'Vigia', MetricData }));
  await cloudwatch.send(
    new PutMetricDataCommand({
      Namespace: 'Vigia',
      MetricData: [
        {
          MetricName: 'Spread',
          Values: [1, 2],
          Counts: [3, 4],
          StorageResolution: 1,
          Timestamp: new Date(alarmAt),
        },
        {
          MetricName: 'Set',
          StatisticValues: { SampleCount: 2, Sum: 5, Minimum: 1, Maximum: 4 },
          Timestamp: new Date(alarmAt),
        },
      ],
    }),
  );
  const stored = (name: string) => stack.cloudwatch.stored.find((datum) => datum.name === name);
  assert.deepEqual(stored('Metric199')?.values, [199]);
  assert.equal(stored('Metric199')?.at, alarmAt);
  assert.deepEqual(
    [stored('Spread')?.values, stored('Spread')?.counts, stored('Spread')?.storageResolutionSeconds],
    [[1, 2], [3, 4], 1],
  );
  assert.deepEqual(stored('Set')?.values, [1, 4]);
});

it('what is not rehearsed is an error that names it, in the protocol of the call', async () => {
  await assert.rejects(cloudwatch.send(new ListMetricStreamsCommand({})), {
    name: 'NotImplemented',
    message: 'not rehearsed: CloudWatch.ListMetricStreams; see npx vigia rehearse --capabilities',
  });
});

it('SNS: publishes under the API’s rules, and describes topics', async () => {
  const { MessageId } = await sns.send(
    new PublishCommand({
      TopicArn: topicArn('alerts'),
      Subject: 'YOUR TURN: inference is down',
      Message: 'a < b & c',
      MessageAttributes: { urgency: { DataType: 'String', StringValue: 'page' } },
    }),
  );
  assert.match(MessageId ?? '', /^[0-9a-f-]{36}$/);
  const [mail] = await stack.log.until('mail');
  assert.equal(mail?.subject, 'YOUR TURN: inference is down');
  assert.match(mail?.text ?? '', /^a < b & c\n/);
  await assert.rejects(
    sns.send(new PublishCommand({ TopicArn: topicArn('alerts'), Subject: 'x'.repeat(101), Message: 'm' })),
    { name: 'InvalidParameterException', message: 'Invalid parameter: Subject' },
  );
  await assert.rejects(sns.send(new PublishCommand({ TopicArn: topicArn('none'), Message: 'm' })), {
    name: 'NotFoundException',
  });
  const { Topics } = await sns.send(new ListTopicsCommand({}));
  assert.equal(Topics?.length, 1);
  const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn: topicArn('alerts') }));
  assert.equal(Attributes?.DisplayName, 'Alerts');
  const { Subscriptions } = await sns.send(
    new ListSubscriptionsByTopicCommand({ TopicArn: topicArn('alerts') }),
  );
  assert.equal(Subscriptions?.[0]?.Protocol, 'email');
});

it('SQS: a message is sent, received with its attributes, and deleted', async () => {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: 'dead' }));
  assert.equal(QueueUrl, `${stack.url}/000000000000/dead`);
  assert.deepEqual((await sqs.send(new ListQueuesCommand({}))).QueueUrls, [QueueUrl]);
  const attribute = { DataType: 'String', StringValue: 'malformed' };
  await sqs.send(
    new SendMessageCommand({ QueueUrl, MessageBody: '{"a":1}', MessageAttributes: { Reason: attribute } }),
  );
  assert.equal(stack.log.of('dead-letter').at(-1)?.reason, 'malformed');
  const { Messages } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ['All'] }),
  );
  assert.equal(Messages?.[0]?.Body, '{"a":1}');
  assert.equal(Messages?.[0]?.MessageAttributes?.Reason?.StringValue, 'malformed');
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: Messages?.[0]?.ReceiptHandle }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
  assert.equal(Attributes?.QueueArn, queueArn('dead'));
  assert.equal(Attributes?.ApproximateNumberOfMessagesNotVisible, '0');
  await assert.rejects(sqs.send(new GetQueueUrlCommand({ QueueName: 'none' })), {
    name: 'QueueDoesNotExist',
  });
});

it('SSM: commands, documents, parameters and hosts', async () => {
  await assert.rejects(ssm.send(new SendCommandCommand({ DocumentName: 'none', InstanceIds: [hostId] })), {
    name: 'InvalidDocument',
  });
  const { Command } = await ssm.send(
    new SendCommandCommand({
      DocumentName: 'vigia-restart',
      Targets: [{ Key: 'tag:Role', Values: ['inference'] }],
      Parameters: { Unit: ['inference.service'] },
      Comment: 'incident 1',
    }),
  );
  assert.equal(Command?.RequestedDateTime?.getTime(), alarmAt);
  const CommandId = Command?.CommandId;
  const invocation = await ssm.send(new GetCommandInvocationCommand({ CommandId, InstanceId: hostId }));
  assert.equal(invocation.StandardOutputContent, 'restarted inference.service\n');
  assert.equal(invocation.ExecutionElapsedTime, 'PT1.200S');
  await assert.rejects(
    ssm.send(new GetCommandInvocationCommand({ CommandId, InstanceId: 'i-00000000000000000' })),
    {
      name: 'InvocationDoesNotExist',
    },
  );
  await assert.rejects(
    ssm.send(new GetCommandInvocationCommand({ CommandId, InstanceId: hostId, PluginName: 'other' })),
    { name: 'InvalidPluginName' },
  );
  const { CommandInvocations } = await ssm.send(
    new ListCommandInvocationsCommand({ CommandId, Details: true }),
  );
  assert.equal(CommandInvocations?.[0]?.CommandPlugins?.[0]?.ResponseCode, 0);
  const { Commands } = await ssm.send(
    new ListCommandsCommand({ Filters: [{ key: 'Status', value: 'Failed' }] }),
  );
  assert.deepEqual(Commands, []);
  const { Content } = await ssm.send(new GetDocumentCommand({ Name: 'vigia-restart' }));
  assert.equal(JSON.parse(Content ?? '').schemaVersion, '2.2');
  const { Document } = await ssm.send(new DescribeDocumentCommand({ Name: 'vigia-restart' }));
  assert.deepEqual(Document?.Parameters, [
    { Name: 'Unit', Type: 'String', Description: '', DefaultValue: 'inference' },
  ]);
  assert.equal((await ssm.send(new ListDocumentsCommand({}))).DocumentIdentifiers?.length, 1);
  assert.equal(
    (await ssm.send(new GetParameterCommand({ Name: '/vigia/agent' }))).Parameter?.Value,
    '{"agent":{}}',
  );
  await assert.rejects(ssm.send(new GetParameterCommand({ Name: 'none' })), { name: 'ParameterNotFound' });
  const { InstanceInformationList } = await ssm.send(
    new DescribeInstanceInformationCommand({ Filters: [{ Key: 'tag:Role', Values: ['other'] }] }),
  );
  assert.deepEqual(InstanceInformationList, []);
});

it('DynamoDB: a conditional write locks, and the second one is refused', async () => {
  const lock = () =>
    dynamodb.send(
      new UpdateItemCommand({
        TableName: 'incidents',
        Key: { scope: { S: 'dev#inference' }, record: { S: 'lock' } },
        UpdateExpression: 'SET heldBy = :me',
        ConditionExpression: 'attribute_not_exists(heldBy)',
        ExpressionAttributeValues: { ':me': { S: 'request-1' } },
      }),
    );
  await lock();
  await assert.rejects(lock(), { name: 'ConditionalCheckFailedException' });
  const { Item } = await dynamodb.send(
    new GetItemCommand({
      TableName: 'incidents',
      Key: { scope: { S: 'dev#inference' }, record: { S: 'lock' } },
      ConsistentRead: true,
    }),
  );
  assert.equal(Item?.heldBy?.S, 'request-1');
  assert.equal((await dynamodb.send(new ScanCommand({ TableName: 'incidents' }))).Count, 1);
});
