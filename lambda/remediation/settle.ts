/** How far time and symptoms take an open incident: act, wait, verify, hand over, close. */
import type { AlarmKey } from '../../lib/catalog/alarms';
import { commandUnknown, startAction } from './action';
import { askGuards, dayMs } from './guards';
import { attemptsOf, nextRung } from './ladder';
import { isOverdue } from './outbox';
import { type Escalation, type Incident, lanes } from './record';
import { deploymentLimitMs, deploymentUnderWay } from './releases';
import { type Standings, standing, standings } from './symptoms';
import { enter, lastAction, mail, move, openIncident, type Turn, tellState } from './turn';

/** Moves every open incident as far as time and symptoms take it. */
export function settle(turn: Turn): void {
  for (const lane of lanes) {
    const incident = openIncident(turn, lane);
    if (incident) settleOne(turn, incident);
  }
}

function settleOne(turn: Turn, incident: Incident): void {
  const { status } = incident;
  const now = standings(turn.record, incident, turn.seen, turn.catalog);
  switch (status.state) {
    case 'opened':
      if (now.allOk && waitedFor(incident).length > 0) close(turn, incident, 'every alarm is OK', false);
      else decide(turn, incident);
      break;
    case 'acting':
      waitForCommand(turn, incident, now.allOk);
      break;
    case 'verifying':
      if (now.allOk) close(turn, incident, 'every alarm is OK', false);
      else if (turn.now >= status.deadline || (now.curable.length > 0 && hasFailedForGood(turn, incident)))
        judge(turn, incident);
      break;
    case 'escalated':
      if (now.allOk) close(turn, incident, 'every alarm is OK, after a person was asked', false);
      else if (now.allGone) close(turn, incident, 'the alarm no longer exists', true);
      // Nobody was told that Vigia keeps its hands off: there was only nothing to do. Now there is.
      else if (status.escalation.kind === 'no-remedy' && mayCure(turn, incident, now)) decide(turn, incident);
      else if (isOverdue(incident, turn.now))
        mail(turn, incident, { kind: 'escalated', escalation: status.escalation });
      break;
    case 'closed':
      break;
    default:
      status satisfies never;
  }
}

/** What is tried once and has failed has changed nothing: while the alarm is on the next rung need not wait for it. */
function hasFailedForGood({ catalog }: Turn, incident: Incident): boolean {
  const action = lastAction(incident);
  if (action?.phase.kind !== 'ended' || action.phase.outcome.status === 'Success') return false;
  return !catalog.remedies[action.remedy].repeats;
}

/** Without an answer from CloudWatch the guards must be asked too: they refuse, and a person hears of it. */
function mayCure(turn: Turn, incident: Incident, now: Standings): boolean {
  if (turn.seen.symptoms.kind === 'seen') return now.curable.length > 0;
  return incident.alarms.some((one) => turn.catalog.alarms[one.key].remedy !== null);
}

/** Act, or ask a person. */
function decide(turn: Turn, incident: Incident): void {
  const { catalog, now, policy, record, seen } = turn;
  if (incident.alarms.every((one) => catalog.alarms[one.key].remedy === null)) {
    escalate(turn, incident, { kind: 'no-remedy' }, 'no remedy for this alarm');
    return;
  }
  if (waitsForDeployment(turn, incident)) return;
  const { curable } = standings(record, incident, seen, catalog);
  const key = curable[0];
  const cure = key === undefined ? null : catalog.alarms[key].remedy;
  const rollbackWithinMinutes = typeof policy === 'string' ? 0 : policy.rollbackWithinMinutes;
  const rung =
    cure === null ? null : nextRung(cure, { record, incident, now, catalog, rollbackWithinMinutes });
  const symptomsKnown = seen.symptoms.kind === 'seen';
  const verdicts = askGuards({
    record,
    incident,
    now,
    policy,
    curableOn: curable.length,
    symptomsKnown,
    rung,
  });
  const attempt = incident.actions.length + 1;
  let current = incident;
  for (const verdict of verdicts) current = enter(turn, current, { kind: 'guard', attempt, ...verdict });
  const refused = verdicts.filter((verdict) => verdict.verdict === 'refuse');
  if (refused.length > 0) {
    turn.effects.push({ kind: 'count', count: 'Refused' });
    const reason = `automation refused: ${refused.map((one) => `${one.guard}: ${one.reason}`).join('; ')}`;
    escalate(turn, current, { kind: 'refused', guards: refused }, reason);
    return;
  }
  // The guards have refused already when nothing curable is on or no rung is left; an unread policy refuses everything.
  if (cure === null || rung === null || typeof policy === 'string') return;
  if (verdicts.some((verdict) => verdict.verdict === 'dry-run')) {
    const reason = `dry run: would ${catalog.remedies[rung].action.toLowerCase()}, nothing was done`;
    escalate(turn, current, { kind: 'dry-run', remedy: rung }, reason);
    return;
  }
  const maxAttempts = Math.max(attempt, attemptsOf(cure, catalog, policy.maxAttemptsPerIncident));
  startAction(turn, current, rung, { policy, maxAttempts, reason: `all ${verdicts.length} guards allow` });
}

/**
 * While a release is being deployed the service looks broken, and its gate judges it. The refusal is noted once; the
 * decision is made when the deployment is over, which its own time limit bounds. One after the other may hold it up no
 * longer than that: then the guard refuses, and a person hears of it.
 */
function waitsForDeployment(turn: Turn, incident: Incident): boolean {
  const { now, policy, record, seen } = turn;
  const deployment = deploymentUnderWay(record, now);
  if (deployment === undefined || now - waitingSince(incident, now) >= deploymentLimitMs) return false;
  if (waitedFor(incident).includes(deployment.commandId)) return true;
  const input = {
    record,
    incident,
    now,
    policy,
    curableOn: 0,
    symptomsKnown: seen.symptoms.kind === 'seen',
    rung: null,
  };
  for (const verdict of askGuards(input).filter(({ guard }) => guard === 'deploying'))
    enter(turn, incident, { kind: 'guard', attempt: incident.actions.length + 1, ...verdict });
  turn.effects.push({ kind: 'count', count: 'Refused' });
  return true;
}

/** When the present wait began; now, when there is none. Waiting changes no state, so it lies after the last change. */
function waitingSince({ entries }: Incident, now: number): number {
  const changed = entries.findLastIndex(({ kind }) => kind === 'transition');
  const refused = entries
    .slice(changed + 1)
    .find((entry) => entry.kind === 'guard' && entry.guard === 'deploying' && entry.verdict === 'refuse');
  return refused?.at ?? now;
}

/** The deployments that this incident has waited for, by their commands. */
function waitedFor({ entries }: Incident): string[] {
  return entries.flatMap((entry) =>
    entry.kind === 'guard' && entry.guard === 'deploying' && entry.verdict === 'refuse' ? [entry.value] : [],
  );
}

function escalate(turn: Turn, incident: Incident, escalation: Escalation, reason: string): void {
  const moved = move(turn, incident, { state: 'escalated', at: turn.now, escalation }, reason);
  mail(turn, moved, { kind: 'escalated', escalation });
}

/** What is unknown about the action no longer matters when the symptom is gone. */
export function handOver(turn: Turn, incident: Incident, escalation: Escalation, reason: string): void {
  const now = standings(turn.record, incident, turn.seen, turn.catalog);
  if (now.allOk) close(turn, incident, `every alarm is OK; ${reason}`, false);
  else escalate(turn, incident, escalation, reason);
}

/** The invocation that meant to send is dead by then, and nobody will send again. */
const sendingIsLostAfterMs = 60_000;
/** A command whose alarm is well again is asked about early: its end message may be lost. */
const askEarlyAfterMs = 30_000;

function waitForCommand(turn: Turn, incident: Incident, allOk: boolean): void {
  const action = lastAction(incident);
  if (action?.phase.kind === 'running') {
    const { commandId, sentAt } = action.phase;
    const early = allOk && turn.now - sentAt >= askEarlyAfterMs;
    if (early || turn.now >= action.giveUpAt) turn.effects.push({ kind: 'ask-command', commandId });
    return;
  }
  if (action?.phase.kind !== 'sending' || turn.now - action.intendedAt <= sendingIsLostAfterMs) return;
  commandUnknown(turn, action.id, 'the function stopped between deciding and sending', handOver);
}

/** The deadline has come and not every alarm is well. */
function judge(turn: Turn, incident: Incident): void {
  const now = standings(turn.record, incident, turn.seen, turn.catalog);
  if (now.curable.length > 0 && waitsForDeployment(turn, incident)) return;
  if (now.curable.length > 0) {
    const detail = `still in ALARM: ${now.curable.join(', ')}`;
    decide(turn, enter(turn, incident, { kind: 'verification', verdict: 'not fixed', detail }));
    return;
  }
  if (now.unclear.length > 0) {
    const why = now.unclear.map((key) => `${key} ${doubt(turn, key)}`).join(', ');
    const entered = enter(turn, incident, { kind: 'verification', verdict: 'cannot tell', detail: why });
    const escalation: Escalation = { kind: 'cannot-tell', what: 'symptom', why };
    escalate(turn, entered, escalation, `cannot tell whether it is fixed: ${why}`);
    return;
  }
  const detail = `remedied alarms are OK; without a remedy and in ALARM: ${now.incurable.join(', ')}`;
  const entered = enter(turn, incident, { kind: 'verification', verdict: 'not fixed', detail });
  escalate(turn, entered, { kind: 'remains' }, detail);
}

/** An unclear alarm that is OK is so for lack of samples. */
function doubt(turn: Turn, key: AlarmKey): string {
  const now = standing(turn.record, turn.seen, key);
  return now === 'OK' ? 'OK without data since the command' : now;
}

function close(turn: Turn, incident: Incident, reason: string, gone: boolean): void {
  const { seen } = turn;
  let current = incident;
  if (!gone) {
    const detail = `OK: ${incident.alarms.map((one) => one.key).join(', ')}`;
    current = enter(turn, current, { kind: 'verification', verdict: 'fixed', detail });
  }
  current = move(turn, current, { state: 'closed', at: turn.now, reason }, reason);
  current = mail(turn, current, { kind: 'closed', gone });
  for (const { key } of incident.alarms) {
    const symptom = seen.symptoms.kind === 'seen' ? seen.symptoms.alarms[key] : undefined;
    const told = turn.record.alarms[key];
    // A late copy of an old message must find that it is old.
    if (symptom && (told === undefined || symptom.changedAt > told.changedAt))
      tellState(turn, { key, ...symptom });
  }
  turn.effects.push({ kind: 'archive', incident: current });
  turn.record = {
    ...turn.record,
    open: { ...turn.record.open, [incident.lane]: null },
    toArchive: [...turn.record.toArchive, current],
    actions: turn.record.actions.filter((past) => turn.now - past.at < rememberActionsMs),
  };
}

/** Longer than the day that the daily cap looks back; cooldowns beyond a week are not sensible. */
const rememberActionsMs = 7 * dayMs;
