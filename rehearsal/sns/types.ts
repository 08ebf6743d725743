/** What SNS is to the rest of the rehearsal: topics and subscriptions of the template, and their deliveries. */
import type { Clock } from '../clock';
import type { CloudWatch } from '../cloudwatch/types';
import type { Emit } from '../events';
import type { Delivery, Principal } from '../iam/types';
import type { LambdaService } from '../lambda/types';
import type { Place, Resource } from '../resources';
import type { Sqs } from '../sqs/types';

export interface MessageAttribute {
  readonly Type: string;
  readonly Value: string;
}

export interface PublishRequest {
  readonly topicArn: string;
  readonly subject?: string;
  readonly message: string;
  /** `json`: the message is an object with a text per protocol and one under `default`. */
  readonly messageStructure?: string;
  readonly attributes?: Readonly<Record<string, MessageAttribute>>;
  readonly principal: Principal;
}

export interface Topic {
  readonly arn: string;
  readonly name: string;
  readonly displayName: string;
  readonly kmsMasterKeyId?: string;
  /** The policy as JSON text: the template's, or the default that SNS gives. */
  readonly policy: string;
}

export interface Subscription {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: 'email' | 'lambda' | 'sqs';
  readonly endpoint: string;
  readonly raw: boolean;
  readonly deadLetterArn?: string;
  readonly filter?: { readonly scope: 'MessageAttributes' | 'MessageBody'; readonly policy: unknown };
}

export interface Sns {
  /** Answers at once, as the API does; deliveries follow and show as events. Throws AwsError for a bad request. */
  publish(request: PublishRequest): Delivery;
  topics(): readonly Topic[];
  subscriptions(topicArn?: string): readonly Subscription[];
  /** Resolves when every delivery under way has ended. */
  settled(): Promise<void>;
}

/** A mail as the subscriber's mailbox received it. */
export interface ReceivedMail {
  readonly to: string;
  readonly from: string;
  readonly subject: string;
  readonly text: string;
}

/** A real SMTP conversation on loopback. */
export interface Mailbox {
  /** Resolves with what the mailbox has read back out of the message. */
  deliver(mail: ReceivedMail): Promise<ReceivedMail>;
  stop(): Promise<void>;
}

export interface SnsDependencies {
  readonly resources: readonly Resource[];
  readonly place: Place;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly newId: () => string;
  readonly cloudwatch: Pick<CloudWatch, 'put'>;
  readonly lambda: Pick<LambdaService, 'find' | 'allows' | 'invokeAsync'>;
  readonly sqs: Pick<Sqs, 'deliver'>;
  readonly mailbox: Mailbox;
  /** The text that AWS mails for an alarm's message. */
  readonly alarmMailText: (message: string) => string;
}
