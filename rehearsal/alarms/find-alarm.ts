/** Which alarm a person means: its name, its logical id, or the end of its name. */

export interface Named {
  readonly name: string;
  readonly logicalId: string;
}

/** Nobody bears the name that was asked for, or several do. */
export class UnknownAlarm extends Error {}

/** Enough to recognise a typing mistake, few enough to read. */
const shownNames = 8;

/**
 * The alarm that `asked` names: exactly, by logical id, or by the end of its name after a hyphen, where the shortest name
 * wins: `errorRateHigh` is `fraud-scorer-dev-errorRateHigh` and not `fraud-scorer-dev-unattended-errorRateHigh`.
 * @throws UnknownAlarm
 */
export function findAlarm<T extends Named>(alarms: readonly T[], asked: string): T {
  const exact =
    alarms.find(({ name }) => name === asked) ?? alarms.find(({ logicalId }) => logicalId === asked);
  if (exact !== undefined) return exact;
  const ending = alarms
    .filter(({ name }) => name.endsWith(`-${asked}`))
    .sort((left, right) => left.name.length - right.name.length);
  const [shortest, next] = ending;
  if (shortest !== undefined && next?.name.length !== shortest.name.length) return shortest;
  if (shortest !== undefined) {
    const names = ending.map(({ name }) => name).join(', ');
    throw new UnknownAlarm(
      `alarm: the name is ambiguous, got '${asked}', expected one of ${names}; write the whole name`,
    );
  }
  const names = alarms.map(({ name }) => name);
  const shown = names.slice(0, shownNames).join(', ') + (names.length > shownNames ? ', ...' : '');
  throw new UnknownAlarm(
    `alarm: there is none of this name, got '${asked}', expected one of ${shown || 'none at all'}; correct the name`,
  );
}
