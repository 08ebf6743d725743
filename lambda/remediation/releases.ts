/** What the remediation knows of releases, from the events of their documents: one under way, and the last that was kept. */
import { documents } from '../../lib/catalog/documents';
import type { DeploymentStatus } from './events';
import type { Deployment, Incident, IncidentRecord, Releases } from './record';

/** Enough to recognise a late "in progress" as late; deployments are minutes apart. */
const mostEnded = 10;

/** From the request to its start, and for a last message that is late. */
const slackMs = 60_000;
/** No deployment lasts longer, as far as its steps' limits go. */
export const deploymentLimitMs = documents.deployRelease.limitSeconds * 1000 + slackMs;

export interface DeploymentNews {
  readonly commandId: string;
  readonly release: string | null;
  readonly status: DeploymentStatus;
  readonly at: number;
}

/** The record after news of a deployment; the very same record when it is none. */
export function withDeployment(record: IncidentRecord, news: DeploymentNews, now: number): IncidentRecord {
  const { releases } = record;
  const { commandId, release, status } = news;
  if (releases.ended.includes(commandId)) return record;
  // The sender's clock may be ahead a little; a start in the future would hold back longer than any deployment lasts.
  const at = Math.min(news.at, now);
  const known = releases.deploying.find((one) => one.commandId === commandId);
  const others = releases.deploying.filter((one) => one.commandId !== commandId && now < one.until);
  if (status === 'InProgress') {
    if (known !== undefined) return record;
    const begun: Deployment = { commandId, release, startedAt: at, until: at + deploymentLimitMs };
    return { ...record, releases: { ...releases, deploying: [...others, begun] } };
  }
  const ended = [...releases.ended, commandId].slice(-mostEnded);
  const next: Releases = { ...releases, deploying: others, ended };
  // Deploying once more what is current already has changed nothing.
  const isKept = status === 'Success' && (release === null || releases.switched?.release !== release);
  if (!isKept) return { ...record, releases: next };
  const startedAt = known?.startedAt ?? at - deploymentLimitMs;
  return { ...record, releases: { ...next, switched: { release, startedAt, at } } };
}

/** The record after a rollback, whoever asked for it: there is nothing new left to go back from. */
export function withoutNewRelease(record: IncidentRecord, endedAt: number): IncidentRecord {
  const { switched } = record.releases;
  // A late copy of its message says nothing of a release that came after it.
  if (switched === null || endedAt < switched.at) return record;
  return { ...record, releases: { ...record.releases, switched: null } };
}

/** The deployment that is under way, as far as its events say; one whose end was never told is over at its time limit. */
export function deploymentUnderWay({ releases }: IncidentRecord, now: number): Deployment | undefined {
  return releases.deploying.find((one) => now < one.until);
}

/** Whether the last release may be what broke the service: it is new, and was there, or coming, when the trouble began. */
export function isReleaseSuspect(
  { releases }: IncidentRecord,
  incident: Incident,
  now: number,
  withinMinutes: number,
): boolean {
  const { switched } = releases;
  if (switched === null || now - switched.at >= withinMinutes * 60_000) return false;
  return incident.alarms.every((alarm) => alarm.raisedAt >= switched.startedAt);
}
