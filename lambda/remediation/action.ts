/** The life of one action: intended, sent once and only once, ended, verified by the symptom alone. */
import type { RemedyKey } from '../../lib/catalog/remedies';
import type { RemediationPolicy } from './contract';
import type { Action, CommandOutcome, Escalation, Incident } from './record';
import { lanes } from './record';
import { withoutNewRelease } from './releases';
import { lastAction, mail, move, phase, put, remember, type Turn } from './turn';

/** How a decision here hands over to a person; given in, because `incident.ts` owns that step. */
export type HandOver = (turn: Turn, incident: Incident, escalation: Escalation, reason: string) => void;

/** Beyond the command's own limit, its end message may take this long. */
const messageDelayMs = 60_000;

export interface StartOptions {
  readonly policy: RemediationPolicy;
  /** As many as this trouble can get, for people to know whether another one follows. */
  readonly maxAttempts: number;
  readonly reason: string;
}

/** Records the intent to act. The command itself is sent only after this record is written. */
export function startAction(
  turn: Turn,
  incident: Incident,
  remedy: RemedyKey,
  { policy, maxAttempts, reason }: StartOptions,
): void {
  const attempt = incident.actions.length + 1;
  const known = turn.catalog.remedies[remedy];
  const timeoutSeconds = Math.max(policy.commandTimeoutSeconds, known.timeoutSeconds ?? 0);
  const timeoutMs = timeoutSeconds * 1000;
  const action: Action = {
    id: `${incident.id}/${attempt}`,
    attempt,
    remedy,
    intendedAt: turn.now,
    giveUpAt: turn.now + timeoutMs + messageDelayMs,
    verifySeconds: Math.max(policy.verifySeconds, known.verifySeconds ?? 0),
    maxAttempts,
    phase: { kind: 'sending' },
  };
  const past = {
    id: action.id,
    incident: incident.id,
    lane: incident.lane,
    at: turn.now,
    commandId: null,
    ended: false,
    // One limit for delivery and one for the run: a command cannot live longer than both.
    lockedUntil: turn.now + 2 * timeoutMs + messageDelayMs,
  };
  turn.record = { ...turn.record, actions: [...turn.record.actions, past] };
  const moved = move(
    turn,
    { ...incident, actions: [...incident.actions, action] },
    { state: 'acting' },
    reason,
  );
  phase(turn, moved, action.id, action.phase, `${known.action}, attempt ${attempt}`);
  turn.effects.push({ kind: 'count', count: 'Actions' });
  turn.effects.push({
    kind: 'send-command',
    action: action.id,
    incident: incident.id,
    remedy,
    timeoutSeconds,
  });
}

function owner(turn: Turn, matches: (action: Action) => boolean): [Incident, Action] | undefined {
  for (const lane of lanes) {
    const incident = turn.record.open[lane];
    const action = incident?.actions.find(matches);
    if (incident && action) return [incident, action];
  }
  return undefined;
}

/** The command is on its way: now, and not before, people are told so. */
export function commandSent(turn: Turn, id: string, commandId: string): void {
  const running = { kind: 'running', commandId, sentAt: turn.now } as const;
  const found = owner(turn, (action) => action.id === id);
  if (!found) {
    remember(turn, id, running);
    return;
  }
  const [incident, action] = found;
  if (action.phase.kind === 'sending' && incident.status.state === 'acting') {
    mail(turn, phase(turn, incident, id, running, `command ${commandId}`), { kind: 'acting' });
  } else if (action.phase.kind === 'unknown' && action.phase.commandId === null) {
    // Handed over meanwhile; the id still belongs to the evidence.
    phase(turn, incident, id, { ...action.phase, commandId }, `command ${commandId}, learned late`);
  }
}

/** Systems Manager said no, so certainly nothing runs: asking again would get the same answer. */
export function commandRefused(turn: Turn, id: string, error: string, handOver: HandOver): void {
  const found = owner(turn, (action) => action.id === id);
  if (found?.[1].phase.kind !== 'sending') {
    remember(turn, id, { kind: 'refused', error });
    return;
  }
  const incident = phase(turn, found[0], id, { kind: 'refused', error }, error);
  handOver(turn, incident, { kind: 'not-sent', error }, `the command could not be sent: ${error}`);
}

/** SendCommand has no token against doing it twice: an unknown end of it is told, never repeated. */
export function commandUnknown(turn: Turn, id: string, why: string, handOver: HandOver): void {
  const found = owner(turn, (action) => action.id === id);
  if (found?.[1].phase.kind !== 'sending') return;
  const incident = phase(turn, found[0], id, { kind: 'unknown', commandId: null, why }, why);
  const { noun } = turn.catalog.remedies[found[1].remedy];
  handOver(
    turn,
    incident,
    { kind: 'cannot-tell', what: 'sent', why },
    `cannot tell whether the ${noun} ran: ${why}`,
  );
}

/** Takes in a command's end. False when no such command is waiting. */
export function commandEnded(turn: Turn, commandId: string, outcome: CommandOutcome): boolean {
  const past = turn.record.actions.find((one) => one.commandId === commandId);
  if (past === undefined || past.ended) return false;
  const found = owner(turn, (action) => action.id === past.id);
  // The function's clock and the sender's may differ a little; a future end would stretch the verification.
  const endedAt = Math.min(outcome.endedAt ?? turn.now, turn.now);
  const sentAt = found?.[1].phase.kind === 'running' ? found[1].phase.sentAt : past.at;
  const ended = { kind: 'ended', commandId, sentAt, endedAt, outcome } as const;
  if (!found) {
    remember(turn, past.id, ended);
    return true;
  }
  const [incident, action] = found;
  const { onlyAfterRelease } = turn.catalog.remedies[action.remedy];
  if (onlyAfterRelease && outcome.status === 'Success') turn.record = withoutNewRelease(turn.record, endedAt);
  const code = outcome.exitCode === null ? '' : `, exit ${outcome.exitCode}`;
  const detail = `command ${commandId} ended ${outcome.status}${code}`;
  const noted = phase(turn, incident, past.id, ended, detail);
  if (incident.status.state !== 'acting' || lastAction(incident)?.id !== action.id) return true;
  const deadline = endedAt + action.verifySeconds * 1000;
  move(turn, put(turn, noted), { state: 'verifying', deadline }, `${detail}; the alarm decides`);
  return true;
}

/** The answer about a command whose end was not told. */
export function commandAsked(
  turn: Turn,
  commandId: string,
  outcome: CommandOutcome | null,
  handOver: HandOver,
): void {
  if (outcome !== null) {
    commandEnded(turn, commandId, outcome);
    return;
  }
  const found = owner(turn, ({ phase: now }) => now.kind === 'running' && now.commandId === commandId);
  if (!found || turn.now < found[1].giveUpAt) return;
  const why = 'Systems Manager knows of no end of the command';
  const incident = phase(turn, found[0], found[1].id, { kind: 'unknown', commandId, why }, why);
  const { noun } = turn.catalog.remedies[found[1].remedy];
  handOver(
    turn,
    incident,
    { kind: 'cannot-tell', what: 'ended', why },
    `cannot tell how the ${noun} ended: ${why}`,
  );
}
