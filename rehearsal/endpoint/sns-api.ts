/** SNS on the wire. */
import { z } from 'zod';
import { AwsError } from '../aws-error';
import type { MessageAttribute, Subscription } from '../sns/types';
import { type Api, type Context, listOf, type Operations, operation, page, text } from './operation';

/** What AWS puts on a page. */
const perPage = 100;

/** Callers of the API are roles of the account; their identity policies are not judged. */
const caller = { role: 'api' };

const attribute = z.object({
  Name: text,
  Value: z.object({ DataType: text, StringValue: text.optional(), BinaryValue: text.optional() }),
});

const attributesOf = (entries: z.output<typeof attribute>[]): Record<string, MessageAttribute> =>
  Object.fromEntries(
    entries.map(({ Name, Value }) => [
      Name,
      { Type: Value.DataType, Value: Value.StringValue ?? Value.BinaryValue ?? '' },
    ]),
  );

const publish = operation(
  z.object({
    TopicArn: text.optional(),
    TargetArn: text.optional(),
    Message: text,
    Subject: text.optional(),
    MessageStructure: text.optional(),
    MessageAttributes: listOf(attribute).default([]),
  }),
  ({ TopicArn, TargetArn, Message, Subject, MessageStructure, MessageAttributes }, { services }) => {
    const topicArn = TopicArn ?? TargetArn;
    if (topicArn === undefined) {
      throw new AwsError(
        'InvalidParameter',
        'Invalid parameter: TopicArn or TargetArn Reason: no value for required parameter',
      );
    }
    const result = services.sns.publish({
      topicArn,
      message: Message,
      principal: caller,
      attributes: attributesOf(MessageAttributes),
      ...(Subject === undefined ? {} : { subject: Subject }),
      ...(MessageStructure === undefined ? {} : { messageStructure: MessageStructure }),
    });
    if (!result.ok) throw new AwsError(result.code, result.error, 403);
    return { MessageId: result.messageId };
  },
);

const describe = (subscription: Subscription, { services }: Context): object => ({
  SubscriptionArn: subscription.arn,
  Owner: services.place.accountId,
  Protocol: subscription.protocol,
  Endpoint: subscription.endpoint,
  TopicArn: subscription.topicArn,
});

function needTopic(topicArn: string, { services }: Context) {
  const topic = services.sns.topics().find((one) => one.arn === topicArn);
  if (topic === undefined) throw new AwsError('NotFound', 'Topic does not exist', 404);
  return topic;
}

const listSubscriptions = operation(z.object({ NextToken: text.optional() }), ({ NextToken }, context) => {
  const { items, nextToken } = page(context.services.sns.subscriptions(), perPage, NextToken);
  return { Subscriptions: items.map((one) => describe(one, context)), NextToken: nextToken };
});

const listSubscriptionsByTopic = operation(
  z.object({ TopicArn: text, NextToken: text.optional() }),
  ({ TopicArn, NextToken }, context) => {
    needTopic(TopicArn, context);
    const { items, nextToken } = page(context.services.sns.subscriptions(TopicArn), perPage, NextToken);
    return { Subscriptions: items.map((one) => describe(one, context)), NextToken: nextToken };
  },
);

const listTopics = operation(z.object({ NextToken: text.optional() }), ({ NextToken }, { services }) => {
  const { items, nextToken } = page(services.sns.topics(), perPage, NextToken);
  return { Topics: items.map(({ arn }) => ({ TopicArn: arn })), NextToken: nextToken };
});

const getTopicAttributes = operation(z.object({ TopicArn: text }), ({ TopicArn }, context) => {
  const topic = needTopic(TopicArn, context);
  const confirmed = context.services.sns.subscriptions(TopicArn).length;
  const attributes = new Map([
    ['TopicArn', topic.arn],
    ['Owner', context.services.place.accountId],
    ['DisplayName', topic.displayName],
    ['Policy', topic.policy],
    ['SubscriptionsConfirmed', String(confirmed)],
    ['SubscriptionsPending', '0'],
    ['SubscriptionsDeleted', '0'],
  ]);
  if (topic.kmsMasterKeyId !== undefined) attributes.set('KmsMasterKeyId', topic.kmsMasterKeyId);
  return { Attributes: attributes };
});

const operations: Operations = {
  Publish: publish,
  ListSubscriptions: listSubscriptions,
  ListSubscriptionsByTopic: listSubscriptionsByTopic,
  ListTopics: listTopics,
  GetTopicAttributes: getTopicAttributes,
};

export const snsApi: Api = {
  name: 'SNS',
  queryVersion: '2010-03-31',
  namespace: 'http://sns.amazonaws.com/doc/2010-03-31/',
  operations,
};
