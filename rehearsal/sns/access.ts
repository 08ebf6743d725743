/** Whether a publisher may publish to a topic, in AWS's own failure texts when not. */
import { refusal } from '../iam/refusal';
import type { Delivery, Principal } from '../iam/types';
import type { Keys } from '../kms/keys';
import type { TopicState } from './template';

/** EventBridge publishes only by a topic policy; the default one, which speaks of accounts, does not admit it. */
const needsPolicy = 'events.amazonaws.com';

function keyRefusal(principal: Principal): Delivery & { ok: false } {
  const service = 'service' in principal ? principal.service : principal.role;
  const who = service === 'cloudwatch.amazonaws.com' ? 'CloudWatch Alarms' : service;
  return {
    ok: false,
    code: 'KMSAccessDenied',
    error: `${who} does not have authorization to access the SNS topic encryption key.`,
  };
}

/** Undefined where publishing is allowed. Roles answer to their identity policy, so for them only a denial counts. */
export function publishDenial(
  topic: TopicState,
  principal: Principal,
  keys: Keys,
): (Delivery & { ok: false }) | undefined {
  const action = 'SNS:Publish';
  const isService = 'service' in principal;
  if (topic.judge === undefined) {
    if (isService && principal.service === needsPolicy) {
      return refusal(principal, action, topic.arn, 'no-allow');
    }
  } else {
    const verdict = topic.judge.judge({ principal, action, resource: topic.arn });
    if (verdict === 'explicit-deny' || (verdict === 'no-allow' && isService)) {
      return refusal(principal, action, topic.arn, verdict);
    }
  }
  const { kmsMasterKeyId } = topic;
  if (kmsMasterKeyId === undefined || keys.allows(kmsMasterKeyId, principal)) return undefined;
  return keyRefusal(principal);
}
