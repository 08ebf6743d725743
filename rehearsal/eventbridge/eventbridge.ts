/** The default event bus: hands events to the rules that match, and lets the schedules ring. */
import { everyAligned } from '../clock';
import type { Delivery } from '../iam/types';
import type { InvocationSource } from '../lambda/types';
import { matches } from './pattern';
import { type RuleTemplate, readRules, type Target } from './template';
import type { EventBridge, EventBridgeDependencies, PutEvent } from './types';

const service = 'events.amazonaws.com';

type Send = (rule: RuleTemplate, target: Target, event: string, source: InvocationSource) => Delivery;

function createSend({ lambda, sqs, sns }: EventBridgeDependencies): Send {
  return (rule, target, event, source) => {
    const principal = { service, sourceArn: rule.arn };
    const text = target.Input ?? event;
    switch (target.Arn.split(':')[2]) {
      case 'sqs':
        return sqs.deliver(target.Arn, { body: text, reason: `sent by the rule ${rule.name}` }, principal);
      case 'sns':
        return sns.publish({ topicArn: target.Arn, message: text, principal });
      default: {
        if (lambda.find(target.Arn) === undefined) {
          return {
            ok: false,
            code: 'ResourceNotFoundException',
            error: `there is no function ${target.Arn}`,
          };
        }
        if (!lambda.allows(target.Arn, principal)) {
          const error = `no AWS::Lambda::Permission of ${target.Arn} lets ${service} invoke it for ${rule.arn}`;
          return { ok: false, code: 'AccessDenied', error };
        }
        return { ok: true, messageId: lambda.invokeAsync(target.Arn, text, source) };
      }
    }
  };
}

/** Sends to one target; what is refused goes to the target's dead-letter queue and is told. */
function createDispatch(
  dependencies: EventBridgeDependencies,
): (rule: RuleTemplate, event: string, source: InvocationSource) => void {
  const { emit, sqs } = dependencies;
  const send = createSend(dependencies);
  const attempt = (run: () => Delivery): Delivery => {
    try {
      return run();
    } catch (error) {
      return { ok: false, code: 'Failed', error: error instanceof Error ? error.message : String(error) };
    }
  };
  return (rule, event, source) => {
    for (const target of rule.targets) {
      const result = attempt(() => send(rule, target, event, source));
      if (result.ok) continue;
      const { error } = result;
      emit({
        kind: 'notice',
        subject: rule.name,
        text: `EventBridge could not deliver to ${target.Arn}: ${error}`,
      });
      const deadLetterArn = target.DeadLetterConfig?.Arn;
      if (deadLetterArn === undefined) continue;
      const principal = { service, sourceArn: rule.arn };
      const redriven = attempt(() => sqs.deliver(deadLetterArn, { body: event, reason: error }, principal));
      if (!redriven.ok) {
        emit({ kind: 'notice', subject: rule.name, text: `EventBridge lost an event: ${redriven.error}` });
      }
    }
  };
}

/** The bus over AWS::Events::Rule; schedules ring at whole multiples of their period. */
export function createEventBridge(dependencies: EventBridgeDependencies): EventBridge {
  const { resources, place, clock, newId } = dependencies;
  const rules = readRules(resources, place);
  const dispatch = createDispatch(dependencies);
  const envelope = (event: PutEvent, at: number): Record<string, unknown> => ({
    version: '0',
    id: newId(),
    'detail-type': event['detail-type'],
    source: event.source,
    account: place.accountId,
    // EventBridge writes whole seconds.
    time: `${new Date(at).toISOString().slice(0, 19)}Z`,
    region: place.region,
    resources: event.resources ?? [],
    detail: event.detail,
  });
  const stops = rules.flatMap((rule) => {
    if (rule.periodMs === undefined || !rule.enabled) return [];
    const scheduled = {
      source: 'aws.events',
      'detail-type': 'Scheduled Event',
      detail: {},
      resources: [rule.arn],
    };
    return [
      everyAligned(clock, rule.periodMs, (at) =>
        dispatch(rule, JSON.stringify(envelope(scheduled, at)), 'schedule'),
      ),
    ];
  });
  return {
    putEvent: (event) => {
      const whole = envelope(event, clock.now());
      for (const rule of rules) {
        if (!rule.enabled || rule.pattern === undefined || !matches(rule.pattern, whole)) continue;
        dispatch(rule, JSON.stringify(whole), 'events');
      }
    },
    rules: () =>
      rules.map(({ name, arn, enabled, schedule, rawPattern, targets }) => ({
        name,
        arn,
        enabled,
        ...(schedule === undefined ? {} : { schedule }),
        ...(rawPattern === undefined ? {} : { pattern: rawPattern }),
        targets: targets.map((target) => ({ id: target.Id, arn: target.Arn })),
      })),
    stop: () => {
      for (const stop of stops) stop();
    },
  };
}
