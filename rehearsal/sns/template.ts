/** Reads the topics of the template, their policies and their subscriptions. */
import { z } from 'zod';
import { parsePolicy, type ResourcePolicy } from '../iam/policy';
import { NotRehearsable } from '../not-rehearsable';
import type { Place, Resource } from '../resources';
import { checkFilter } from './filter';
import type { Subscription, Topic } from './types';

const inlineSubscription = z.object({ Protocol: z.string(), Endpoint: z.string() });

const topicProperties = z.object({
  DisplayName: z.string().default(''),
  FifoTopic: z.boolean().default(false),
  KmsMasterKeyId: z.string().optional(),
  Subscription: z.array(inlineSubscription).default([]),
});

const subscriptionProperties = z.object({
  TopicArn: z.string(),
  Protocol: z.string(),
  Endpoint: z.string(),
  RawMessageDelivery: z.boolean().default(false),
  FilterPolicy: z.unknown().optional(),
  FilterPolicyScope: z.enum(['MessageAttributes', 'MessageBody']).default('MessageAttributes'),
  RedrivePolicy: z.object({ deadLetterTargetArn: z.string() }).optional(),
});

export interface TopicState extends Topic {
  /** Absent: the default policy of SNS is in force. */
  readonly judge?: ResourcePolicy;
}

export interface TopicsOfTemplate {
  readonly topics: readonly TopicState[];
  readonly subscriptions: readonly Subscription[];
}

const subjectOf = (resource: Resource): string => `${resource.logicalId} (${resource.type})`;

function parse<T>(schema: z.ZodType<T>, resource: Resource): T {
  const parsed = schema.safeParse(resource.properties);
  if (parsed.success) return parsed.data;
  throw new NotRehearsable(subjectOf(resource), z.prettifyError(parsed.error), 'correct the property');
}

function policiesByTopic(
  resources: readonly Resource[],
  place: Place,
): Map<string, { judge: ResourcePolicy; text: string }> {
  const policies = new Map<string, { judge: ResourcePolicy; text: string }>();
  for (const resource of resources.filter((one) => one.type === 'AWS::SNS::TopicPolicy')) {
    const { Topics, PolicyDocument } = resource.properties;
    for (const topic of (Array.isArray(Topics) ? Topics : []).map(String)) {
      if (policies.has(topic)) {
        throw new NotRehearsable(
          subjectOf(resource),
          `a second policy for ${topic}, and CloudFormation would let one overwrite the other`,
          'put both into one AWS::SNS::TopicPolicy',
        );
      }
      const judge = parsePolicy(subjectOf(resource), PolicyDocument, place);
      policies.set(topic, { judge, text: JSON.stringify(PolicyDocument) });
    }
  }
  return policies;
}

/** The policy that SNS gives a topic of its own accord. */
const defaultPolicy = (arn: string, accountId: string): string =>
  JSON.stringify({
    Version: '2008-10-17',
    Id: '__default_policy_ID',
    Statement: [
      {
        Sid: '__default_statement_ID',
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: ['SNS:Publish', 'SNS:Subscribe', 'SNS:GetTopicAttributes', 'SNS:ListSubscriptionsByTopic'],
        Resource: arn,
        Condition: { StringEquals: { 'AWS:SourceOwner': accountId } },
      },
    ],
  });

const protocols = new Set(['email', 'lambda', 'sqs']);

function protocolOf(resource: Resource, protocol: string): Subscription['protocol'] {
  if (protocols.has(protocol)) return protocol as Subscription['protocol'];
  throw new NotRehearsable(
    subjectOf(resource),
    `subscriptions over ${protocol} are not rehearsed`,
    'use email, lambda or sqs, or leave the subscription out of this stage',
  );
}

function subscriptionOf(resource: Resource): Subscription {
  const { TopicArn, Protocol, Endpoint, RawMessageDelivery, FilterPolicy, FilterPolicyScope, RedrivePolicy } =
    parse(subscriptionProperties, resource);
  const filter = FilterPolicy === undefined ? undefined : { scope: FilterPolicyScope, policy: FilterPolicy };
  if (filter !== undefined) checkFilter(subjectOf(resource), filter);
  return {
    // CloudFormation's Ref is the ARN; a reader that has none yet gives the logical id.
    arn: resource.id.startsWith('arn:') ? resource.id : `${TopicArn}:${resource.logicalId}`,
    topicArn: TopicArn,
    protocol: protocolOf(resource, Protocol),
    endpoint: Endpoint,
    raw: RawMessageDelivery,
    ...(RedrivePolicy === undefined ? {} : { deadLetterArn: RedrivePolicy.deadLetterTargetArn }),
    ...(filter === undefined ? {} : { filter }),
  };
}

/** Every topic and subscription; refuses by name what is not rehearsed. */
export function readTopics(resources: readonly Resource[], place: Place): TopicsOfTemplate {
  const policies = policiesByTopic(resources, place);
  const subscriptions: Subscription[] = [];
  const topics = resources
    .filter((resource) => resource.type === 'AWS::SNS::Topic')
    .map((resource): TopicState => {
      const properties = parse(topicProperties, resource);
      if (properties.FifoTopic) {
        throw new NotRehearsable(
          subjectOf(resource),
          'FIFO topics are not rehearsed',
          'use a standard topic',
        );
      }
      properties.Subscription.forEach(({ Protocol, Endpoint }, index) => {
        const protocol = protocolOf(resource, Protocol);
        const arn = `${resource.id}:${resource.logicalId}${index}`;
        subscriptions.push({ arn, topicArn: resource.id, protocol, endpoint: Endpoint, raw: false });
      });
      const policy = policies.get(resource.id);
      const { KmsMasterKeyId } = properties;
      return {
        arn: resource.id,
        name: resource.id.slice(resource.id.lastIndexOf(':') + 1),
        displayName: properties.DisplayName,
        policy: policy?.text ?? defaultPolicy(resource.id, place.accountId),
        ...(KmsMasterKeyId === undefined ? {} : { kmsMasterKeyId: KmsMasterKeyId }),
        ...(policy === undefined ? {} : { judge: policy.judge }),
      };
    });
  for (const resource of resources.filter((one) => one.type === 'AWS::SNS::Subscription')) {
    subscriptions.push(subscriptionOf(resource));
  }
  return { topics, subscriptions };
}
