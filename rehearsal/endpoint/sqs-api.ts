/** SQS on the wire: JSON today, the query protocol for older clients. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { AwsError } from '../aws-error';
import type { ReceivedMessage } from '../sqs/types';
import { type Api, type Context, listOf, number, type Operations, operation, text } from './operation';

const value = z.object({ DataType: text, StringValue: text.optional(), BinaryValue: text.optional() });

/** JSON carries a map, the query protocol a list of named values. */
const messageAttributes = z
  .union([z.array(z.object({ Name: text, Value: value })), z.record(z.string(), value)])
  .transform((given) =>
    Array.isArray(given) ? Object.fromEntries(given.map((one) => [one.Name, one.Value])) : given,
  );

/** The URL as this caller reaches it: SDKs send to the host that is in it. */
const urlOf = ({ services, origin }: Context, name: string): string =>
  `${origin}/${services.place.accountId}/${name}`;

const sendMessage = operation(
  z.object({
    QueueUrl: text,
    MessageBody: text,
    DelaySeconds: number.optional(),
    MessageAttributes: messageAttributes.optional(),
    /** The query protocol's name of the same. */
    MessageAttribute: messageAttributes.optional(),
  }),
  (input, { services }) => {
    const given = input.MessageAttributes ?? input.MessageAttribute ?? {};
    const attributes = JSON.parse(JSON.stringify(given)) as Record<string, { DataType: string }>;
    const result = services.sqs.deliver(
      input.QueueUrl,
      {
        body: input.MessageBody,
        attributes,
        ...(input.DelaySeconds === undefined ? {} : { delaySeconds: input.DelaySeconds }),
      },
      { role: 'api' },
    );
    if (!result.ok) throw new AwsError('AccessDenied', result.error, 403);
    return {
      MessageId: result.messageId,
      MD5OfMessageBody: createHash('md5').update(input.MessageBody).digest('hex'),
    };
  },
);

function describe(message: ReceivedMessage, { services }: Context): object {
  const attributes = new Map(Object.entries(message.attributes));
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receiptHandle,
    MD5OfBody: message.md5OfBody,
    Body: message.body,
    Attributes: new Map([
      ['SenderId', services.place.accountId],
      ['SentTimestamp', String(message.sentAt)],
      ['ApproximateReceiveCount', String(message.receiveCount)],
      ['ApproximateFirstReceiveTimestamp', String(message.firstReceivedAt)],
    ]),
    ...(attributes.size === 0 ? {} : { MessageAttributes: attributes }),
  };
}

const receiveMessage = operation(
  z.object({
    QueueUrl: text,
    MaxNumberOfMessages: number.optional(),
    VisibilityTimeout: number.optional(),
    WaitTimeSeconds: number.optional(),
  }),
  async ({ QueueUrl, MaxNumberOfMessages, VisibilityTimeout, WaitTimeSeconds }, context) => {
    const messages = await context.services.sqs.receive(QueueUrl, {
      ...(MaxNumberOfMessages === undefined ? {} : { maxMessages: MaxNumberOfMessages }),
      ...(VisibilityTimeout === undefined ? {} : { visibilityTimeoutSeconds: VisibilityTimeout }),
      ...(WaitTimeSeconds === undefined ? {} : { waitSeconds: WaitTimeSeconds }),
    });
    if (messages.length === 0) return {};
    return { Messages: messages.map((message) => describe(message, context)) };
  },
);

const operations: Operations = {
  SendMessage: sendMessage,
  ReceiveMessage: receiveMessage,
  DeleteMessage: operation(
    z.object({ QueueUrl: text, ReceiptHandle: text }),
    ({ QueueUrl, ReceiptHandle }, { services }) => {
      services.sqs.remove(QueueUrl, ReceiptHandle);
      return {};
    },
  ),
  PurgeQueue: operation(z.object({ QueueUrl: text }), ({ QueueUrl }, { services }) => {
    services.sqs.purge(QueueUrl);
    return {};
  }),
  GetQueueUrl: operation(z.object({ QueueName: text }), ({ QueueName }, context) => ({
    QueueUrl: urlOf(context, context.services.sqs.find(QueueName).name),
  })),
  ListQueues: operation(z.object({ QueueNamePrefix: text.default('') }), ({ QueueNamePrefix }, context) => {
    const names = context.services.sqs.queues().map((queue) => queue.name);
    const found = names.filter((name) => name.startsWith(QueueNamePrefix));
    return found.length === 0 ? {} : { QueueUrls: found.map((name) => urlOf(context, name)) };
  }),
  GetQueueAttributes: operation(
    z.object({
      QueueUrl: text,
      AttributeNames: listOf(text).optional(),
      AttributeName: listOf(text).optional(),
    }),
    ({ QueueUrl, AttributeNames, AttributeName }, { services }) => {
      const wanted = AttributeNames ?? AttributeName ?? [];
      const entries = Object.entries(services.sqs.attributes(QueueUrl)).filter(
        ([name]) => wanted.includes('All') || wanted.includes(name),
      );
      return entries.length === 0 ? {} : { Attributes: new Map(entries) };
    },
  ),
};

export const sqsApi: Api = {
  name: 'SQS',
  targetPrefix: 'AmazonSQS',
  jsonVersion: '1.0',
  queryVersion: '2012-11-05',
  namespace: 'http://queue.amazonaws.com/doc/2012-11-05/',
  isQueryCompatible: true,
  flattened: {
    QueueUrls: 'QueueUrl',
    Messages: 'Message',
    Attributes: 'Attribute',
    MessageAttributes: 'MessageAttribute',
  },
  operations,
};
