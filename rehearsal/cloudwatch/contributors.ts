/** The contributors of a PromQL alarm: each series that the query returns breaches, for as long as it is returned. */

export interface PresenceLimit {
  /** How long a series must be returned without a break before it is in ALARM. */
  readonly pendingMs: number;
  /** How long it must be absent without a break before it is OK again. */
  readonly recoveryMs: number;
}

interface Contributor {
  readonly inAlarm: boolean;
  /** Since when it has been returned, or absent. */
  readonly since: number;
  readonly returned: boolean;
}

/** By the key of their series. */
export type Contributors = ReadonlyMap<string, Contributor>;

/** The contributors after an evaluation that returned these series. */
export function nextContributors(
  before: Contributors,
  returned: ReadonlySet<string>,
  at: number,
  limit: PresenceLimit,
): Contributors {
  const after = new Map<string, Contributor>();
  for (const key of new Set([...before.keys(), ...returned])) {
    const known = before.get(key);
    const isReturned = returned.has(key);
    const since = known?.returned === isReturned ? known.since : at;
    const lastedMs = at - since;
    const inAlarm = isReturned
      ? known?.inAlarm === true || lastedMs >= limit.pendingMs
      : known?.inAlarm === true && lastedMs < limit.recoveryMs;
    // What is absent and OK is forgotten: it comes back as new.
    if (isReturned || inAlarm) after.set(key, { inAlarm, since, returned: isReturned });
  }
  return after;
}

/** How many are in ALARM; one is enough for the alarm. */
export function countInAlarm(contributors: Contributors): number {
  return [...contributors.values()].filter(({ inAlarm }) => inAlarm).length;
}
