/** Settings of the evaluation that a what-if can set: does what AWS does not publish matter here? */
import { defaultSettings, type EvaluationSettings } from '../../cloudwatch/settings';
import type { RefuseValue } from './what-if-properties';

/** The words of each setting that has words; a new setting cannot be forgotten here. */
const choices: { readonly [K in keyof EvaluationSettings]: readonly EvaluationSettings[K][] | 'number' } = {
  evaluationRangeExtraPeriods: 'number',
  evaluationDelaySeconds: 'number',
  hourlyEvaluationMinute: 'number',
  percentileInterpolation: ['nearest-rank', 'linear'],
  lowSampleCountKeepsState: ['any-judged', 'every-judged'],
  bothSidesMissing: ['missing', 'zero'],
  missingFalseBranch: ['zero', 'missing'],
  trimmedBoundarySample: ['share', 'whole'],
  standardDeviation: ['population', 'sample'],
  dynamoDbMissingData: ['ignore-by-default', 'ignore-always'],
};

/** An hour has no more minutes; beyond a day of waiting, or of periods of a minute, nothing is AWS's behaviour any more. */
const mostOf: Readonly<Record<string, number>> = {
  evaluationRangeExtraPeriods: 1440,
  evaluationDelaySeconds: 86_400,
  hourlyEvaluationMinute: 59,
};

export const settingNames: readonly string[] = Object.keys(defaultSettings);

/** The value of the setting, or the error that `refuse` makes. */
export function readSettingValue(name: string, text: string, refuse: RefuseValue): string | number {
  const allowed = (choices as Readonly<Record<string, readonly unknown[] | 'number'>>)[name];
  if (Array.isArray(allowed)) {
    if (allowed.includes(text)) return text;
    throw refuse('no such word', text, `one of ${allowed.join(', ')}`);
  }
  const most = mostOf[name] ?? Number.MAX_SAFE_INTEGER;
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= most) return value;
  throw refuse('no count', text, `a whole number from 0 on, at most ${most}`);
}
