/** The function's settings, read once from the environment the stack gives it. */
import type { Alarm, AlarmKey } from '../../lib/catalog/alarms';
import type { Scope } from '../../lib/catalog/names';
import type { Remedy, RemedyKey } from '../../lib/catalog/remedies';
import { environment, type RemediationPolicy } from './contract';

export interface Catalog {
  readonly alarms: Readonly<
    Record<AlarmKey, Pick<Alarm, 'summary' | 'severity' | 'remedy' | 'route' | 'reading' | 'minimumSamples'>>
  >;
  readonly remedies: Readonly<Record<RemedyKey, Remedy>>;
}

/** What mails and decisions need to know of the place they run in. */
export interface Place {
  readonly scope: Scope;
  readonly region: string;
  readonly runbookBaseUrl: string;
  readonly timeZone: string;
}

/** Names of the resources that the ports talk to. */
export interface Resources {
  readonly tableName: string;
  readonly pageTopicArn: string;
  readonly ticketTopicArn: string;
  readonly deadLetterQueueUrl: string;
}

export interface Setting {
  readonly place: Place;
  readonly resources: Resources;
  readonly documentPrefix: string;
  readonly hostTag: { readonly tagKey: string; readonly tagValue: string };
  /** A string says why the policy cannot be read; every guard then refuses. */
  readonly policy: RemediationPolicy | string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads every setting; a missing one is named. An unreadable policy is kept as its reason: people still get mail. */
export function readSetting(env: Environment): Setting {
  const need = (name: string): string => {
    const value = env[name];
    if (value === undefined || value === '') {
      throw new Error(
        `environment: ${name} is missing, got nothing, expected a value; deploy the remediation stack again`,
      );
    }
    return value;
  };
  return {
    place: {
      scope: { service: need(environment.service), stage: need(environment.stage) },
      region: env.AWS_REGION ?? 'us-east-1',
      runbookBaseUrl: need(environment.runbookBaseUrl),
      timeZone: knownTimeZone(env[environment.timeZone]),
    },
    resources: {
      tableName: need(environment.tableName),
      pageTopicArn: need(environment.pageTopicArn),
      ticketTopicArn: need(environment.ticketTopicArn),
      deadLetterQueueUrl: need(environment.deadLetterQueueUrl),
    },
    documentPrefix: need(environment.documentPrefix),
    hostTag: { tagKey: need(environment.hostTagKey), tagValue: need(environment.hostTagValue) },
    policy: readPolicy(env[environment.policy]),
  };
}

/** A zone that this runtime does not know must not cost a mail: UTC is always right. */
function knownTimeZone(name: string | undefined): string {
  if (name === undefined || name === '') return 'UTC';
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone: name });
    return name;
  } catch {
    return 'UTC';
  }
}

const limits = [
  'maxAttemptsPerIncident',
  'maxActionsPerDay',
  'cooldownMinutes',
  'verifySeconds',
  'commandTimeoutSeconds',
  'rollbackWithinMinutes',
] as const;

/** The policy, or the reason why it cannot be used. */
export function readPolicy(text: string | undefined): RemediationPolicy | string {
  let value: Record<string, unknown>;
  try {
    const parsed: unknown = JSON.parse(text ?? '');
    if (typeof parsed !== 'object' || parsed === null) return `policy is not an object, got ${text}`;
    value = parsed as Record<string, unknown>;
  } catch {
    return `policy is not JSON, got ${JSON.stringify(text ?? null)}`;
  }
  if (value.mode !== 'on' && value.mode !== 'dry-run') {
    return `policy mode is unknown, got ${JSON.stringify(value.mode ?? null)}`;
  }
  for (const name of limits) {
    const limit = value[name];
    if (typeof limit !== 'number' || !Number.isFinite(limit) || limit < 0) {
      return `policy ${name} is not a number of 0 or more, got ${JSON.stringify(limit ?? null)}`;
    }
  }
  return value as unknown as RemediationPolicy;
}
