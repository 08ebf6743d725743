/** What AWS does not publish about alarm evaluation, as named settings: a run can say what it assumed and be repeated otherwise. */

export interface EvaluationSettings {
  /**
   * AWS asks for more datapoints than `EvaluationPeriods` and does not say how many. Its tables show five for three,
   * so two more are taken for every alarm.
   */
  readonly evaluationRangeExtraPeriods: number;
  /** AWS does not say how long it waits for late data before it evaluates a minute. Zero: it does not wait. */
  readonly evaluationDelaySeconds: number;
  /** An alarm over more than a day is evaluated once an hour; AWS's one worked case happens three minutes past. */
  readonly hourlyEvaluationMinute: number;
  /** AWS does not say how it computes a percentile. The nearest rank is always a value that was really measured. */
  readonly percentileInterpolation: 'nearest-rank' | 'linear';
  /**
   * `EvaluateLowSampleCountPercentile: ignore` keeps the state "during periods with too few data points"; AWS does not
   * say how many of the judged periods that takes.
   */
  readonly lowSampleCountKeepsState: 'any-judged' | 'every-judged';
  /** An operator whose two series both lack a timestamp: the documentation is silent, one live report saw zeros. */
  readonly bothSidesMissing: 'missing' | 'zero';
  /** `IF(series, series, series)` whose false branch lacks the point: zero in the 2026 text, missing in the 2023 text. */
  readonly missingFalseBranch: 'zero' | 'missing';
}

export const defaultSettings: EvaluationSettings = {
  evaluationRangeExtraPeriods: 2,
  evaluationDelaySeconds: 0,
  hourlyEvaluationMinute: 3,
  percentileInterpolation: 'nearest-rank',
  lowSampleCountKeepsState: 'any-judged',
  bothSidesMissing: 'missing',
  missingFalseBranch: 'zero',
};

/** The settings with what is not named taken from the defaults. */
export function withDefaults(settings: Partial<EvaluationSettings> = {}): EvaluationSettings {
  return { ...defaultSettings, ...settings };
}

/** One sentence for each thing that AWS leaves open and this run decided; ready to print. */
export function assumptions(settings: EvaluationSettings): string[] {
  const extra = settings.evaluationRangeExtraPeriods;
  return [
    `The evaluation range is EvaluationPeriods + ${extra} periods (AWS publishes only 5 for 3).`,
    'Periods of an alarm end at the moment of evaluation and include their start, not their end.',
    `Data counts for an evaluation when it arrived at most ${settings.evaluationDelaySeconds} s after its period.`,
    `Alarms over more than one day are evaluated ${settings.hourlyEvaluationMinute} minutes past each hour.`,
    `Percentiles are computed by ${settings.percentileInterpolation === 'linear' ? 'linear interpolation' : 'nearest rank'}.`,
    settings.lowSampleCountKeepsState === 'any-judged'
      ? 'A percentile alarm that ignores low sample counts keeps its state when any judged period has too few samples.'
      : 'A percentile alarm that ignores low sample counts keeps its state when every judged period has too few samples.',
    `Metric math on two series that both lack a point gives ${settings.bothSidesMissing === 'zero' ? '0' : 'no point'}.`,
    `IF over three series gives ${settings.missingFalseBranch === 'zero' ? '0' : 'no point'} where the false branch lacks one.`,
    'Metric math binds ^ before unary minus before * / before + - before comparisons before AND before OR.',
    'DIFF and RATE compare with the last point that exists; FILL fills a series that is wholly empty.',
    'Composite rules bind NOT before AND before OR.',
    'Composite alarms are evaluated once after all of their children that are due in the same tick.',
  ];
}
