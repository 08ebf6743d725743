/** Lists that must be exact: what each entry means, what is missing, what is too much. */
import type { AlarmState } from '../../events';
import type { ActionRun } from '../types';
import { formatDuration } from './duration';
import type { ExpectedAction, ExpectedTransition, ExpectedWithheld } from './expectation-schema';

/** What differs, from when on. */
export interface Difference {
  readonly at: number;
  readonly expected: string;
  readonly got: string;
}

/** Offsets become moments. */
export function placed<T extends { readonly at: number }>(list: readonly T[], start: number): T[] {
  return list.map((each) => ({ ...each, at: start + each.at }));
}

export interface Timed {
  readonly at: number;
}

/** Both lists must say the same, in any order within a moment. What only one of them has is told, the earliest moment first. */
export function compare<E extends Timed, G extends Timed>(
  expected: readonly E[],
  got: readonly G[],
  isSame: (expected: E, got: G) => boolean,
  write: (item: E | G) => string,
): Difference | undefined {
  const left = [...got];
  const missing = expected.filter((item) => {
    const index = left.findIndex((each) => each.at === item.at && isSame(item, each));
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
  if (missing.length === 0 && left.length === 0) return undefined;
  const list = (items: readonly (E | G)[]): string =>
    items.length === 0 ? 'nothing more' : items.map(write).join('; ');
  return {
    at: Math.min(...[...missing, ...left].map(({ at }) => at)),
    expected: expected.length === 0 ? 'none' : list(missing),
    got: got.length === 0 ? 'none' : list(left),
  };
}

/** An action as tests see it. */
interface Action extends Timed {
  readonly to: string;
  readonly state: AlarmState;
}

/** Keeps of an action what a test can name. */
export const toAction = ({ at, arn, state }: ActionRun): Action => ({ at, to: arn, state });

/** The moment has been compared already, here and below. */
export const sameTransition = (
  expected: ExpectedTransition,
  got: { from: AlarmState; to: AlarmState },
): boolean => expected.from === got.from && expected.to === got.to;

const sameState = (
  expected: { readonly state?: AlarmState | undefined },
  got: { state: AlarmState },
): boolean => expected.state === undefined || expected.state === got.state;

/** Is it to the expected target, for the expected state? */
export const sameAction = (expected: ExpectedAction, got: Action): boolean =>
  sameState(expected, got) && isNameOf(expected.to, got.to);

/** Was it held back by what was expected? */
export const sameWithheld = (expected: ExpectedWithheld, got: { by: string; state: AlarmState }): boolean =>
  sameState(expected, got) && isHolder(expected.by, got.by);

/** Is it to the expected address, about the expected alarm? */
export const sameMail = (
  expected: { to: string; alarm: string; state?: AlarmState | undefined },
  got: { to: string; alarm: string; state: AlarmState },
): boolean => sameState(expected, got) && expected.to === got.to && expected.alarm === got.alarm;

/** The last part of an ARN. */
export const lastPart = (arn: string): string =>
  arn.slice(Math.max(arn.lastIndexOf(':'), arn.lastIndexOf('/')) + 1);

/** The ARN itself, its last part, or the end of that after a hyphen. */
function isNameOf(asked: string, arn: string): boolean {
  const last = lastPart(arn);
  return asked === arn || asked === last || last.endsWith(`-${asked}`);
}

/** `suppressor deploying` is `suppressor fraud-scorer-dev-deploying`. */
function isHolder(asked: string, by: string): boolean {
  const [kind = '', name = ''] = splitLast(by);
  const [askedKind = '', askedName = ''] = splitLast(asked);
  return asked === by || (kind === askedKind && isNameOf(askedName, name));
}

function splitLast(text: string): [string, string] {
  const blank = text.lastIndexOf(' ');
  return [text.slice(0, Math.max(0, blank)), text.slice(blank + 1)];
}

/** Writes each kind of entry as a test writes it. */
export function writersFrom(start: number) {
  const at = (item: Timed): string => formatDuration(item.at - start);
  const forState = (state: AlarmState | undefined): string => (state === undefined ? '' : ` for ${state}`);
  return {
    transition: (item: Timed & { from: AlarmState; to: AlarmState }) =>
      `${item.from} -> ${item.to} at ${at(item)}`,
    action: (item: Timed & { to: string; state?: AlarmState | undefined }) =>
      `to ${lastPart(item.to)}${forState(item.state)} at ${at(item)}`,
    withheld: (item: Timed & { by: string; state?: AlarmState | undefined }) =>
      `by ${item.by}${forState(item.state)} at ${at(item)}`,
    mail: (item: Timed & { to: string; alarm: string; state?: AlarmState | undefined }) =>
      `to ${item.to} about ${item.alarm}${forState(item.state)} at ${at(item)}`,
  };
}
