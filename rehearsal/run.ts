/** Rehearses one scenario from a quiet start to a verdict: the only loop of the rehearsal. */
import { sleep } from './clock';
import { queriesOf } from './cloudwatch/alarm-queries';
import { assumptions, defaultSettings } from './cloudwatch/settings';
import type { AlarmRecord } from './cloudwatch/types';
import { diagnose } from './diagnosis';
import type { RehearsalEvent } from './events';
import { isNamed, judge, type Outcome } from './expectations';
import { injectFaults } from './faults';
import { NotRehearsable } from './not-rehearsable';
import type { Scenario } from './scenario';
import { type SecondOfTraffic, seededRandom, startTraffic } from './traffic';
import { isClosed, measure, type Run, type WatchedSeries } from './verdict';
import type { World } from './world';

/** Enough calls in ten seconds for any minimum sample, few enough to leave a laptop alone. */
const requestsPerSecond = 12;

/** A caller gives up after this; longer than any answer that still counts. */
const patienceMs = 3000;

/** Two whole ten-second periods of quiet before the fault, so that the chart shows what usual is. */
const quietSeconds = 20;

/** All fast alarms have judged their first data long before this; later something is broken from the start. */
const baselineTimeoutSeconds = 75;

const pollMs = 200;

/** The last lines of a journal in which a failing start says why. */
const journalLines = 5;

/**
 * Runs the scenario in a fresh world, which the caller stops.
 * @param aborted true once a person has asked to stop
 */
export async function rehearse(world: World, scenario: Scenario, aborted: () => boolean): Promise<Run> {
  const { clock, log } = world;
  const startedAt = clock.now();
  const failure = await startFailure(world);
  if (failure !== undefined) {
    return conclude(world, scenario, { startedAt, faultAt: clock.now(), traffic: [], unready: [], failure });
  }
  const traffic = startTraffic({
    url: world.host.url,
    releaseDirectory: world.host.releaseDirectory,
    clock,
    random: seededRandom(7),
    patienceMs,
    requestsPerSecond,
  });
  try {
    const unready = await baseline(world, aborted);
    if (unready.length > 0)
      return conclude(world, scenario, {
        startedAt,
        faultAt: clock.now(),
        traffic: traffic.seconds,
        unready,
      });
    const faultAt = clock.now();
    const stopFaults = await injectFaults(scenario.faults, world);
    await observe(scenario, world, faultAt, aborted);
    stopFaults();
    return conclude(world, scenario, { startedAt, faultAt, traffic: traffic.seconds, unready: [] });
  } finally {
    traffic.stop();
    log.emit({ kind: 'host', what: 'rehearsal over' });
  }
}

/** Why the host did not come up, in its own last words; undefined when it did. */
async function startFailure(world: World): Promise<string | undefined> {
  try {
    await world.start();
    return undefined;
  } catch (error) {
    if (error instanceof NotRehearsable) throw error;
    const lastWords = world.host.supervisor.journal().slice(-journalLines).join(' / ');
    return `the host did not start: ${(error as Error).message}${lastWords === '' ? '' : `; its journal ends ${lastWords}`}`;
  }
}

/** Waits until every fast alarm is OK; returns those that are not when the time is over. */
async function baseline({ clock, cloudwatch }: World, aborted: () => boolean): Promise<AlarmRecord[]> {
  const startedAt = clock.now();
  const unready = (): AlarmRecord[] =>
    cloudwatch.alarms().filter((alarm) => isFast(alarm) && alarm.state !== 'OK');
  while (!aborted()) {
    const waitedSeconds = (clock.now() - startedAt) / 1000;
    if (waitedSeconds >= quietSeconds && unready().length === 0) return [];
    if (waitedSeconds >= baselineTimeoutSeconds) return unready();
    await sleep(clock, pollMs);
  }
  return [];
}

function isFast({ properties }: AlarmRecord): boolean {
  const periods = queriesOf(properties).map((query) => query.MetricStat?.Period ?? 60);
  return Math.min(Number(properties.Period ?? 60), ...periods) < 60;
}

/** Until everything that must happen has happened and time was left for what must not, or it can no longer come right. */
async function observe(
  scenario: Scenario,
  world: World,
  faultAt: number,
  aborted: () => boolean,
): Promise<void> {
  const { clock, log } = world;
  let metSince: number | undefined;
  while (!aborted()) {
    const now = clock.now();
    const outcomes = judge(scenario, log.events, { faultAt, now, over: false });
    const met = outcomes.every((outcome) => outcome.met);
    metSince = met ? (metSince ?? now) : undefined;
    if (metSince !== undefined && now - metSince >= scenario.observeSeconds * 1000) return;
    if (outcomes.some((outcome) => outcome.decided && !outcome.met)) return;
    if (now - faultAt >= scenario.timeoutSeconds * 1000) return;
    await sleep(clock, pollMs);
  }
}

interface Ending {
  readonly startedAt: number;
  readonly faultAt: number;
  readonly traffic: readonly SecondOfTraffic[];
  /** Alarms that never became OK, so that there was no quiet start. */
  readonly unready: readonly AlarmRecord[];
  /** Why the host did not start at all. */
  readonly failure?: string;
}

function conclude(world: World, scenario: Scenario, ending: Ending): Run {
  const { startedAt, faultAt, traffic, unready, failure } = ending;
  const { clock, log, cloudwatch, sns } = world;
  const endedAt = clock.now();
  const events = [...log.events];
  const quiet: Outcome = {
    words: 'a quiet start: every fast alarm is OK before the fault',
    met: unready.length === 0 && failure === undefined,
    decided: true,
    detail:
      failure ??
      (unready.map(({ name, state, stateReason }) => `${name} is ${state}: ${stateReason}`).join('; ') ||
        'all OK'),
  };
  const outcomes = quiet.met
    ? [quiet, ...judge(scenario, events, { faultAt, now: endedAt, over: true })]
    : [quiet];
  const range = { start: startedAt, end: endedAt + 10_000 };
  const expectationsMet = outcomes.every(({ met }) => met);
  const judged = {
    ...scenario,
    must: [...unready.map(({ name }) => ({ what: { alarm: name, to: 'OK' as const } })), ...scenario.must],
  };
  return {
    scenario: scenario.name,
    title: scenario.title,
    story: scenario.story,
    startedAt,
    faultAt,
    endedAt,
    events,
    outcomes,
    expectationsMet,
    closed: quiet.met && isClosed(events, faultAt),
    durations: measure(events, faultAt),
    watched: watchedAlarms(scenario, events, cloudwatch.alarms()).map((alarm) =>
      seriesOf(alarm, world, range),
    ),
    // Without a host every other finding would only repeat that there was none.
    hints:
      expectationsMet || failure !== undefined
        ? []
        : diagnose({ scenario: judged, events, range, cloudwatch, sns }),
    assumptions: assumptions(defaultSettings),
    calls: {
      answered: traffic.reduce((sum, { answered }) => sum + answered, 0),
      failed: traffic.reduce((sum, { failed }) => sum + failed, 0),
    },
  };
}

/** The alarms worth drawing: those the scenario speaks of that watch a number, and those that went off. */
function watchedAlarms(
  scenario: Scenario,
  events: readonly RehearsalEvent[],
  alarms: readonly AlarmRecord[],
): AlarmRecord[] {
  const spokenOf = [...scenario.must, ...scenario.mustNot].flatMap(({ what }) =>
    'alarm' in what ? [what.alarm] : [],
  );
  return alarms.filter(
    (alarm) =>
      alarm.kind === 'metric' &&
      (spokenOf.some((name) => isNamed(name, alarm.name)) ||
        events.some((event) => event.kind === 'alarm' && event.name === alarm.name && event.to === 'ALARM')),
  );
}

function seriesOf(
  alarm: AlarmRecord,
  { cloudwatch }: World,
  range: { start: number; end: number },
): WatchedSeries {
  const { properties } = alarm;
  const queries = queriesOf(properties);
  const [series] = cloudwatch.getMetricData(queries, range);
  const returned = queries.find(({ ReturnData }) => ReturnData !== false);
  return {
    alarmName: alarm.name,
    label: returned?.Label ?? String(properties.MetricName ?? alarm.name),
    threshold: Number(properties.Threshold),
    comparison: String(properties.ComparisonOperator),
    periodSeconds: Number(
      properties.Period ?? queries.find(({ MetricStat }) => MetricStat)?.MetricStat?.Period ?? 60,
    ),
    points: (series?.timestamps ?? []).map((at, index) => ({ at, value: series?.values[index] ?? 0 })),
  };
}
