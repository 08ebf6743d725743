/** Reads the queues of the template and their policies. */
import { z } from 'zod';
import { parsePolicy, type ResourcePolicy } from '../iam/policy';
import { NotRehearsable } from '../not-rehearsable';
import type { Place, Resource } from '../resources';
import type { QueueLimits, StoredMessage } from './queue';
import type { Queue } from './types';

const seconds = (byDefault: number) => z.coerce.number().default(byDefault);

/** Defaults are the service's. */
const queueProperties = z.object({
  QueueName: z.string().optional(),
  FifoQueue: z.coerce.boolean().default(false),
  VisibilityTimeout: seconds(30),
  DelaySeconds: seconds(0),
  MessageRetentionPeriod: seconds(345_600),
  MaximumMessageSize: z.coerce.number().default(1_048_576),
  ReceiveMessageWaitTimeSeconds: seconds(0),
  KmsMasterKeyId: z.string().optional(),
  RedrivePolicy: z.object({ deadLetterTargetArn: z.string(), maxReceiveCount: z.coerce.number() }).optional(),
});

export interface QueueState extends Queue {
  readonly subject: string;
  readonly settings: z.infer<typeof queueProperties>;
  readonly limits: QueueLimits;
  readonly policies: ResourcePolicy[];
  readonly policyTexts: string[];
  readonly messages: StoredMessage[];
  readonly createdAt: number;
}

function queueOf(resource: Resource, place: Place, createdAt: number): QueueState {
  const subject = `${resource.logicalId} (AWS::SQS::Queue)`;
  const parsed = queueProperties.safeParse(resource.properties);
  if (!parsed.success) {
    throw new NotRehearsable(subject, z.prettifyError(parsed.error), 'correct the property');
  }
  if (parsed.data.FifoQueue) {
    throw new NotRehearsable(subject, 'FIFO queues are not rehearsed', 'use a standard queue');
  }
  const name = resource.id.slice(resource.id.lastIndexOf('/') + 1);
  const maxReceiveCount = parsed.data.RedrivePolicy?.maxReceiveCount;
  return {
    subject,
    url: resource.id,
    name,
    arn: `arn:${place.partition}:sqs:${place.region}:${place.accountId}:${name}`,
    settings: parsed.data,
    limits: {
      retentionMs: parsed.data.MessageRetentionPeriod * 1000,
      ...(maxReceiveCount === undefined ? {} : { maxReceiveCount }),
    },
    policies: [],
    policyTexts: [],
    messages: [],
    createdAt,
  };
}

/** Every AWS::SQS::Queue, with the AWS::SQS::QueuePolicy documents that name it. */
export function readQueues(resources: readonly Resource[], place: Place, createdAt: number): QueueState[] {
  const queues = resources
    .filter((resource) => resource.type === 'AWS::SQS::Queue')
    .map((resource) => queueOf(resource, place, createdAt));
  for (const resource of resources.filter((one) => one.type === 'AWS::SQS::QueuePolicy')) {
    const { Queues, PolicyDocument } = resource.properties;
    for (const url of Array.isArray(Queues) ? Queues : []) {
      const queue = queues.find((one) => one.url === url);
      if (queue === undefined) {
        throw new NotRehearsable(
          `${resource.logicalId} (AWS::SQS::QueuePolicy)`,
          `it names no queue of the template, got ${String(url)}`,
          'name a queue that the template makes',
        );
      }
      queue.policies.push(parsePolicy(queue.subject, PolicyDocument, place));
      queue.policyTexts.push(JSON.stringify(PolicyDocument));
    }
  }
  return queues;
}
