/** A test to begin with for a case that an alarm lacks; its values are for the person to fill in. */
import { readPromQlAlarm } from '../../cloudwatch/properties';
import { isPromQl } from '../../cloudwatch/query-alarms';
import type { AlarmCoverage, CoverageCase } from './coverage';
import { formatDuration } from './duration';
import { inputsOf } from './inputs';
import { stepMsOf, suppliableIds } from './suppliable';

const titles: Readonly<Record<CoverageCase, string>> = {
  fires: 'fires when ...',
  staysQuiet: 'stays quiet while ...',
  missingData: 'with a gap in its data',
};

/** As an alarm says it, or the usual where it says nothing. */
interface Shape {
  readonly bad: string;
  readonly good: string;
  readonly evaluationPeriods: number;
  readonly stepMs: number;
  readonly treatMissingData: string;
}

/** Steps before the case begins, and after it. */
const calmSteps = 5;
/** Long enough to see for alarms of a few periods. */
const shortestCase = 10;
/** CloudWatch looks this far beyond the evaluation periods when data is missing. */
const extraPeriods = 2;

const minuteMs = 60_000;

/** Lines of a test that fits the list of a test file. */
export function exampleOf({ name, kind, entry }: AlarmCoverage, lack: CoverageCase): string[] {
  const shape = shapeOf(entry);
  const { good, bad, evaluationPeriods: n, stepMs } = shape;
  const badSteps = Math.max(shortestCase, n);
  const gapSteps = Math.max(calmSteps, n + extraPeriods);
  // Where silence breaches, an alarm without a past would begin in ALARM.
  const leadSteps = shape.treatMissingData === 'breaching' ? n : 0;
  const calm = [good, calmSteps + leadSteps] as const;
  const pattern: Readonly<Record<CoverageCase, readonly (readonly [value: string, steps: number])[]>> = {
    fires: [calm, [bad, badSteps]],
    staysQuiet: [[good, calmSteps + leadSteps + badSteps]],
    missingData: [calm, ['_', gapSteps], [good, calmSteps]],
  };
  const values = pattern[lack].map(([value, steps]) => `${value}x${steps}`).join(' ');
  const allSteps = pattern[lack].reduce((sum, [, steps]) => sum + steps, 0);
  const offset = (steps: number): string => formatDuration(steps * stepMs);
  const start = leadSteps === 0 ? '' : `start: ${offset(-leadSteps)}, `;
  const series = kind === 'composite' ? [] : seriesOf(entry, { name, values, start, allSteps });
  const expectation: Readonly<Record<CoverageCase, string>> = {
    fires: `{ at: ${offset(calmSteps + badSteps)}, ${name}: ALARM }`,
    staysQuiet: `{ ${name}: not ALARM }`,
    missingData: `{ at: ${offset(calmSteps + gapSteps)}, ${name}: ${stateInGap(shape)} }`,
  };
  return [
    `- name: ${titles[lack]}`,
    '  series:',
    ...(series.length > 0 ? series : ['      # the series of its children']),
    '  expect:',
    `      - ${expectation[lack]}`,
  ];
}

function stateInGap({ treatMissingData }: Shape): string {
  if (treatMissingData === 'breaching') return 'ALARM';
  return treatMissingData === 'missing' ? 'INSUFFICIENT_DATA' : 'OK';
}

/** A line for each metric that the alarm reads, and for each query that AWS alone can run. */
function seriesOf(
  entry: AlarmCoverage['entry'],
  {
    name,
    values,
    start,
    allSteps: steps,
  }: { readonly name: string; readonly values: string; readonly start: string; readonly allSteps: number },
): string[] {
  const inputs = inputsOf(entry).map(
    ({ id }) => `      - { input: ${name}${id === undefined ? '' : `.${id}`}, ${start}values: ${values} }`,
  );
  const bandId = entry.resource.properties.ThresholdMetricId;
  const supplied = suppliableIds(entry).map((id) => {
    const what =
      id === bandId
        ? `band: { lower: ${band.lower}x${steps}, upper: ${band.upper}x${steps} }`
        : `values: ${values}`;
    return `      - { supply: ${name}.${id}, ${start}${what} }`;
  });
  return [...inputs, ...supplied];
}

/** Room on both sides for the values below. */
const band = { lower: 10, upper: 20 };

function shapeOf(entry: AlarmCoverage['entry']): Shape {
  const { resource, kind } = entry;
  const { properties } = resource;
  const stepMs = stepMsOf(entry) ?? minuteMs;
  const pendingSteps = isPromQl(resource)
    ? Math.ceil((readPromQlAlarm(resource).EvaluationCriteria.PromQLCriteria.PendingPeriod * 1000) / stepMs)
    : 0;
  return {
    ...valuesOf(properties, isPromQl(resource)),
    evaluationPeriods:
      Number(properties.EvaluationPeriods ?? properties.QueryResultsToEvaluate ?? 1) + pendingSteps,
    stepMs,
    // What a composite alarm makes of it is in its rule; OK is the usual.
    treatMissingData: String(properties.TreatMissingData ?? (kind === 'composite' ? 'ignore' : 'missing')),
  };
}

/** On the side of the threshold that the alarm looks at, and on the other. */
function valuesOf(
  { ComparisonOperator, Threshold, Metrics }: Readonly<Record<string, unknown>>,
  isPresence: boolean,
): Pick<Shape, 'bad' | 'good'> {
  // Whatever a PromQL query returns is bad, and nothing is good.
  if (isPresence) return { good: '_', bad: '1' };
  const operator = String(ComparisonOperator);
  if (operator.startsWith('LessThanLower') && !operator.includes('Greater')) return { good: '15', bad: '0' };
  if (operator.includes('Upper')) return { good: '15', bad: '100' };
  const isBelow = operator.startsWith('Less');
  // What an expression makes of its metrics is not known here.
  if (Metrics !== undefined || Threshold === undefined)
    return isBelow ? { good: '100', bad: '0' } : { good: '1', bad: '100' };
  const limit = Number(Threshold);
  const step = Math.max(1, Math.abs(limit));
  const under = limit > 0 ? (isBelow ? 0 : limit / 2) : limit - step;
  // Zeros alone would not count as data.
  const over = limit + step || 1;
  return isBelow ? { good: String(over), bad: String(under) } : { good: String(under), bad: String(over) };
}
