/** Names that both design time and run time must agree on, each derived in exactly one place. */
import { type AlarmKey, alarmKeys } from './alarms';

export interface Scope {
  readonly service: string;
  readonly stage: string;
}

/** Prefix of every resource name of one service in one stage; also the incident table's partition key. */
export function scopeName({ service, stage }: Scope): string {
  return `${service}-${stage}`;
}

/** CloudWatch alarm names are an upsert key for the whole region, so they carry service and stage. */
export function alarmName(scope: Scope, key: AlarmKey): string {
  return `${scopeName(scope)}-${key}`;
}

/** The catalog key behind an alarm name, or undefined when the alarm is not one of this scope's. */
export function alarmKeyOf(scope: Scope, name: string): AlarmKey | undefined {
  return alarmKeys.find((key) => alarmName(scope, key) === name);
}

/** Page of an alarm's runbook below the configured base URL; one page per alarm, never one for all. */
export function runbookUrl(baseUrl: string, key: AlarmKey): string {
  return `${baseUrl.replace(/\/+$/, '')}/${key}.md`;
}
