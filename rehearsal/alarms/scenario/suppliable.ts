/** What a test may supply for an alarm: the results of queries that only AWS can run, and how far apart they are. */
import { ExpressionError } from '../../cloudwatch/math/ast';
import { parseExpression } from '../../cloudwatch/math/parse';
import { readMetricAlarm } from '../../cloudwatch/properties';
import { isPromQl, logQueryId, promQlQueryId } from '../../cloudwatch/query-alarms';
import { needsAws } from '../../cloudwatch/supplied';
import type { AlarmEntry } from './alarm-book';

/** The ids of what only AWS can compute for the alarm. */
export function suppliableIds({ kind, resource }: AlarmEntry): string[] {
  if (kind === 'composite') return [];
  if (resource.type === 'AWS::CloudWatch::LogAlarm') return [logQueryId];
  if (isPromQl(resource)) return [promQlQueryId];
  return (readMetricAlarm(resource).Metrics ?? []).flatMap(({ Id, Expression }) =>
    Expression !== undefined && needsAwsFor(Expression) ? [Id] : [],
  );
}

function needsAwsFor(expression: string): boolean {
  if (needsAws(expression) !== undefined) return true;
  try {
    return needsAws(parseExpression(expression)) !== undefined;
  } catch (error) {
    // The run refuses it with the whole story.
    if (error instanceof ExpressionError) return false;
    throw error;
  }
}

/** The shortest period of the alarm, whatever else it says: it may be one that is not evaluated here. */
export function stepMsOf({ resource }: AlarmEntry): number | undefined {
  const { Period, Metrics, EvaluationInterval, ScheduledQueryConfiguration } = resource.properties;
  const queries: readonly { Period?: unknown; MetricStat?: { Period?: unknown } }[] = Array.isArray(Metrics)
    ? Metrics
    : [];
  const periods = [
    Period,
    EvaluationInterval,
    scheduleSeconds(ScheduledQueryConfiguration),
    ...queries.flatMap((query) => [query.Period, query.MetricStat?.Period]),
  ]
    .map(Number)
    .filter((seconds) => seconds > 0);
  return periods.length === 0 ? undefined : Math.min(...periods) * 1000;
}

const unitSeconds: Readonly<Record<string, number>> = { minute: 60, hour: 3600, day: 86_400 };

/** Of a log query, which has no period but runs as often as its schedule says. */
function scheduleSeconds(configuration: unknown): number | undefined {
  const found = /"rate\((\d+) (minute|hour|day)s?\)"/.exec(JSON.stringify(configuration) ?? '');
  return found === null ? undefined : Number(found[1]) * (unitSeconds[found[2] ?? ''] ?? Number.NaN);
}
