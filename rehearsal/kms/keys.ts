/** The keys of the template, asked only one thing: may this service use the key of that topic or queue. */
import { parsePolicy, type ResourcePolicy } from '../iam/policy';
import type { Principal } from '../iam/types';
import type { Place, Resource } from '../resources';

export interface Keys {
  /** Whether the key lets the principal make and read data keys; roles answer to their identity policy. */
  allows(keyId: string, principal: Principal): boolean;
}

/** EventBridge passes no source to KMS, so conditions on it break the delivery. */
const passesNoSource = 'events.amazonaws.com';

interface Key {
  readonly arn: string;
  readonly policy: ResourcePolicy;
}

/** Reads AWS::KMS::Key and AWS::KMS::Alias. */
export function createKeys(resources: readonly Resource[], place: Place): Keys {
  const keys = new Map<string, Key>();
  for (const resource of resources.filter((one) => one.type === 'AWS::KMS::Key')) {
    const arn = `arn:${place.partition}:kms:${place.region}:${place.accountId}:key/${resource.id}`;
    const subject = `${resource.logicalId} (AWS::KMS::Key)`;
    const key = { arn, policy: parsePolicy(subject, resource.properties.KeyPolicy, place) };
    keys.set(resource.id, key).set(arn, key);
  }
  for (const alias of resources.filter((one) => one.type === 'AWS::KMS::Alias')) {
    const key = keys.get(String(alias.properties.TargetKeyId));
    if (key !== undefined) keys.set(String(alias.properties.AliasName), key);
  }
  return {
    allows: (keyId, principal) => {
      if ('role' in principal) return true;
      const key = keys.get(keyId);
      // A key that is not the template's (alias/aws/sns) has a policy that admits no service.
      if (key === undefined) return false;
      return ['kms:GenerateDataKey', 'kms:Decrypt'].every(
        (action) =>
          key.policy.judge({
            principal,
            action,
            resource: key.arn,
            passesSource: principal.service !== passesNoSource,
          }) === 'allowed',
      );
    },
  };
}
