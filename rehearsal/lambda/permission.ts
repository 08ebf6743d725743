/** A function's resource policy, which CloudFormation spells as AWS::Lambda::Permission. */
import { parsePolicy } from '../iam/policy';
import type { Principal } from '../iam/types';
import type { Place } from '../resources';
import type { Permission } from './template';

/** Whether one of the permissions lets the principal invoke the function. */
export function allows(permissions: readonly Permission[], principal: Principal, place: Place): boolean {
  // A role of the account answers to its identity policy.
  if ('role' in principal) return true;
  return permissions.some((permission) => {
    const { Action, Principal: named, SourceArn, SourceAccount } = permission;
    const statement = {
      Effect: 'Allow',
      Principal: named.includes('.') ? { Service: named } : { AWS: named },
      Action,
      Resource: '*',
      Condition: {
        ...(SourceArn === undefined ? {} : { ArnLike: { 'AWS:SourceArn': SourceArn } }),
        ...(SourceAccount === undefined ? {} : { StringEquals: { 'AWS:SourceAccount': SourceAccount } }),
      },
    };
    const policy = parsePolicy('AWS::Lambda::Permission', { Statement: [statement] }, place);
    return policy.judge({ principal, action: 'lambda:InvokeFunction', resource: '*' }) === 'allowed';
  });
}
