/** Templates with one mistake each: what tests that are worth anything must notice. */
import { bandOperators, comparisonOperators } from '../../cloudwatch/comparison';
import { printRule } from '../../cloudwatch/composite-rule';
import { parseRule } from '../../cloudwatch/composite-rule-parser';
import type { Resource } from '../../resources';
import { ruleMutants } from './rule-mutants';

export interface Mutant {
  /** `fraud-scorer-dev-errorRateHigh: Threshold 5.5 for 5`; the same in every run. */
  readonly id: string;
  readonly alarm: string;
  /** The alarm with the mistake; it takes the place of the one with its stack and logical id. */
  readonly resource: Resource;
}

type Change = readonly [property: string, value: string | number];

const treatments = ['breaching', 'notBreaching', 'ignore', 'missing'] as const;
/** Mistakes smaller than this are within what a threshold is guessed to. */
const thresholdShare = 0.1;
/** One evaluation of a high-resolution alarm: shorter differences need not show. */
const suppressorStepSeconds = 10;

/** Every mutant of every alarm among the resources, in their order. */
export function mutate(resources: readonly Resource[]): Mutant[] {
  return resources.flatMap((resource) => {
    if (resource.type === 'AWS::CloudWatch::Alarm') return toMutants(resource, metricChanges(resource));
    if (resource.type === 'AWS::CloudWatch::CompositeAlarm') return compositeMutants(resource);
    return [];
  });
}

function toMutants(resource: Resource, changes: readonly Change[]): Mutant[] {
  const alarm = nameOf(resource);
  return changes.map(([property, value]) => ({
    id: `${alarm}: ${property} ${value} for ${String(resource.properties[property] ?? 'nothing')}`,
    alarm,
    resource: { ...resource, properties: { ...resource.properties, [property]: value } },
  }));
}

function nameOf({ properties, id }: Resource): string {
  return typeof properties.AlarmName === 'string' ? properties.AlarmName : id;
}

function metricChanges({ properties }: Resource): Change[] {
  const n = Number(properties.EvaluationPeriods);
  const m = Number(properties.DatapointsToAlarm ?? n);
  const comparison = String(properties.ComparisonOperator);
  const treatment = String(properties.TreatMissingData ?? 'missing');
  const operators: readonly string[] = bandOperators.some((each) => each === comparison)
    ? bandOperators
    : comparisonOperators;
  const change = (property: string, values: readonly (string | number)[]): Change[] =>
    values.map((value) => [property, value]);
  return [
    ...(properties.Threshold === undefined
      ? []
      : change('Threshold', besideThreshold(Number(properties.Threshold)))),
    ...change(
      'DatapointsToAlarm',
      [m - 1, m + 1].filter((value) => value >= 1 && value <= n),
    ),
    // M of N stays as it is, so that only one thing changes.
    ...(properties.DatapointsToAlarm === undefined
      ? change(
          'EvaluationPeriods',
          [n - 1, n + 1].filter((value) => value >= 1),
        )
      : change(
          'EvaluationPeriods',
          [n - 1, n + 1].filter((value) => value >= m),
        )),
    ...change(
      'ComparisonOperator',
      operators.filter((each) => each !== comparison),
    ),
    ...change(
      'TreatMissingData',
      treatments.filter((each) => each !== treatment),
    ),
  ];
}

/** A tenth less and more; the next whole number for 0 and 1, which count things. */
function besideThreshold(threshold: number): number[] {
  const counts = threshold === 0 || Math.abs(threshold) === 1;
  const step = counts ? 1 : Math.abs(threshold) * thresholdShare;
  // Ten digits, so that 0.6 and a tenth is 0.66.
  return [threshold - step, threshold + step].map((value) => Number(value.toPrecision(10)));
}

function compositeMutants(resource: Resource): Mutant[] {
  const alarm = nameOf(resource);
  const { rule } = parseRule(String(resource.properties.AlarmRule));
  const rules = ruleMutants(rule).map(({ what, rule: mutant }) => ({
    id: `${alarm}: AlarmRule ${what}`,
    alarm,
    resource: { ...resource, properties: { ...resource.properties, AlarmRule: printRule(mutant) } },
  }));
  return [...rules, ...toMutants(resource, suppressorChanges(resource))];
}

function suppressorChanges({ properties }: Resource): Change[] {
  return ['ActionsSuppressorWaitPeriod', 'ActionsSuppressorExtensionPeriod'].flatMap((property) => {
    if (properties[property] === undefined) return [];
    const seconds = Number(properties[property]);
    return [seconds - suppressorStepSeconds, seconds + suppressorStepSeconds]
      .filter((value) => value >= 0)
      .map((value): Change => [property, value]);
  });
}
