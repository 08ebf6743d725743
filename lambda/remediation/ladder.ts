/** Which rung of an alarm's ladder is next in this incident. */
import { type CureKey, type RemedyKey, rungsOf } from '../../lib/catalog/remedies';
import type { Incident, IncidentRecord } from './record';
import { isReleaseSuspect } from './releases';
import type { Catalog } from './setting';

export interface LadderInput {
  readonly record: IncidentRecord;
  readonly incident: Incident;
  readonly now: number;
  readonly catalog: Catalog;
  readonly rollbackWithinMinutes: number;
}

/** How many attempts a cure can get within one incident: as many as the policy allows, unless nothing in it repeats. */
export function attemptsOf(cure: CureKey, catalog: Catalog, allowed: number): number {
  const rungs = rungsOf(cure);
  return rungs.some((rung) => catalog.remedies[rung].repeats) ? allowed : Math.min(allowed, rungs.length);
}

/** The first rung that fits and was not tried yet, else the last one that may be tried again; null when none is left. */
export function nextRung(cure: CureKey, input: LadderInput): RemedyKey | null {
  const { record, incident, now, catalog, rollbackWithinMinutes } = input;
  const isNew = isReleaseSuspect(record, incident, now, rollbackWithinMinutes);
  const fitting = rungsOf(cure).filter((rung) => isNew || !catalog.remedies[rung].onlyAfterRelease);
  const tried = new Set(incident.actions.map(({ remedy }) => remedy));
  const untried = fitting.find((rung) => !tried.has(rung));
  return untried ?? fitting.findLast((rung) => catalog.remedies[rung].repeats) ?? null;
}
