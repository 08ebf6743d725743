/** Data that no alarm reads makes a test pass for the wrong reason: it is refused, unless the test says that it means it. */
import { describeMetric, identityKey } from '../../cloudwatch/identity';
import { suppliedNamespace } from '../../cloudwatch/supplied';
import type { MetricIdentity } from '../../cloudwatch/types';
import { NotRehearsable } from '../../not-rehearsable';
import type { AlarmBook, AlarmEntry } from './alarm-book';
import { type AlarmInput, inputsOf } from './inputs';
import { AlarmTestError } from './read';

/** One metric that a test brings. */
export interface Brought {
  readonly metric: MetricIdentity;
  readonly unit: string;
  readonly resolutionSeconds: 1 | 60;
}

interface Watched extends AlarmInput {
  readonly entry: AlarmEntry;
}

/** CloudWatch's word for a sample that was sent without a unit. */
const noUnit = 'None';
const standardPeriodSeconds = 60;

/**
 * Something of what one series brings must be read by an alarm of the template; with `unread` nothing may be.
 * @throws AlarmTestError naming the nearest metric that an alarm reads
 */
export function refuseUnread(
  place: string,
  brought: readonly Brought[],
  book: AlarmBook,
  isMeant = false,
): void {
  const watched = book.alarms.flatMap((entry) => readsOf(entry).map((input) => ({ ...input, entry })));
  const real = brought.filter(({ metric }) => metric.namespace !== suppliedNamespace);
  const [first] = real;
  // What was supplied is looked for by the alarm itself; an empty file has nothing to be looked for.
  if (first === undefined || (real.length < brought.length && !isMeant)) return;
  const read = real.flatMap((each) => watched.find((input) => problemOf(each, input) === undefined) ?? []);
  const [reader] = read;
  if (isMeant && reader !== undefined) {
    throw new AlarmTestError(
      `${place}: unread: an alarm reads it, got true, expected a series that none reads; take it away, because ${reader.entry.name} reads ${describeMetric(reader.metric)}`,
    );
  }
  if (isMeant || reader !== undefined) return;
  throw new AlarmTestError(
    `${place}: no alarm reads this series, got ${describe(first)}, expected ${nearest(first, watched)}; correct it, or write unread: true where that is meant`,
  );
}

function readsOf(entry: AlarmEntry): AlarmInput[] {
  try {
    return inputsOf(entry);
  } catch (error) {
    // An alarm that cannot be read at all is told of by the test that needs it.
    if (error instanceof NotRehearsable) return [];
    throw error;
  }
}

/** Why the alarm does not see the data, although the metric seems to be there; undefined where it sees it. */
function problemOf({ metric, unit, resolutionSeconds }: Brought, input: Watched): string | undefined {
  const { entry, periodSeconds } = input;
  const owner = `which ${entry.name} reads`;
  if (identityKey(metric) !== identityKey(input.metric)) return `${describeMetric(input.metric)}, ${owner}`;
  if (input.unit !== undefined && unit !== input.unit)
    return `the unit ${input.unit}, ${owner}: CloudWatch converts no units`;
  if (periodSeconds < standardPeriodSeconds && resolutionSeconds === 60)
    return `resolution: 1, because ${entry.name} reads periods of ${periodSeconds} s`;
  return undefined;
}

function nearest(brought: Brought, watched: readonly Watched[]): string {
  const [best] = [...watched].sort((left, right) => distance(brought, left) - distance(brought, right));
  return (best && problemOf(brought, best)) ?? 'an alarm on a metric, of which the template has none';
}

/** Metrics that differ in less come first: in unit or resolution, in dimensions, in the name, in everything. */
function distance({ metric }: Brought, { metric: watched }: Watched): number {
  if (identityKey(metric) === identityKey(watched)) return 0;
  const isNamesake = metric.name === watched.name;
  const rank = isNamesake ? (metric.namespace === watched.namespace ? 1 : 2) : 3;
  // Texts of metrics are far shorter than this.
  return rank * 1e6 + editsBetween(describeMetric(metric), describeMetric(watched));
}

/** How many letters have to be put in, taken out or exchanged. */
function editsBetween(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (const [line, letter] of [...left].entries()) {
    const next = [line + 1];
    for (let column = 0; column < right.length; column++) {
      const exchange = (row[column] ?? 0) + (right[column] === letter ? 0 : 1);
      next.push(Math.min(exchange, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

function describe({ metric, unit }: Brought): string {
  return `${describeMetric(metric)}${unit === noUnit ? ' without a unit' : ` in ${unit}`}`;
}

/** What is sent without a unit has the unit None. */
export function broughtBySeries(
  metric: MetricIdentity,
  unit: string | undefined,
  resolutionSeconds: 1 | 60,
): Brought {
  return { metric, unit: unit ?? noUnit, resolutionSeconds };
}
