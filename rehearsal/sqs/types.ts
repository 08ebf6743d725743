/** What SQS is to the rest of the rehearsal: standard queues of the template. Times are milliseconds since the epoch. */
import type { Clock } from '../clock';
import type { CloudWatch } from '../cloudwatch/types';
import type { Emit } from '../events';
import type { Delivery, Principal } from '../iam/types';
import type { Place, Resource } from '../resources';

export interface SqsAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: string;
}

export interface SentMessage {
  readonly body: string;
  readonly attributes?: Readonly<Record<string, SqsAttribute>>;
  readonly delaySeconds?: number;
  /** Why the message landed there, for the timeline. */
  readonly reason?: string;
}

export interface ReceivedMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly md5OfBody: string;
  readonly attributes: Readonly<Record<string, SqsAttribute>>;
  readonly sentAt: number;
  readonly firstReceivedAt: number;
  readonly receiveCount: number;
}

export interface Queue {
  readonly url: string;
  readonly arn: string;
  readonly name: string;
}

export interface Sqs {
  queues(): readonly Queue[];
  /** `queue` is an URL, an ARN or a name; throws AwsError when there is none. */
  find(queue: string): Queue;
  /** What a service or a role of the account does; a service needs the queue's policy. */
  deliver(queue: string, message: SentMessage, principal: Principal): Delivery;
  receive(
    queue: string,
    options?: {
      readonly maxMessages?: number;
      readonly visibilityTimeoutSeconds?: number;
      readonly waitSeconds?: number;
    },
  ): Promise<readonly ReceivedMessage[]>;
  remove(queue: string, receiptHandle: string): void;
  purge(queue: string): void;
  /** The attributes of GetQueueAttributes, as strings. */
  attributes(queue: string): Readonly<Record<string, string>>;
  stop(): void;
}

export interface SqsDependencies {
  readonly resources: readonly Resource[];
  readonly place: Place;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly newId: () => string;
  readonly cloudwatch: Pick<CloudWatch, 'put'>;
}
