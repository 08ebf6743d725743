/** A playback in numbers: pages, nights woken, time in each state, longest stay in ALARM, flaps. Pure. */
import type { AlarmState } from '../../events';
import type { ActionsWithheld, AlarmPlayback, Playback } from '../types';
import { type Episode, episodesOf, type StateSpan, secondsInState, spansOf } from './episodes';
import { type Night, nightOf } from './nights';
import type { Observation } from './observe';

export interface PeakedEpisode extends Episode {
  /** The value furthest beyond the threshold; undefined for a composite alarm and where nothing was measured. */
  readonly peak: number | undefined;
}

export interface AlarmSummary {
  readonly name: string;
  readonly kind: AlarmPlayback['kind'];
  readonly playback: AlarmPlayback;
  readonly spans: readonly StateSpan[];
  readonly episodes: readonly PeakedEpisode[];
  /** Moments at which ALARM actions ran, whatever the number of their targets. */
  readonly pages: readonly number[];
  /** The evenings' dates of the nights with a page. */
  readonly nights: readonly string[];
  readonly secondsInState: Readonly<Record<AlarmState, number>>;
  readonly longestAlarmSeconds: number;
  readonly flaps: number;
  readonly withheld: readonly ActionsWithheld[];
  /** Share of the evaluations that found no datapoint at all; undefined for a composite alarm. */
  readonly shareWithoutData: number | undefined;
}

export interface Totals {
  readonly pages: number;
  readonly nights: readonly string[];
  /** Of one alarm its time in ALARM, of several the time in which at least one was. */
  readonly secondsInAlarm: number;
  readonly flaps: number;
  readonly firstPageAt: number | undefined;
}

export interface SummaryOptions {
  readonly night: Night;
  readonly flapMs: number;
  /** Part of the target's ARN that makes an action a page; every ALARM action is one when the list is empty. */
  readonly pagesTo: readonly string[];
  readonly observations: ReadonlyMap<string, Observation>;
}

/** How the report's words are meant; printed with it. */
export function definitions(options: Pick<SummaryOptions, 'night' | 'flapMs' | 'pagesTo'>): string[] {
  const { night, flapMs, pagesTo } = options;
  const minutes = flapMs / 60_000;
  const targets = pagesTo.length === 0 ? '' : ` whose target contains ${pagesTo.join(' or ')}`;
  return [
    `A page is a moment at which an alarm ran its ALARM actions${targets}, however many targets it has.`,
    `A night woken is a night, ${clock(night.startMinute)} to ${clock(night.endMinute)} in ${night.zone}, with a page.`,
    `A flap is a stay in ALARM of less than ${minutes} min, or one that begins less than ${minutes} min after the last.`,
    'Time without data is the share of evaluations that found no datapoint in their whole evaluation range.',
    'For all alarms together, time in ALARM is the time in which at least one of them was.',
    'A peak is the judged value furthest beyond the threshold.',
  ];
}

const clock = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

/** Each alarm in numbers, in the order of the template. */
export function summarise(playback: Playback, options: SummaryOptions): AlarmSummary[] {
  return playback.alarms.map((alarm) => summariseAlarm(alarm, playback, options));
}

function summariseAlarm(
  alarm: AlarmPlayback,
  { start, end }: Playback,
  { night, flapMs, pagesTo, observations }: SummaryOptions,
): AlarmSummary {
  const spans = spansOf(alarm, start, end);
  const observed = observations.get(alarm.name);
  const episodes = episodesOf(spans, flapMs).map((episode) => ({
    ...episode,
    peak: observed?.peaks.get(episode.start),
  }));
  const isPage = (arn: string): boolean => pagesTo.length === 0 || pagesTo.some((part) => arn.includes(part));
  const pages = alarm.actions.flatMap(({ at, arn, state }) => (state === 'ALARM' && isPage(arn) ? [at] : []));
  return {
    name: alarm.name,
    kind: alarm.kind,
    playback: alarm,
    spans,
    episodes,
    pages: [...new Set(pages)],
    nights: nightsOf(pages, night),
    secondsInState: secondsInState(spans),
    longestAlarmSeconds: Math.max(0, ...episodes.map((episode) => (episode.end - episode.start) / 1000)),
    flaps: episodes.filter(({ isFlap }) => isFlap).length,
    withheld: alarm.withheld,
    shareWithoutData: observed && observed.evaluationsWithoutData / observed.evaluations,
  };
}

function nightsOf(pages: readonly number[], night: Night): string[] {
  return [...new Set(pages.flatMap((at) => nightOf(at, night) ?? []))];
}

/** Over several alarms; two of them in one night wake the same person. */
export function totalsOf(alarms: readonly AlarmSummary[]): Totals {
  const pages = alarms.flatMap((alarm) => alarm.pages);
  return {
    pages: pages.length,
    nights: [...new Set(alarms.flatMap(({ nights }) => nights))].sort(),
    secondsInAlarm: secondsCovered(alarms.flatMap(({ episodes }) => episodes)),
    flaps: alarms.reduce((total, { flaps }) => total + flaps, 0),
    firstPageAt: pages.length === 0 ? undefined : pages.reduce((first, at) => Math.min(first, at)),
  };
}

/** The length of spans that may overlap, with what they share counted once. */
function secondsCovered(spans: readonly { readonly start: number; readonly end: number }[]): number {
  let covered = 0;
  let until = Number.NEGATIVE_INFINITY;
  for (const { start, end } of [...spans].sort((left, right) => left.start - right.start)) {
    covered += Math.max(0, end - Math.max(start, until));
    until = Math.max(until, end);
  }
  return covered / 1000;
}
