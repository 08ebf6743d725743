/** May Vigía act now? Every guard is asked, none may throw, and whatever a guard cannot judge it refuses. */
import type { RemediationPolicy } from './contract';
import { type GuardName, type GuardVerdict, type Incident, type IncidentRecord, lanes } from './record';

export interface GuardInput {
  readonly record: IncidentRecord;
  readonly incident: Incident;
  readonly now: number;
  readonly policy: RemediationPolicy | string;
  /** Alarms with a remedy that CloudWatch itself shows as on. */
  readonly curableOn: number;
  readonly symptomsKnown: boolean;
}

type Answer = Omit<GuardVerdict, 'guard'>;
type Guard = (input: GuardInput, policy: RemediationPolicy) => Answer;

export const dayMs = 86_400_000;
const minuteMs = 60_000;

const allow = (value: string, reason: string): Answer => ({ verdict: 'allow', value, reason });
const refuse = (value: string, reason: string): Answer => ({ verdict: 'refuse', value, reason });

function mode(_: GuardInput, policy: RemediationPolicy): Answer {
  if (policy.mode === 'on') return allow('on', 'automation is on');
  return { verdict: 'dry-run', value: policy.mode, reason: 'dry run: nothing may be done' };
}

/** A message may be old; nothing is restarted unless CloudWatch itself says now that it hurts. */
function symptom({ curableOn, symptomsKnown }: GuardInput): Answer {
  if (!symptomsKnown) return refuse('unknown', 'CloudWatch could not be asked whether the alarm is still on');
  if (curableOn === 0) return refuse('0 on', 'no alarm that the remedy is for is on');
  return allow(`${curableOn} on`, 'the symptom is there');
}

function lock({ record, incident, now }: GuardInput): Answer {
  const other = lanes
    .map((lane) => record.open[lane])
    .find((one) => one && one.id !== incident.id && ['acting', 'verifying'].includes(one.status.state));
  if (other) return refuse(other.id, `another action is running for ${other.id}`);
  const running = record.actions.find((action) => !action.ended && now < action.lockedUntil);
  if (running) return refuse(running.id, `action ${running.id} may still be running`);
  return allow('free', 'no other action is running');
}

function cooldown({ record, incident, now }: GuardInput, policy: RemediationPolicy): Answer {
  const last = Math.max(...record.actions.filter((one) => one.incident !== incident.id).map((one) => one.at));
  if (!Number.isFinite(last)) return allow('none before', 'no earlier incident was acted on');
  const minutes = (now - last) / minuteMs;
  const value = `${Math.floor(minutes)} of ${policy.cooldownMinutes} min`;
  if (minutes < policy.cooldownMinutes) {
    return refuse(
      value,
      `an earlier incident was acted on ${Math.floor(minutes)} min ago; limit ${policy.cooldownMinutes} min`,
    );
  }
  return allow(value, 'the last action for an earlier incident is long enough ago');
}

function attemptCap({ incident }: GuardInput, policy: RemediationPolicy): Answer {
  const value = `${incident.actions.length} of ${policy.maxAttemptsPerIncident}`;
  if (incident.actions.length < policy.maxAttemptsPerIncident) return allow(value, 'attempts are left');
  return refuse(value, `${value} attempts for this incident are used`);
}

function dailyCap({ record, now }: GuardInput, policy: RemediationPolicy): Answer {
  const used = record.actions.filter((action) => now - action.at < dayMs).length;
  const value = `${used} of ${policy.maxActionsPerDay}`;
  if (used < policy.maxActionsPerDay) return allow(value, 'actions are left for these 24 h');
  return refuse(value, `${value} actions of the last 24 h are used`);
}

const guards: Readonly<Record<GuardName, Guard>> = { mode, symptom, lock, cooldown, attemptCap, dailyCap };

/** Asks every guard, so that a refusal is told with everything that spoke for or against it. */
export function askGuards(input: GuardInput): readonly GuardVerdict[] {
  return (Object.entries(guards) as [GuardName, Guard][]).map(([guard, ask]) => {
    if (typeof input.policy === 'string') return { guard, ...refuse('unknown', input.policy) };
    try {
      return { guard, ...ask(input, input.policy) };
    } catch (error) {
      return { guard, ...refuse('error', `the guard itself failed: ${String(error)}`) };
    }
  });
}
