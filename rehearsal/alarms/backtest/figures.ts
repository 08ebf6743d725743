/** What the text and the page of a backtest both tell: figures of a what-if, its side effects, and what to distrust. */
import type { Backtest, PlayedVariant, PlayedWhatIf } from './run';
import type { AlarmSummary, Totals } from './summary';
import { counted, harmless } from './words';

/** A name as the report writes it, without what all names begin with. */
export type Short = (name: string) => string;

/** Enough names to see what is meant; the JSON has all. */
const shownNames = 12;

/** As many names as a person reads. */
export function listed(names: readonly string[]): string {
  const rest = names.length - shownNames;
  return names.slice(0, shownNames).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/** How much of the report is about alarms that saw nothing; empty where all saw data. */
export function distrustOf({ blind, alarms }: Backtest): string[] {
  if (blind.length === 0) return [];
  const metric = alarms.filter(({ kind }) => kind === 'metric').length;
  const pages = alarms
    .filter(({ name }) => blind.includes(name))
    .reduce((total, alarm) => total + alarm.pages.length, 0);
  return [
    `${blind.length} of ${counted(metric, 'metric alarm')} had no data: what they did here says nothing about what they would have done.`,
    ...(pages === 0 ? [] : [`${counted(pages, 'page')} of the total ${pages === 1 ? 'is' : 'are'} theirs.`]),
  ];
}

/** The loudest first; those that saw no data last, because their numbers mean nothing. */
export function byLoudness({ alarms, blind }: Backtest): AlarmSummary[] {
  const isBlind = ({ name }: AlarmSummary): number => (blind.includes(name) ? 1 : 0);
  return [...alarms].sort(
    (left, right) =>
      isBlind(left) - isBlind(right) ||
      right.pages.length - left.pages.length ||
      right.secondsInState.ALARM - left.secondsInState.ALARM,
  );
}

/** Values that cannot be played, each reason once. */
export function refusals(variants: readonly PlayedVariant[]): string[] {
  const reasons = [...new Set(variants.flatMap(({ refused }) => refused ?? []))];
  return reasons.map((reason) => {
    const values = variants.filter(({ refused }) => refused === reason).map(({ set }) => valueText(set));
    return `${values.join(', ')}: cannot be played: ${reason}`;
  });
}

/** Is every alarm's life the same under every value? Then nothing depends on the choice. */
export function isNoDifference({ asIs, variants }: PlayedWhatIf): boolean {
  const lifeOf = ({ playback: { transitions } }: AlarmSummary): string =>
    JSON.stringify(transitions.map(({ at, to }) => [at, to]));
  const before = new Map(asIs.alarms.map((alarm) => [alarm.name, lifeOf(alarm)]));
  return variants.every(
    ({ refused, alarms }) =>
      refused === undefined && alarms.every((alarm) => before.get(alarm.name) === lifeOf(alarm)),
  );
}

/** The alarm's own numbers, or all alarms' where settings are compared. */
export function figuresOf({ alarms, totals }: PlayedVariant, alarm: string | undefined): Totals {
  const own = alarms.find(({ name }) => name === alarm);
  if (own === undefined) return totals;
  return {
    pages: own.pages.length,
    nights: own.nights,
    secondsInAlarm: own.secondsInState.ALARM,
    flaps: own.flaps,
    firstPageAt: own.pages[0],
  };
}

/** The values of a variant in one cell. */
export function valueText(set: PlayedVariant['set']): string {
  return Object.values(set).join(' / ');
}

/** Other alarms whose pages change: composite alarms above the changed one, and any alarm under other settings. */
export function sideEffects(variant: PlayedVariant, { alarm, asIs }: PlayedWhatIf, short: Short): string[] {
  const before = new Map(asIs.alarms.map(({ name, pages }) => [name, pages.length]));
  return variant.alarms
    .filter(({ name, pages }) => name !== alarm && before.get(name) !== pages.length)
    .map(({ name, pages }) => `${short(name)} ${before.get(name) ?? 0} -> ${counted(pages.length, 'page')}`);
}

/** Each notice once; data that nobody reads among them. */
export function noticesOf({ notices, unread }: Backtest, short: Short): string[] {
  const told = notices.map(({ subject, text }) => `${short(subject)}: ${harmless(text)}`);
  const data =
    unread.length === 0
      ? []
      : [`No alarm reads ${counted(unread.length, 'metric')} of the data: ${listed(unread.map(harmless))}`];
  return [...new Set([...data, ...told])];
}
