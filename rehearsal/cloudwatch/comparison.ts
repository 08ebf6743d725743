/** Comparison operators of alarms: what they compare and how their reason texts say it. */

export const comparisonOperators = [
  'GreaterThanOrEqualToThreshold',
  'GreaterThanThreshold',
  'LessThanThreshold',
  'LessThanOrEqualToThreshold',
] as const;
export type ComparisonOperator = (typeof comparisonOperators)[number];

/** Does the value cross the threshold? */
export function breaches(operator: ComparisonOperator, value: number, threshold: number): boolean {
  switch (operator) {
    case 'GreaterThanOrEqualToThreshold':
      return value >= threshold;
    case 'GreaterThanThreshold':
      return value > threshold;
    case 'LessThanThreshold':
      return value < threshold;
    case 'LessThanOrEqualToThreshold':
      return value <= threshold;
  }
}

export const comparisonWords: Readonly<Record<ComparisonOperator, string>> = {
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  GreaterThanThreshold: 'greater than',
  LessThanThreshold: 'less than',
  LessThanOrEqualToThreshold: 'less than or equal to',
};

/** Comparisons with a band instead of a threshold. */
export const bandOperators = [
  'LessThanLowerOrGreaterThanUpperThreshold',
  'LessThanLowerThreshold',
  'GreaterThanUpperThreshold',
] as const;
export type BandOperator = (typeof bandOperators)[number];

/** Is the value outside the band, on the side that the operator means? */
export function leavesBand(operator: BandOperator, value: number, lower: number, upper: number): boolean {
  const below = value < lower && operator !== 'GreaterThanUpperThreshold';
  return below || (value > upper && operator !== 'LessThanLowerThreshold');
}

export const bandWords: Readonly<Record<BandOperator, string>> = {
  LessThanLowerOrGreaterThanUpperThreshold:
    'less than the lower thresholds or greater than the upper thresholds',
  LessThanLowerThreshold: 'less than the lower thresholds',
  GreaterThanUpperThreshold: 'greater than the upper thresholds',
};
