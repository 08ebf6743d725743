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
   * A percent boundary of TM, TC, TS and WM mostly falls within a sample. AWS says only that a trimmed count is interpolated
   * and may be fractional: by `share` the part inside counts, by `whole` the sample counts as a whole.
   */
  readonly trimmedBoundarySample: 'share' | 'whole';
  /**
   * `EvaluateLowSampleCountPercentile: ignore` keeps the state "during periods with too few data points"; AWS does not
   * say how many of the judged periods that takes.
   */
  readonly lowSampleCountKeepsState: 'any-judged' | 'every-judged';
  /** An operator whose two series both lack a timestamp: the documentation is silent, one live report saw zeros. */
  readonly bothSidesMissing: 'missing' | 'zero';
  /** `IF(series, series, series)` whose false branch lacks the point: zero in the 2026 text, missing in the 2023 text. */
  readonly missingFalseBranch: 'zero' | 'missing';
  /** STDDEV is "the standard deviation of all data points" for AWS, which does not say by which of the two formulas. */
  readonly standardDeviation: 'population' | 'sample';
  /** Metrics of `AWS/DynamoDB`: ignored by default says the user guide, ignored whatever the alarm says the API reference. */
  readonly dynamoDbMissingData: 'ignore-by-default' | 'ignore-always';
}

export const defaultSettings: EvaluationSettings = {
  evaluationRangeExtraPeriods: 2,
  evaluationDelaySeconds: 0,
  hourlyEvaluationMinute: 3,
  percentileInterpolation: 'nearest-rank',
  trimmedBoundarySample: 'share',
  lowSampleCountKeepsState: 'any-judged',
  bothSidesMissing: 'missing',
  missingFalseBranch: 'zero',
  standardDeviation: 'population',
  dynamoDbMissingData: 'ignore-by-default',
};

/** The settings with what is not named taken from the defaults. */
export function withDefaults(settings: Partial<EvaluationSettings> = {}): EvaluationSettings {
  return { ...defaultSettings, ...settings };
}

/** What AWS leaves open about actions. */
const aboutActions: readonly string[] = [
  'A suppressor suppresses in ALARM only; INSUFFICIENT_DATA does not suppress.',
  'The end of a wait or extension period runs actions only for a change that was held back.',
  'A suppressor that goes back to ALARM ends the extension period.',
  'A suppressor that changes in the same tick as its composite alarm is looked at first.',
  'Actions that a suppressor held back are sent with the states of the change and the time at which they run.',
  'Wait and extension periods run on during a mute window.',
  'StartDate and ExpireDate cut a mute window off; a day of its duration has 24 hours.',
  'A mute rule with a day of the month and a day of the week begins on either.',
  'EventBridge is told of a change of state whose actions are disabled as of any other.',
];

/** One sentence for each thing that AWS leaves open and this run decided; ready to print. */
export function assumptions(settings: EvaluationSettings): string[] {
  const extra = settings.evaluationRangeExtraPeriods;
  return [
    `The evaluation range is EvaluationPeriods + ${extra} periods (AWS publishes only 5 for 3).`,
    'Periods of an alarm end at the moment of evaluation and include their start, not their end.',
    `Data counts for an evaluation when it arrived at most ${settings.evaluationDelaySeconds} s after its period.`,
    `Alarms over more than one day, on the wall clock too, are evaluated ${settings.hourlyEvaluationMinute} minutes past each hour.`,
    `Percentiles are computed by ${settings.percentileInterpolation === 'linear' ? 'linear interpolation' : 'nearest rank'}.`,
    settings.trimmedBoundarySample === 'share'
      ? 'A sample that a percent boundary of TM, TC, TS or WM cuts counts with its part inside.'
      : 'A sample that a percent boundary of TM, TC, TS or WM cuts counts as a whole.',
    'Winsorised means replace what is beyond a percentage by the outermost value that trimming keeps, and what is beyond a value by that value.',
    'AVG over an array counts a missing member as 0; over one series it averages the points that there are.',
    'A period has no percentile, trimmed statistic or rank when one of its values is negative, or came in a statistic set of different values.',
    settings.lowSampleCountKeepsState === 'any-judged'
      ? 'A percentile alarm that ignores low sample counts keeps its state when any judged period has too few samples.'
      : 'A percentile alarm that ignores low sample counts keeps its state when every judged period has too few samples.',
    `Metric math on two series that both lack a point gives ${settings.bothSidesMissing === 'zero' ? '0' : 'no point'}.`,
    `IF over three series gives ${settings.missingFalseBranch === 'zero' ? '0' : 'no point'} where the false branch lacks one.`,
    `STDDEV is that of a ${settings.standardDeviation}; over an array it takes the members that have a point.`,
    'SORT puts series without points last, and keeps the order of equal ones.',
    settings.dynamoDbMissingData === 'ignore-by-default'
      ? 'Missing data of AWS/DynamoDB metrics is ignored unless the alarm says otherwise.'
      : 'Missing data of AWS/DynamoDB metrics is ignored whatever the alarm says.',
    'Metric math binds ^ before unary minus before * / before + - before comparisons before AND before OR.',
    'DIFF and RATE compare with the last point that exists; FILL fills a series that is wholly empty.',
    'Composite rules bind NOT before AND before OR.',
    'Composite alarms are evaluated once after all of their children that are due in the same tick, first in the first tick.',
    ...aboutActions,
  ];
}
