/** The AWS SDK for JavaScript, as the shipped bundle uses it, against the endpoint. */
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
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
import { alarmAt, clientOptions, hostId, queueArn, type Stack, startStack, topicArn } from './stack';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

let stack: Stack;
let ssm: SSMClient;
let sns: SNSClient;
let sqs: SQSClient;
let dynamodb: DynamoDBClient;
before(async () => {
  stack = await startStack();
  ssm = new SSMClient(clientOptions(stack));
  sns = new SNSClient(clientOptions(stack));
  sqs = new SQSClient(clientOptions(stack));
  dynamodb = new DynamoDBClient(clientOptions(stack));
});
after(async () => {
  for (const client of [ssm, sns, sqs, dynamodb]) client.destroy();
  await stack.stop();
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
