/** Reads the rules of the template: their schedule or pattern, and their targets. */
import { z } from 'zod';
import { NotRehearsable } from '../not-rehearsable';
import type { Place, Resource } from '../resources';
import { type Pattern, parsePattern } from './pattern';

const target = z.looseObject({
  Id: z.string(),
  Arn: z.string(),
  Input: z.string().optional(),
  DeadLetterConfig: z.object({ Arn: z.string() }).optional(),
});

const ruleProperties = z.object({
  EventBusName: z.string().default('default'),
  EventPattern: z.unknown().optional(),
  ScheduleExpression: z.string().optional(),
  State: z.string().default('ENABLED'),
  Targets: z.array(target).default([]),
});

export type Target = z.infer<typeof target>;

export interface RuleTemplate {
  readonly name: string;
  readonly arn: string;
  readonly enabled: boolean;
  readonly schedule?: string;
  readonly periodMs?: number;
  readonly rawPattern?: unknown;
  readonly pattern?: Pattern;
  readonly targets: readonly Target[];
}

const unitMs: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const targetServices = new Set(['lambda', 'sqs', 'sns']);
/** Retries need a delivery that can fail for a while; here each succeeds or is refused at once. */
const targetProperties = new Set(['Id', 'Arn', 'Input', 'DeadLetterConfig', 'RetryPolicy', 'RoleArn']);

function periodOf(subject: string, expression: string): number {
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  const milliseconds = Number(count) * (unitMs[unit] ?? Number.NaN);
  if (milliseconds > 0) return milliseconds;
  throw new NotRehearsable(
    subject,
    `the schedule ${expression} is not rehearsed`,
    'use rate(n minutes), rate(n hours) or rate(n days)',
  );
}

function checkTarget(subject: string, one: Target): void {
  const service = one.Arn.split(':')[2] ?? '';
  if (!targetServices.has(service)) {
    throw new NotRehearsable(
      subject,
      `a target in ${service} is not rehearsed, got ${one.Arn}`,
      'use lambda, sqs or sns',
    );
  }
  const unknownProperty = Object.keys(one).find((key) => !targetProperties.has(key));
  if (unknownProperty !== undefined) {
    throw new NotRehearsable(subject, `Targets.${unknownProperty} is not rehearsed`, 'use a constant Input');
  }
}

function ruleOf(resource: Resource, place: Place): RuleTemplate {
  const subject = `${resource.logicalId} (AWS::Events::Rule)`;
  const parsed = ruleProperties.safeParse(resource.properties);
  if (!parsed.success)
    throw new NotRehearsable(subject, z.prettifyError(parsed.error), 'correct the property');
  const { EventBusName, EventPattern, ScheduleExpression, State, Targets } = parsed.data;
  if (EventBusName !== 'default') {
    throw new NotRehearsable(
      subject,
      `the event bus ${EventBusName} is not rehearsed`,
      'use the default bus',
    );
  }
  for (const one of Targets) checkTarget(subject, one);
  return {
    name: resource.id,
    arn: `arn:${place.partition}:events:${place.region}:${place.accountId}:rule/${resource.id}`,
    enabled: State !== 'DISABLED',
    targets: Targets,
    ...(ScheduleExpression === undefined
      ? {}
      : { schedule: ScheduleExpression, periodMs: periodOf(subject, ScheduleExpression) }),
    ...(EventPattern === undefined
      ? {}
      : { rawPattern: EventPattern, pattern: parsePattern(subject, EventPattern) }),
  };
}

/** Every AWS::Events::Rule. */
export function readRules(resources: readonly Resource[], place: Place): RuleTemplate[] {
  return resources.filter((one) => one.type === 'AWS::Events::Rule').map((one) => ruleOf(one, place));
}
