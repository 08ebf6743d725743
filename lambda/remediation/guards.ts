/** May Vigía act now? Every guard is asked, none may throw, and whatever a guard cannot judge it refuses. */
import type { RemedyKey } from '../../lib/catalog/remedies';
import type { RemediationPolicy } from './contract';
import {
  type GuardName,
  type GuardVerdict,
  type Incident,
  type IncidentRecord,
  lanes,
  type PastAction,
} from './record';
import { deploymentUnderWay } from './releases';

export interface GuardInput {
  readonly record: IncidentRecord;
  readonly incident: Incident;
  readonly now: number;
  readonly policy: RemediationPolicy | string;
  /** Alarms with a remedy that CloudWatch itself shows as on. */
  readonly curableOn: number;
  readonly symptomsKnown: boolean;
  /** The remedy that would be next. */
  readonly rung: RemedyKey | null;
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

/** A service that is being replaced looks broken; whoever deploys has a gate and a way back of their own. */
function deploying({ record, now }: GuardInput): Answer {
  const one = deploymentUnderWay(record, now);
  if (one === undefined) return allow('none', 'no deployment is under way');
  const what = one.release === null ? 'a release' : `release ${one.release}`;
  return refuse(one.commandId, `${what} is being deployed by command ${one.commandId}`);
}

function ladder({ rung, incident }: GuardInput): Answer {
  if (rung !== null) return allow(rung, 'there is a remedy that may still help');
  const tried = [...new Set(incident.actions.map(({ remedy }) => remedy))].join(', ');
  return refuse(
    'none left',
    tried === '' ? 'no remedy fits' : `tried already: ${tried}; nothing else is left`,
  );
}

/** While a command runs nothing else does. A page does not wait for a ticket whose symptom is only being watched. */
function isBusy({ lane, status }: Incident, asking: Incident): boolean {
  if (status.state === 'verifying') return !(lane === 'ticket' && asking.lane === 'page');
  return status.state === 'acting';
}

function lock({ record, incident, now }: GuardInput): Answer {
  const other = lanes
    .map((lane) => record.open[lane])
    .find((one) => one && one.id !== incident.id && isBusy(one, incident));
  if (other) return refuse(other.id, `another action is running for ${other.id}`);
  const running = record.actions.find((action) => !action.ended && now < action.lockedUntil);
  if (running) return refuse(running.id, `action ${running.id} may still be running`);
  return allow('free', 'no other action is running');
}

/** Past actions that count against an incident: a disk that was cleaned up must not keep a dead service from its restart. */
function counting({ record, incident }: GuardInput): readonly PastAction[] {
  return incident.lane === 'ticket' ? record.actions : record.actions.filter(({ lane }) => lane !== 'ticket');
}

function cooldown(input: GuardInput, policy: RemediationPolicy): Answer {
  const { incident, now } = input;
  const last = Math.max(...counting(input).map((one) => (one.incident === incident.id ? -Infinity : one.at)));
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

function dailyCap(input: GuardInput, policy: RemediationPolicy): Answer {
  const used = counting(input).filter((action) => input.now - action.at < dayMs).length;
  const value = `${used} of ${policy.maxActionsPerDay}`;
  if (used < policy.maxActionsPerDay) return allow(value, 'actions are left for these 24 h');
  return refuse(value, `${value} actions of the last 24 h are used`);
}

const guards: Readonly<Record<GuardName, Guard>> = {
  mode,
  symptom,
  deploying,
  ladder,
  lock,
  cooldown,
  attemptCap,
  dailyCap,
};

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
