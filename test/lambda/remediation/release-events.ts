/** Events of releases in an incident's life, as more than one test tells them. */
import type { DeploymentStatus, IncidentEvent } from '../../../lambda/remediation/events';
import { Play, seconds, seenWith, start, stillOn, success } from './fixtures';

export const quiet = seenWith({});
export const release = '0123456789ab';

export const deployment = (
  status: DeploymentStatus,
  at: number,
  seen = quiet,
  commandId = 'deploy-1',
  id: string | null = release,
): IncidentEvent => ({ kind: 'deployment', commandId, release: id, status, at, seen });

/** A release that was deployed and kept, so long before `start`. */
export const deployed = (before: number, given = {}): Play =>
  new Play(given)
    .at(start - before - seconds(30), deployment('InProgress', start - before - seconds(30)))
    .at(start - before, deployment('Success', start - before));

export const remediesOf = (play: Play): string[] =>
  play.effects.flatMap((effect) => (effect.kind === 'send-command' ? [effect.remedy] : []));

export const ended = (
  attempt: number,
  at: number,
  outcome = success,
  seen = stillOn,
): [number, IncidentEvent] => [at, { kind: 'command-ended', commandId: `c-${attempt}`, outcome, seen }];
export const sent = (attempt: number): IncidentEvent => ({
  kind: 'command-sent',
  action: `INC-0001/${attempt}`,
  commandId: `c-${attempt}`,
  seen: stillOn,
});
