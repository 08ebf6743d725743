/** Plays the data through one alarm and what it depends on, and keeps what explains its states. */
import { parseRule } from '../../cloudwatch/composite-rule-parser';
import type { Evaluation } from '../../cloudwatch/evaluation';
import { type EvaluationSettings, withDefaults } from '../../cloudwatch/settings';
import { suppliedIn } from '../../cloudwatch/supplied';
import type { Place, Resource } from '../../resources';
import { alarmsIn, resourcesFor, type TemplateAlarm } from '../backtest/family';
import { emptyRangeText, rangeOf } from '../backtest/range';
import { findAlarm } from '../find-alarm';
import { play } from '../playback';
import type { AlarmPlayback, Notice, SeriesSource } from '../types';
import { type CompositeMoment, momentsOf } from './composite-moments';
import { createDigest, type Step } from './digest';

export interface ExplainInput {
  readonly resources: readonly Resource[];
  readonly place: Place;
  readonly source: SeriesSource;
  /** The alarm as the person named it. */
  readonly asked: string;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** Only the last evaluation not after this. */
  readonly at?: number | undefined;
  /** Every evaluation, not only those at which something is new. */
  readonly all: boolean;
  readonly settings?: Partial<EvaluationSettings>;
}

export interface Explanation {
  readonly alarm: TemplateAlarm;
  readonly start: number;
  readonly end: number;
  readonly settings: EvaluationSettings;
  readonly playback: AlarmPlayback;
  /** The one moment that was asked for. */
  readonly at: number | undefined;
  readonly notices: readonly Notice[];
  /** For a metric alarm. */
  readonly steps: readonly Step[];
  readonly evaluations: number;
  readonly first: Evaluation | undefined;
  /** For a composite alarm. */
  readonly moments: readonly CompositeMoment[];
}

/** @throws BacktestError UnknownAlarm NotRehearsable */
export function runExplain(input: ExplainInput): Explanation {
  const { resources, source, at } = input;
  const alarms = alarmsIn(resources);
  const alarm = findAlarm(alarms, input.asked);
  const range = rangeOf(source, {
    from: input.from,
    to: at ?? input.to,
    endOption: at === undefined ? '--to' : '--at',
  });
  const watch = watchAlarm(alarm.name, input);
  const playback = play({
    resources: resourcesFor(resources, new Set([alarm]), alarms),
    place: input.place,
    source: source.arrivals(),
    ...range,
    ...(input.settings === undefined ? {} : { settings: input.settings }),
    supplied: suppliedIn(source.metrics()),
    onEvaluation: watch.onEvaluation,
  });
  const empty = emptyRangeText(source, range);
  const own = findAlarm(playback.alarms, alarm.name);
  return {
    alarm,
    start: range.start,
    end: range.end,
    settings: withDefaults(input.settings),
    playback: own,
    at,
    notices: [
      ...playback.notices.filter(({ subject }) => subject === alarm.name),
      ...(empty === undefined ? [] : [{ at: range.start, subject: 'range', text: empty }]),
    ],
    ...watch.result(),
    moments: momentsFor(alarm, playback.alarms, own, at),
  };
}

interface Watch {
  onEvaluation(evaluation: Evaluation): void;
  result(): Pick<Explanation, 'steps' | 'evaluations' | 'first'>;
}

function watchAlarm(name: string, { all, at }: ExplainInput): Watch {
  const digest = createDigest(all);
  let evaluations = 0;
  let first: Evaluation | undefined;
  let last: Evaluation | undefined;
  return {
    onEvaluation: (evaluation) => {
      if (evaluation.alarm !== name || (at !== undefined && evaluation.at > at)) return;
      evaluations += 1;
      first ??= evaluation;
      last = evaluation;
      if (at === undefined) digest.add(evaluation);
    },
    result: () => {
      const only: Step[] = last === undefined ? [] : [{ kind: 'full', evaluation: last }];
      const steps = at !== undefined ? only : digest.steps();
      return { steps, evaluations, first };
    },
  };
}

function momentsFor(
  alarm: TemplateAlarm,
  playbacks: readonly AlarmPlayback[],
  own: AlarmPlayback,
  at: number | undefined,
): readonly CompositeMoment[] {
  const { AlarmRule } = alarm.resource.properties;
  if (own.kind !== 'composite' || typeof AlarmRule !== 'string') return [];
  const moments = momentsOf(parseRule(AlarmRule).rule, own, playbacks);
  return at === undefined ? moments : moments.filter((moment) => moment.at <= at).slice(-1);
}
