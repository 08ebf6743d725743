/** One standard queue's messages and their visibility; time comes in as an argument. */
import type { ReceivedMessage, SqsAttribute } from './types';

export interface StoredMessage {
  readonly messageId: string;
  readonly body: string;
  readonly md5OfBody: string;
  readonly attributes: Readonly<Record<string, SqsAttribute>>;
  readonly sentAt: number;
  visibleAt: number;
  delayed: boolean;
  firstReceivedAt: number;
  receiveCount: number;
  receiptHandle: string;
}

export interface QueueLimits {
  readonly retentionMs: number;
  /** After so many receives a message goes to the dead-letter queue instead. */
  readonly maxReceiveCount?: number;
}

/** Takes up to `max` visible messages out of sight for `visibilityMs`; what was received too often is handed to `deadLetter`. */
export function take(
  messages: StoredMessage[],
  options: {
    readonly now: number;
    readonly max: number;
    readonly visibilityMs: number;
    readonly limits: QueueLimits;
    readonly newId: () => string;
    readonly deadLetter: (message: StoredMessage) => void;
  },
): ReceivedMessage[] {
  const { now, max, visibilityMs, limits, newId, deadLetter } = options;
  expire(messages, now, limits.retentionMs);
  const taken: ReceivedMessage[] = [];
  for (const message of messages.filter((one) => one.visibleAt <= now)) {
    if (taken.length === max) break;
    if (limits.maxReceiveCount !== undefined && message.receiveCount >= limits.maxReceiveCount) {
      messages.splice(messages.indexOf(message), 1);
      deadLetter(message);
      continue;
    }
    message.delayed = false;
    message.visibleAt = now + visibilityMs;
    message.receiveCount += 1;
    message.firstReceivedAt ||= now;
    message.receiptHandle = newId();
    taken.push({ ...message });
  }
  return taken;
}

/** Drops what is older than the queue keeps. */
export function expire(messages: StoredMessage[], now: number, retentionMs: number): void {
  for (let index = messages.length - 1; index >= 0; index -= 1) {
    const message = messages[index];
    if (message !== undefined && message.sentAt + retentionMs <= now) messages.splice(index, 1);
  }
}

/** Visible, in flight and delayed messages at `now`. */
export function count(
  messages: readonly StoredMessage[],
  now: number,
): { visible: number; inFlight: number; delayed: number } {
  const hidden = messages.filter((message) => message.visibleAt > now);
  const delayed = hidden.filter((message) => message.delayed).length;
  return { visible: messages.length - hidden.length, inFlight: hidden.length - delayed, delayed };
}
