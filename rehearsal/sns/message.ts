/** What a published message becomes on its way: checked as the API checks it, then shaped for each protocol. */
import { AwsError } from '../aws-error';
import type { MessageAttribute, PublishRequest, Subscription, Topic } from './types';

/** A message that SNS has accepted. */
export interface Notification {
  readonly messageId: string;
  readonly topic: Topic;
  readonly region: string;
  readonly at: number;
  readonly subject?: string;
  readonly message: string;
  readonly perProtocol?: Readonly<Record<string, string>>;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  /** A service's name, or nothing for a role. */
  readonly service?: string;
}

const longestSubject = 100;
const longestMessageBytes = 262_144;
const invalid = (what: string): AwsError => new AwsError('InvalidParameter', `Invalid parameter: ${what}`);

/** The texts per protocol of `MessageStructure: json`; throws as the API does. */
function structured(message: string): Readonly<Record<string, string>> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(message);
  } catch {
    throw invalid('Message Structure - JSON message body failed to parse');
  }
  const texts = (typeof parsed === 'object' && parsed !== null ? parsed : {}) as Record<string, unknown>;
  if (typeof texts.default !== 'string') {
    throw invalid('Message Structure - No default entry in JSON message body');
  }
  return Object.fromEntries(
    Object.entries(texts).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** Checks a request by the API's rules; throws AwsError InvalidParameter. */
export function checkRequest(request: PublishRequest): Readonly<Record<string, string>> | undefined {
  const { subject, message, messageStructure } = request;
  if (subject !== undefined) {
    // ASCII, begins with a letter, a number or punctuation, no control characters.
    if (subject.length > longestSubject || !/^[\x21-\x7e][\x20-\x7e]*$/.test(subject))
      throw invalid('Subject');
  }
  if (message === '') throw invalid('Empty message');
  if (Buffer.byteLength(message) > longestMessageBytes) throw invalid('Message too long');
  if (messageStructure === undefined || messageStructure === '') return undefined;
  if (messageStructure !== 'json') throw invalid('MessageStructure');
  return structured(message);
}

/** The text that this protocol's subscribers get. */
export function textFor(notification: Notification, protocol: string): string {
  return notification.perProtocol?.[protocol] ?? notification.perProtocol?.default ?? notification.message;
}

const isoOf = (at: number): string => new Date(at).toISOString();
const hostOf = (region: string): string => `https://sns.${region}.amazonaws.com`;

function unsubscribeUrl(notification: Notification, subscription: Subscription): string {
  return `${hostOf(notification.region)}/?Action=Unsubscribe&SubscriptionArn=${subscription.arn}`;
}

const certificateUrl = (notification: Notification): string =>
  `${hostOf(notification.region)}/SimpleNotificationService-rehearsal.pem`;

/** The event that a function gets. */
export function lambdaEvent(notification: Notification, subscription: Subscription): unknown {
  return {
    Records: [
      {
        EventSource: 'aws:sns',
        EventVersion: '1.0',
        EventSubscriptionArn: subscription.arn,
        Sns: {
          Type: 'Notification',
          MessageId: notification.messageId,
          TopicArn: notification.topic.arn,
          Subject: notification.subject ?? null,
          Message: textFor(notification, 'lambda'),
          Timestamp: isoOf(notification.at),
          SignatureVersion: '1',
          // Nothing here can sign as SNS does; no honest consumer of the Lambda event checks it.
          Signature: 'REHEARSAL',
          SigningCertUrl: certificateUrl(notification),
          UnsubscribeUrl: unsubscribeUrl(notification, subscription),
          MessageAttributes: notification.attributes,
        },
      },
    ],
  };
}

/** The body that a queue gets without raw delivery. */
export function queueBody(notification: Notification, subscription: Subscription): string {
  const { subject, attributes } = notification;
  return JSON.stringify({
    Type: 'Notification',
    MessageId: notification.messageId,
    TopicArn: notification.topic.arn,
    ...(subject === undefined ? {} : { Subject: subject }),
    Message: textFor(notification, 'sqs'),
    Timestamp: isoOf(notification.at),
    SignatureVersion: '1',
    Signature: 'REHEARSAL',
    SigningCertURL: certificateUrl(notification),
    UnsubscribeURL: unsubscribeUrl(notification, subscription),
    ...(Object.keys(attributes).length === 0 ? {} : { MessageAttributes: attributes }),
  });
}

/** What stands below every mail of SNS. */
export function mailFooter(notification: Notification, subscription: Subscription): string {
  const { region } = notification;
  return [
    '',
    '',
    '--',
    'If you wish to stop receiving notifications from this topic, please click or visit the link below to unsubscribe:',
    `${hostOf(region)}/unsubscribe.html?SubscriptionArn=${subscription.arn}&Endpoint=${subscription.endpoint}`,
    '',
    'Please do not reply directly to this email. If you have any questions or comments regarding this email, please contact us at https://aws.amazon.com/support',
    '',
  ].join('\n');
}
