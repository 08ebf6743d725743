/** The targets that an alarm's actions may have, and which alarms may not have which. */
import type { AlarmState } from '../events';
import { NotRehearsable } from '../not-rehearsable';
import type { Definition } from './held-alarm';

export type TargetKind =
  | 'sns'
  | 'lambda'
  | 'ec2'
  | 'auto-scaling'
  | 'ops-item'
  | 'incident'
  | 'investigation'
  | 'unknown';

const kinds: readonly (readonly [TargetKind, RegExp])[] = [
  ['sns', /^arn:[^:]*:sns:/],
  ['lambda', /^arn:[^:]*:lambda:/],
  ['ec2', /^arn:[^:]*:automate:[^:]*:ec2:|^arn:[^:]*:swf:.*AWS_EC2\.InstanceId\./],
  ['auto-scaling', /^arn:[^:]*:autoscaling:.*:scalingPolicy:/],
  ['ops-item', /^arn:[^:]*:ssm:[^:]*:[^:]*:opsitem:/],
  ['incident', /^arn:[^:]*:ssm-incidents:/],
  ['investigation', /^arn:[^:]*:aiops:/],
];

/** What an action's ARN names. */
export function targetKind(arn: string): TargetKind {
  return kinds.find(([, pattern]) => pattern.test(arn))?.[0] ?? 'unknown';
}

const properties: readonly (readonly [AlarmState, string])[] = [
  ['OK', 'OKActions'],
  ['ALARM', 'AlarmActions'],
  ['INSUFFICIENT_DATA', 'InsufficientDataActions'],
];

/** Throws NotRehearsable for an action that AWS does not let this alarm have. */
export function checkActions(definition: Definition): void {
  for (const [state, property] of properties) {
    for (const arn of definition.actions[state]) {
      const why = misplaced(definition, state, targetKind(arn));
      if (why === undefined) continue;
      throw new NotRehearsable(
        `${definition.subject}.${property}`,
        `AWS refuses ${arn}: ${why}`,
        'take the action out or move it to another alarm',
      );
    }
  }
}

function misplaced(definition: Definition, state: AlarmState, kind: TargetKind): string | undefined {
  switch (kind) {
    case 'ec2':
      return ec2Misplaced(definition);
    case 'auto-scaling':
      if (definition.kind === 'composite') return 'a composite alarm takes no Auto Scaling action';
      return definition.limit.kind === 'band' ? 'an alarm on a band takes no Auto Scaling action' : undefined;
    case 'ops-item':
    case 'incident':
    case 'investigation':
      return state === 'ALARM' ? undefined : 'it runs on ALARM only';
    default:
      return undefined;
  }
}

function ec2Misplaced(definition: Definition): string | undefined {
  if (definition.kind === 'composite') return 'a composite alarm takes no EC2 action';
  const { Metrics, Dimensions } = definition.read;
  if (Metrics !== undefined) return 'an alarm on metric math takes no EC2 action';
  return Dimensions.some(({ Name }) => Name === 'InstanceId')
    ? undefined
    : 'an EC2 action needs a metric with the dimension InstanceId';
}
