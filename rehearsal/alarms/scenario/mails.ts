/** Which mails the alarms' actions make: the e-mail subscriptions of the topics in the template. */

import type { AlarmState } from '../../events';
import { NotRehearsable } from '../../not-rehearsable';
import type { Resource } from '../../resources';
import { accepts, checkFilter } from '../../sns/filter';
import type { Subscription } from '../../sns/types';
import type { AlarmPlayback } from '../types';

export interface Mail {
  readonly at: number;
  readonly to: string;
  /** The alarm's name. */
  readonly alarm: string;
  readonly state: AlarmState;
}

export interface MailSubscription {
  readonly topicArn: string;
  readonly address: string;
  readonly filter: Subscription['filter'];
}

const protocols = ['email', 'email-json'];

/** The e-mail subscriptions of a template; those of other protocols are passed over. */
export function mailSubscriptions(resources: readonly Resource[]): MailSubscription[] {
  return resources.flatMap((resource) => {
    const { type, id, properties } = resource;
    if (type === 'AWS::SNS::Subscription') return subscription(resource, properties, properties.TopicArn);
    if (type !== 'AWS::SNS::Topic' || !Array.isArray(properties.Subscription)) return [];
    return properties.Subscription.flatMap((each: Readonly<Record<string, unknown>>) =>
      subscription(resource, each, id),
    );
  });
}

function subscription(
  resource: Resource,
  properties: Readonly<Record<string, unknown>>,
  topicArn: unknown,
): MailSubscription[] {
  const { Protocol, Endpoint, FilterPolicy, FilterPolicyScope } = properties;
  if (!protocols.includes(String(Protocol))) return [];
  if (typeof topicArn !== 'string' || typeof Endpoint !== 'string') {
    const subject = `${resource.type} ${resource.logicalId}`;
    throw new NotRehearsable(subject, 'has no topic or no address', 'give it TopicArn and Endpoint');
  }
  if (FilterPolicy === undefined) return [{ topicArn, address: Endpoint, filter: undefined }];
  const scope = FilterPolicyScope === 'MessageBody' ? 'MessageBody' : 'MessageAttributes';
  const filter = { scope, policy: FilterPolicy } as const;
  checkFilter(`${resource.type} ${resource.logicalId}`, filter);
  return [{ topicArn, address: Endpoint, filter }];
}

/** Every mail of the run in order of time. CloudWatch gives its messages no attributes that a filter could look at. */
export function mailsOf(
  alarms: readonly AlarmPlayback[],
  subscriptions: readonly MailSubscription[],
): Mail[] {
  const mails = alarms.flatMap(({ name, actions }) =>
    actions.flatMap(({ at, arn, state, message }) =>
      subscriptions
        .filter(({ topicArn, filter }) => topicArn === arn && accepts(filter, message, {}))
        .map(({ address }) => ({ at, to: address, alarm: name, state })),
    ),
  );
  return mails.sort((left, right) => left.at - right.at);
}
