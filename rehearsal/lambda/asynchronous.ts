/** Events that nobody waits for: retried as the template says, then recorded where the template says. */
import type { Delivery } from '../iam/types';
import type { FunctionTemplate } from './template';
import type { InvocationResult, InvocationSource, LambdaDependencies } from './types';

/** AWS waits a minute before the first retry and two before the second. */
export const awsRetryDelaysMs: readonly number[] = [60_000, 120_000];

type Condition = 'RetriesExhausted' | 'EventAgeExceeded' | 'Success';

export interface AsyncEvent {
  readonly template: FunctionTemplate;
  readonly requestId: string;
  readonly payload: string;
  readonly source: InvocationSource;
}

export interface AsyncInvoker {
  start(event: AsyncEvent): void;
  /** No further attempt is made. */
  stop(): void;
}

interface Attempts {
  readonly event: AsyncEvent;
  readonly queuedAt: number;
  count: number;
  last: InvocationResult | undefined;
}

type RunOnce = (event: AsyncEvent, source: InvocationSource) => Promise<InvocationResult>;

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
};

/** The record that a destination gets. */
export function destinationRecord(attempts: Attempts, condition: Condition, at: number): string {
  const { event, count, last } = attempts;
  return JSON.stringify({
    version: '1.0',
    timestamp: new Date(at).toISOString(),
    requestContext: {
      requestId: event.requestId,
      functionArn: `${event.template.arn}:$LATEST`,
      condition,
      approximateInvokeCount: count,
    },
    requestPayload: parsed(event.payload),
    responseContext: {
      statusCode: 200,
      executedVersion: '$LATEST',
      ...(last?.error === undefined ? {} : { functionError: 'Unhandled' }),
    },
    responsePayload: last === undefined ? null : parsed(last.payload),
  });
}

function createDelivery({
  sqs,
  sns,
}: LambdaDependencies): (arn: string, body: string, functionName: string, reason: string) => Delivery {
  return (arn, body, functionName, reason) => {
    const principal = { role: functionName };
    try {
      if (arn.split(':')[2] === 'sqs') return sqs.deliver(arn, { body, reason }, principal);
      return sns.publish({ topicArn: arn, message: body, principal });
    } catch (error) {
      return {
        ok: false,
        code: 'DestinationFailed',
        error: error instanceof Error ? error.message : String(error),
      };
    }
  };
}

/** What becomes of an event that failed for good; a lost one is told, for AWS loses it silently. */
function createFarewell(
  dependencies: LambdaDependencies,
  count: (functionName: string, metric: string) => void,
): (attempts: Attempts, condition: Condition) => void {
  const { emit, clock, sqs } = dependencies;
  const deliver = createDelivery(dependencies);
  return (attempts, condition) => {
    const { template, payload, requestId } = attempts.event;
    const { onFailure, onSuccess, deadLetterArn } = template.async;
    const record = destinationRecord(attempts, condition, clock.now());
    const reason = attempts.last?.error ?? condition;
    const tell = (result: Delivery, metric: string): void => {
      if (result.ok) return;
      count(template.name, metric);
      emit({ kind: 'notice', subject: template.name, text: `a failed event was lost: ${result.error}` });
    };
    if (condition === 'Success') {
      if (onSuccess !== undefined)
        tell(deliver(onSuccess, record, template.name, condition), 'DestinationDeliveryFailures');
      return;
    }
    count(template.name, 'AsyncEventsDropped');
    if (onFailure !== undefined)
      tell(deliver(onFailure, record, template.name, reason), 'DestinationDeliveryFailures');
    if (deadLetterArn !== undefined) {
      const attributes = {
        RequestID: { DataType: 'String', StringValue: requestId },
        ErrorCode: { DataType: 'Number', StringValue: '200' },
        ErrorMessage: { DataType: 'String', StringValue: reason.slice(0, 1024) },
      };
      const isQueue = deadLetterArn.split(':')[2] === 'sqs';
      const principal = { role: template.name };
      const send = (): Delivery =>
        isQueue
          ? sqs.deliver(deadLetterArn, { body: payload, attributes, reason }, principal)
          : deliver(deadLetterArn, payload, template.name, reason);
      tell(send(), 'DeadLetterErrors');
    }
    if (onFailure === undefined && deadLetterArn === undefined) {
      emit({
        kind: 'notice',
        subject: template.name,
        text: `an event was dropped after ${attempts.count} attempts (${reason}); it has neither an OnFailure destination nor a dead-letter queue`,
      });
    }
  };
}

/** Runs events through `runOnce` with retries. */
export function createAsyncInvoker(
  dependencies: LambdaDependencies,
  runOnce: RunOnce,
  count: (functionName: string, metric: string) => void,
): AsyncInvoker {
  const { clock, retryDelaysMs = awsRetryDelaysMs } = dependencies;
  const farewell = createFarewell(dependencies, count);
  const waiting = new Set<() => void>();
  let stopped = false;

  const attempt = async (attempts: Attempts): Promise<void> => {
    const { event, queuedAt } = attempts;
    const { maximumEventAgeSeconds, maximumRetryAttempts } = event.template.async;
    if (clock.now() - queuedAt > maximumEventAgeSeconds * 1000) return farewell(attempts, 'EventAgeExceeded');
    attempts.last = await runOnce(event, attempts.count === 0 ? event.source : 'retry');
    attempts.count += 1;
    if (stopped) return;
    if (attempts.last.error === undefined) return farewell(attempts, 'Success');
    if (attempts.count > maximumRetryAttempts) return farewell(attempts, 'RetriesExhausted');
    const delayMs = retryDelaysMs[attempts.count - 1] ?? retryDelaysMs.at(-1) ?? 0;
    const cancel = clock.after(delayMs, () => {
      waiting.delete(cancel);
      void attempt(attempts);
    });
    waiting.add(cancel);
  };

  return {
    start: (event) => {
      void attempt({ event, queuedAt: clock.now(), count: 0, last: undefined });
    },
    stop: () => {
      stopped = true;
      for (const cancel of waiting) cancel();
      waiting.clear();
    },
  };
}
