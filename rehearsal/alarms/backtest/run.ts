/** One backtest: the real template played, then each what-if, and what the data and the alarms have in common. */
import { defineAnyAlarm } from '../../cloudwatch/alarm-definitions';
import { assumptions, type EvaluationSettings, withDefaults } from '../../cloudwatch/settings';
import { suppliedIn } from '../../cloudwatch/supplied';
import { NotRehearsable } from '../../not-rehearsable';
import type { Place, Resource } from '../../resources';
import { findAlarm } from '../find-alarm';
import { play } from '../playback';
import type { Notice, SeriesSource } from '../types';
import { BacktestError } from './backtest-error';
import { coverageOf } from './data-use';
import { affectedBy, alarmsIn, resourcesFor } from './family';
import type { Night } from './nights';
import { createObserver, type Observation } from './observe';
import { emptyRangeText, rangeOf } from './range';
import { type AlarmSummary, definitions, summarise, type Totals, totalsOf } from './summary';
import { refuseUnknownTargets } from './targets';
import { refuseImpossible, type Variant, type WhatIf, whatIfs } from './what-if';

export interface BacktestInput {
  readonly resources: readonly Resource[];
  readonly place: Place;
  readonly source: SeriesSource;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly settings?: Partial<EvaluationSettings>;
  readonly sets: readonly string[];
  /** What reading the template and the data found worth telling, by what it is about. */
  readonly remarks: readonly { readonly subject: string; readonly text: string }[];
  /** Alarms to show; all when empty. */
  readonly shown: readonly string[];
  readonly night: Night;
  readonly flapMs: number;
  readonly pagesTo: readonly string[];
  /** Columns of the charts, or zero where nothing is drawn. */
  readonly columns: number;
}

export interface Backtest {
  readonly start: number;
  readonly end: number;
  readonly night: Night;
  readonly settings: EvaluationSettings;
  readonly assumptions: readonly string[];
  readonly definitions: readonly string[];
  readonly alarms: readonly AlarmSummary[];
  readonly totals: Totals;
  readonly observations: ReadonlyMap<string, Observation>;
  /** Alarms that saw no datapoint: what they did says nothing about what they would have done. */
  readonly blind: readonly string[];
  /** Metrics of the data that no alarm reads. */
  readonly unread: readonly string[];
  readonly notices: readonly Notice[];
  readonly whatIfs: readonly PlayedWhatIf[];
}

export interface PlayedWhatIf {
  /** Name of the alarm; undefined where settings are compared. */
  readonly alarm: string | undefined;
  readonly properties: readonly string[];
  /** The real template's values and what came of them. */
  readonly asIs: PlayedVariant;
  readonly variants: readonly PlayedVariant[];
}

export interface PlayedVariant {
  readonly set: Readonly<Record<string, string | number>>;
  /** Why it cannot be played, which leaves the rest empty. */
  readonly refused: string | undefined;
  /** The alarms that the change can reach. */
  readonly alarms: readonly AlarmSummary[];
  /** Over all shown alarms, those that the change cannot reach included. */
  readonly totals: Totals;
}

/** @throws BacktestError UnknownAlarm NotRehearsable */
export function runBacktest(input: BacktestInput): Backtest {
  const { resources, source, night } = input;
  const range = rangeOf(source, input);
  const settings = withDefaults(input.settings);
  const alarms = alarmsIn(resources);
  if (alarms.length === 0)
    throw new BacktestError(
      'template: no alarm in it, got none, expected at least one; name a template with alarms',
    );
  const shown = new Set(input.shown.map((asked) => findAlarm(alarms, asked).name));
  const isShown = ({ name }: { name: string }): boolean => shown.size === 0 || shown.has(name);
  const asked = whatIfs(input.sets, resources, settings);
  const supplied = suppliedIn(source.metrics());
  for (const whatIf of asked)
    refuseImpossible(whatIf, (resource) => defineAnyAlarm(resource, input.place, supplied));
  refuseUnknownTargets(input.pagesTo, alarms);

  const observer = createObserver({ ...range, columns: input.columns });
  const playback = play({
    resources,
    place: input.place,
    source: source.arrivals(),
    ...range,
    settings,
    supplied,
    onEvaluation: observer.onEvaluation,
  });
  const empty = emptyRangeText(source, range);
  const observations = observer.observations();
  const summaries = summarise(playback, { ...input, observations });
  const { blind, unread, partly, strays } = coverageOf(resources, source.metrics(), observations, range.end);
  return {
    ...range,
    night,
    settings,
    assumptions: assumptions(settings),
    definitions: definitions(input),
    alarms: summaries.filter(isShown),
    totals: totalsOf(summaries.filter(isShown)),
    observations,
    blind: blind.filter((name) => isShown({ name })),
    unread,
    notices: [
      ...input.remarks.map((remark) => ({ at: range.start, ...remark })),
      ...playback.notices,
      ...partly,
      ...strays,
      ...(empty === undefined ? [] : [{ at: range.start, subject: 'range', text: empty }]),
    ],
    whatIfs: asked.map((whatIf) => playWhatIf(whatIf, input, range, summaries, isShown)),
  };
}

function playWhatIf(
  whatIf: WhatIf,
  input: BacktestInput,
  range: { readonly start: number; readonly end: number },
  baseline: readonly AlarmSummary[],
  isShown: (alarm: AlarmSummary) => boolean,
): PlayedWhatIf {
  const asIs: PlayedVariant = {
    set: whatIf.asIs,
    refused: undefined,
    alarms: baseline,
    totals: totalsOf(baseline.filter(isShown)),
  };
  const variants = whatIf.variants.map((variant): PlayedVariant => {
    try {
      const alarms = playVariant(whatIf, variant, input, range);
      const byName = new Map(alarms.map((alarm) => [alarm.name, alarm]));
      const all = baseline.map((alarm) => byName.get(alarm.name) ?? alarm);
      return { set: variant.set, refused: undefined, alarms, totals: totalsOf(all.filter(isShown)) };
    } catch (error) {
      // A threshold may be compared with M of N that do not go together: the other variants are still wanted.
      if (!(error instanceof NotRehearsable)) throw error;
      return {
        set: variant.set,
        refused: `${error.subject}: ${error.why}`,
        alarms: [],
        totals: totalsOf([]),
      };
    }
  });
  return { alarm: whatIf.alarm?.name, properties: whatIf.properties, asIs, variants };
}

/** Only what the change can reach is played: the rest is as it was. */
function playVariant(
  { alarm }: WhatIf,
  { resources, settings }: Variant,
  input: BacktestInput,
  range: { readonly start: number; readonly end: number },
): AlarmSummary[] {
  const all = alarmsIn(resources);
  const changed = all.find(({ name }) => name === alarm?.name);
  const reached = changed === undefined ? new Set(all) : affectedBy(all, changed);
  const names = new Set([...reached].map(({ name }) => name));
  const playback = play({
    resources: resourcesFor(resources, reached, all),
    place: input.place,
    source: input.source.arrivals(),
    ...range,
    settings: { ...input.settings, ...settings },
    supplied: suppliedIn(input.source.metrics()),
  });
  // Peaks and coverage are the data's and not the variant's, and to collect them costs more than to play.
  return summarise(playback, { ...input, observations: new Map() }).filter(({ name }) => names.has(name));
}
