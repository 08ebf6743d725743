/** The queues of the template: sending, receiving, redrive, and the metric that their alarms watch. */
import { createHash } from 'node:crypto';
import { AwsError } from '../aws-error';
import { everyAligned } from '../clock';
import { refusal } from '../iam/refusal';
import type { Delivery, Principal } from '../iam/types';
import { createKeys, type Keys } from '../kms/keys';
import { count, expire, type StoredMessage, take } from './queue';
import { type QueueState, readQueues } from './template';
import type { ReceivedMessage, SentMessage, Sqs, SqsDependencies } from './types';

const minuteMs = 60_000;

/** Why a message is in a queue: said by the sender, else found where senders usually write it. */
export function reasonOf(message: SentMessage, principal: Principal): string {
  const { reason, attributes } = message;
  const attribute = attributes?.ErrorMessage ?? attributes?.Reason ?? attributes?.reason;
  const inBody = (): string | undefined => {
    try {
      const body = JSON.parse(message.body) as { reason?: unknown } | null;
      return typeof body?.reason === 'string' ? body.reason : undefined;
    } catch {
      return undefined;
    }
  };
  const sender = 'service' in principal ? principal.service : principal.role;
  return reason ?? attribute?.StringValue ?? inBody() ?? `sent by ${sender}`;
}

/** Undefined where the principal may send: roles answer to their identity policy, services to the queue's. */
function denial(queue: QueueState, principal: Principal, keys: Keys): (Delivery & { ok: false }) | undefined {
  const request = { principal, action: 'sqs:SendMessage', resource: queue.arn };
  const verdicts = queue.policies.map((policy) => policy.judge(request));
  if (verdicts.includes('explicit-deny')) {
    return refusal(principal, 'sqs:SendMessage', queue.arn, 'explicit-deny');
  }
  if ('role' in principal) return undefined;
  if (!verdicts.includes('allowed')) return refusal(principal, 'sqs:SendMessage', queue.arn, 'no-allow');
  const keyId = queue.settings.KmsMasterKeyId;
  if (keyId === undefined || keys.allows(keyId, principal)) return undefined;
  return {
    ok: false,
    code: 'KMS.AccessDeniedException',
    error: `${principal.service} does not have authorization to use the encryption key of the queue ${queue.name}`,
  };
}

function attributesOf(queue: QueueState, now: number): Record<string, string> {
  const { visible, inFlight, delayed } = count(queue.messages, now);
  const { settings } = queue;
  const redrive = settings.RedrivePolicy;
  return {
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    CreatedTimestamp: String(Math.floor(queue.createdAt / 1000)),
    LastModifiedTimestamp: String(Math.floor(queue.createdAt / 1000)),
    VisibilityTimeout: String(settings.VisibilityTimeout),
    MaximumMessageSize: String(settings.MaximumMessageSize),
    MessageRetentionPeriod: String(settings.MessageRetentionPeriod),
    DelaySeconds: String(settings.DelaySeconds),
    ReceiveMessageWaitTimeSeconds: String(settings.ReceiveMessageWaitTimeSeconds),
    ...(queue.policyTexts[0] === undefined ? {} : { Policy: queue.policyTexts[0] }),
    ...(redrive === undefined ? {} : { RedrivePolicy: JSON.stringify(redrive) }),
  };
}

/** Each minute the numbers of the minute that ended, as SQS reports them. */
function publishMetrics({ clock, cloudwatch }: SqsDependencies, queues: readonly QueueState[]): () => void {
  return everyAligned(clock, minuteMs, (at) => {
    cloudwatch.put(
      queues.flatMap((queue) => {
        const { visible, inFlight, delayed } = count(queue.messages, at);
        return Object.entries({
          ApproximateNumberOfMessagesVisible: visible,
          ApproximateNumberOfMessagesNotVisible: inFlight,
          ApproximateNumberOfMessagesDelayed: delayed,
        }).map(([name, value]) => ({
          namespace: 'AWS/SQS',
          name,
          dimensions: { QueueName: queue.name },
          unit: 'Count',
          storageResolutionSeconds: 60 as const,
          at: at - minuteMs,
          values: [value],
        }));
      }),
    );
  });
}

interface Counter {
  find(queue: string): QueueState;
  /** Puts a message into the queue and wakes whoever waits. */
  land(queue: QueueState, message: SentMessage, principal: Principal): string;
  /** Moves what was received too often to the dead-letter queue. */
  redrive(queue: QueueState, message: StoredMessage): void;
  /** Resolves at the next arrival, or after `longestMs`. */
  waitForArrival(longestMs: number): Promise<void>;
  wakeAll(): void;
}

function createCounter({ clock, emit, newId }: SqsDependencies, queues: readonly QueueState[]): Counter {
  const waiters = new Set<() => void>();
  const counter: Counter = {
    find: (text) => {
      // Behind a forwarded port the URL has another origin: its path names the queue.
      const name = text.slice(Math.max(text.lastIndexOf('/'), text.lastIndexOf(':')) + 1);
      const queue = queues.find((one) => one.name === name);
      if (queue !== undefined) return queue;
      throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
    },
    land: (queue, message, principal) => {
      const now = clock.now();
      const delayMs = (message.delaySeconds ?? queue.settings.DelaySeconds) * 1000;
      const { body, attributes = {} } = message;
      const messageId = newId();
      queue.messages.push({
        messageId,
        body,
        md5OfBody: createHash('md5').update(body).digest('hex'),
        attributes,
        sentAt: now,
        visibleAt: now + delayMs,
        delayed: delayMs > 0,
        firstReceivedAt: 0,
        receiveCount: 0,
        receiptHandle: '',
      });
      emit({ kind: 'dead-letter', queue: queue.name, reason: reasonOf(message, principal), body });
      counter.wakeAll();
      return messageId;
    },
    redrive: (queue, { body, attributes, receiveCount }) => {
      const target = queue.settings.RedrivePolicy?.deadLetterTargetArn;
      if (target === undefined) return;
      const reason = `received ${receiveCount} times from ${queue.name} without being deleted`;
      counter.land(counter.find(target), { body, attributes, reason }, { role: 'sqs' });
    },
    waitForArrival: (longestMs) =>
      new Promise((resolve) => {
        const wake = (): void => {
          cancel();
          waiters.delete(wake);
          resolve();
        };
        const cancel = clock.after(longestMs, wake);
        waiters.add(wake);
      }),
    wakeAll: () => {
      for (const wake of [...waiters]) wake();
    },
  };
  return counter;
}

/** The service over AWS::SQS::Queue and AWS::SQS::QueuePolicy. */
export function createSqs(dependencies: SqsDependencies): Sqs {
  const { resources, place, clock, newId } = dependencies;
  const queues = readQueues(resources, place, clock.now());
  const keys = createKeys(resources, place);
  const { find, land, redrive, waitForArrival, wakeAll } = createCounter(dependencies, queues);
  const stopMetrics = publishMetrics(dependencies, queues);
  let stopped = false;
  return {
    queues: () => queues.map(({ url, arn, name }) => ({ url, arn, name })),
    find,
    deliver: (text, message, principal) => {
      const queue = find(text);
      const refused = denial(queue, principal, keys);
      if (refused !== undefined) return refused;
      if (Buffer.byteLength(message.body) > queue.settings.MaximumMessageSize) {
        throw new AwsError(
          'InvalidParameterValue',
          `One or more parameters are invalid. Reason: Message must be shorter than ${queue.settings.MaximumMessageSize} bytes.`,
        );
      }
      return { ok: true, messageId: land(queue, message, principal) };
    },
    receive: async (text, options = {}) => {
      const queue = find(text);
      const { settings, limits } = queue;
      const until = clock.now() + (options.waitSeconds ?? settings.ReceiveMessageWaitTimeSeconds) * 1000;
      for (;;) {
        const now = clock.now();
        const taken: ReceivedMessage[] = take(queue.messages, {
          now,
          max: options.maxMessages ?? 1,
          visibilityMs: (options.visibilityTimeoutSeconds ?? settings.VisibilityTimeout) * 1000,
          limits,
          newId,
          deadLetter: (message) => redrive(queue, message),
        });
        if (taken.length > 0 || now >= until || stopped) return taken;
        const nextVisible = Math.min(until, ...queue.messages.map((message) => message.visibleAt));
        await waitForArrival(Math.max(1, nextVisible - now));
      }
    },
    remove: (text, receiptHandle) => {
      const { messages } = find(text);
      const index = messages.findIndex((message) => message.receiptHandle === receiptHandle);
      // Deleting twice is no error in SQS.
      if (index >= 0) messages.splice(index, 1);
    },
    purge: (text) => {
      find(text).messages.length = 0;
    },
    attributes: (text) => {
      const queue = find(text);
      expire(queue.messages, clock.now(), queue.limits.retentionMs);
      return attributesOf(queue, clock.now());
    },
    stop: () => {
      stopped = true;
      stopMetrics();
      wakeAll();
    },
  };
}
