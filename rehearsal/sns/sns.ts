/** The topics of the template: judges publishers, then delivers to functions, queues and mailboxes. */
import { AwsError } from '../aws-error';
import { createKeys } from '../kms/keys';
import { publishDenial } from './access';
import { accepts } from './filter';
import { checkRequest, lambdaEvent, mailFooter, type Notification, queueBody, textFor } from './message';
import { readTopics } from './template';
import type { Sns, SnsDependencies, Subscription } from './types';

const service = 'sns.amazonaws.com';
const alarmService = 'cloudwatch.amazonaws.com';
/** What SNS writes where the publisher gives no subject, and where the topic has no display name. */
const defaultSubject = 'AWS Notification Message';
const defaultSender = 'AWS Notifications';
const senderAddress = 'no-reply@sns.amazonaws.com';

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

type Deliver = (notification: Notification, subscription: Subscription) => Promise<string | undefined>;

/** Why a delivery failed, or nothing. */
function createDeliveries(dependencies: SnsDependencies): Record<Subscription['protocol'], Deliver> {
  const { emit, lambda, sqs, mailbox, alarmMailText } = dependencies;
  return {
    lambda: async (notification, subscription) => {
      const { endpoint, topicArn } = subscription;
      if (lambda.find(endpoint) === undefined) return `there is no function ${endpoint}`;
      if (!lambda.allows(endpoint, { service, sourceArn: topicArn })) {
        return `no AWS::Lambda::Permission of ${endpoint} lets ${service} invoke it for ${topicArn}`;
      }
      lambda.invokeAsync(endpoint, JSON.stringify(lambdaEvent(notification, subscription)), 'sns');
      return undefined;
    },
    sqs: async (notification, subscription) => {
      const { endpoint, topicArn, raw } = subscription;
      const body = raw ? textFor(notification, 'sqs') : queueBody(notification, subscription);
      const reason = `delivered by the topic ${notification.topic.name}`;
      const result = sqs.deliver(endpoint, { body, reason }, { service, sourceArn: topicArn });
      return result.ok ? undefined : result.error;
    },
    email: async (notification, subscription) => {
      const { topic, subject = defaultSubject } = notification;
      const isAlarm = notification.service === alarmService && notification.perProtocol === undefined;
      const text = isAlarm ? alarmMailText(notification.message) : textFor(notification, 'email');
      const mail = {
        from: `${topic.displayName || defaultSender} <${senderAddress}>`,
        to: subscription.endpoint,
        subject,
        text: text + mailFooter(notification, subscription),
      };
      try {
        const received = await mailbox.deliver(mail);
        emit({
          kind: 'mail',
          to: received.to,
          subject: received.subject,
          text: received.text,
          topic: topic.name,
        });
      } catch (error) {
        const why = textOf(error);
        emit({ kind: 'mail', to: mail.to, subject, text: mail.text, topic: topic.name, error: why });
        return why;
      }
      return undefined;
    },
  };
}

/** What SNS counts for a topic, as it counts it. */
function createCounts({ cloudwatch, clock }: SnsDependencies): (name: string, topicName: string) => void {
  return (name, topicName) =>
    cloudwatch.put([
      {
        namespace: 'AWS/SNS',
        name,
        dimensions: { TopicName: topicName },
        unit: 'Count',
        storageResolutionSeconds: 60,
        at: clock.now(),
        values: [1],
      },
    ]);
}

/** Delivers to one subscription; what cannot be delivered goes to its dead-letter queue and is told. */
function createFanOut(dependencies: SnsDependencies): Deliver {
  const { emit, sqs } = dependencies;
  const deliveries = createDeliveries(dependencies);
  const count = createCounts(dependencies);
  return async (notification, subscription) => {
    const { protocol, endpoint, topicArn, deadLetterArn } = subscription;
    const { name } = notification.topic;
    const failure = await deliveries[protocol](notification, subscription).catch(textOf);
    count(failure === undefined ? 'NumberOfNotificationsDelivered' : 'NumberOfNotificationsFailed', name);
    if (failure === undefined) return undefined;
    emit({ kind: 'notice', subject: name, text: `SNS could not deliver to ${endpoint}: ${failure}` });
    if (deadLetterArn === undefined) return failure;
    const principal = { service, sourceArn: topicArn };
    const message = { body: queueBody(notification, subscription), reason: failure };
    try {
      const redriven = sqs.deliver(deadLetterArn, message, principal);
      if (!redriven.ok) throw new Error(redriven.error);
    } catch (error) {
      emit({ kind: 'notice', subject: name, text: `SNS lost a message: ${textOf(error)}` });
    }
    return failure;
  };
}

/** The service over AWS::SNS::Topic, AWS::SNS::TopicPolicy and AWS::SNS::Subscription. */
export function createSns(dependencies: SnsDependencies): Sns {
  const { resources, place, clock, emit, newId } = dependencies;
  const { topics, subscriptions } = readTopics(resources, place);
  const keys = createKeys(resources, place);
  const fanOut = createFanOut(dependencies);
  const count = createCounts(dependencies);
  const underWay = new Set<Promise<unknown>>();
  return {
    publish: (request) => {
      const topic = topics.find((one) => one.arn === request.topicArn);
      if (topic === undefined) throw new AwsError('NotFound', 'Topic does not exist', 404);
      const perProtocol = checkRequest(request);
      const denied = publishDenial(topic, request.principal, keys);
      if (denied !== undefined) return denied;
      const { subject, message, attributes = {}, principal } = request;
      const messageId = newId();
      const notification: Notification = {
        messageId,
        topic,
        region: place.region,
        at: clock.now(),
        message,
        attributes,
        ...(subject === undefined ? {} : { subject }),
        ...(perProtocol === undefined ? {} : { perProtocol }),
        ...('service' in principal ? { service: principal.service } : {}),
      };
      count('NumberOfMessagesPublished', topic.name);
      const ofTopic = subscriptions.filter((one) => one.topicArn === topic.arn);
      if (ofTopic.length === 0) {
        emit({
          kind: 'notice',
          subject: topic.name,
          text: 'a message was published and nobody is subscribed',
        });
      }
      for (const subscription of ofTopic) {
        if (!accepts(subscription.filter, message, attributes)) continue;
        const delivery = fanOut(notification, subscription).finally(() => underWay.delete(delivery));
        underWay.add(delivery);
      }
      return { ok: true, messageId };
    },
    topics: () => topics,
    subscriptions: (topicArn) =>
      topicArn === undefined ? subscriptions : subscriptions.filter((one) => one.topicArn === topicArn),
    settled: async () => {
      while (underWay.size > 0) await Promise.allSettled([...underWay]);
    },
  };
}
