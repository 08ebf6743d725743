/** One scenario from start to verdict, in a hand-made world whose time runs by itself. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { AlarmRecord, MetricDataQuery } from '../../rehearsal/cloudwatch/types';
import type { RehearsalEvent, Unstamped } from '../../rehearsal/events';
import { NotRehearsable } from '../../rehearsal/not-rehearsable';
import { startRehearsal } from '../../rehearsal/rehearsal';
import { rehearse } from '../../rehearsal/run';
import type { Scenario } from '../../rehearsal/scenario';
import type { Run } from '../../rehearsal/verdict';
import type { World } from '../../rehearsal/world';
import { manualClock } from './manual-clock';
import { type Recorder, recorder } from './parts';
import { scenario as usual } from './story';

const release = mkdtempSync(join(tmpdir(), 'vigia-release-'));
after(() => rmSync(release, { recursive: true }));
mkdirSync(join(release, 'model'));
writeFileSync(
  join(release, 'model', 'model.json'),
  JSON.stringify({ features: [], probe: { instance: {} } }),
);

const metric = {
  MetricStat: { Metric: { Namespace: 'Vigia', MetricName: 'Errors' }, Period: 10, Stat: 'Sum' },
};

function alarmRecord(name: string, state: AlarmRecord['state'], periodSeconds = 10): AlarmRecord {
  const Metrics: MetricDataQuery[] = [
    { Id: 'm', ...metric, MetricStat: { ...metric.MetricStat, Period: periodSeconds } },
  ];
  const properties = {
    Metrics,
    Threshold: 5,
    ComparisonOperator: 'GreaterThanThreshold',
    AlarmActions: ['t'],
  };
  return {
    kind: 'metric',
    name,
    arn: '',
    properties,
    state,
    stateReason: 'why',
    stateReasonData: '{}',
    stateUpdatedAt: 0,
    configuredAt: 0,
  };
}

interface Given {
  readonly alarms?: AlarmRecord[];
  /** What follows the fault, by seconds since it. */
  readonly script?: readonly (readonly [number, Unstamped])[];
  readonly start?: () => Promise<void>;
}

function worldOf({
  alarms = [alarmRecord('dev-x', 'OK'), alarmRecord('dev-slow', 'INSUFFICIENT_DATA', 60)],
  script = [],
  start,
}: Given) {
  const clock = manualClock();
  const log: Recorder = recorder(() => clock.now());
  log.subscribe((event: RehearsalEvent) => {
    if (event.kind !== 'fault') return;
    for (const [seconds, next] of script) clock.after(seconds * 1000, () => log.emit(next));
  });
  const world = {
    clock,
    log,
    // A port that nothing listens on: every call fails, and at once.
    host: {
      url: 'http://127.0.0.1:1',
      releaseDirectory: release,
      supervisor: { journal: () => ['first', 'last words'] },
    },
    cloudwatch: {
      alarms: () => alarms,
      listMetrics: () => [],
      getMetricData: () => [{ id: 'm', label: 'Errors', timestamps: [clock.now()], values: [7] }],
    },
    sns: { topics: () => [], subscriptions: () => [] },
    lambda: { functions: () => [{ name: 'dev-remediation' }], overrideEnvironment: () => {} },
    start: start ?? (async () => {}),
  } as unknown as World;
  return { world, clock, log };
}

async function run(
  given: Given,
  scenario: Partial<Scenario>,
  aborted: () => boolean = () => false,
): Promise<Run> {
  const { world, clock } = worldOf(given);
  const whole = { ...usual, faults: [{ function: 'remediation', environment: {} }], ...scenario };
  let result: Run | undefined;
  let failure: unknown;
  const running = rehearse(world, whole, aborted).then(
    (value) => {
      result = value;
    },
    (error) => {
      failure = error;
    },
  );
  // Time passes as fast as everything that waits for it comes to rest.
  while (result === undefined && failure === undefined) {
    clock.advance(100);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await running;
  if (failure !== undefined) throw failure;
  assert.ok(result !== undefined);
  return result;
}

const goes = (to: 'ALARM' | 'OK'): Unstamped => ({
  kind: 'alarm',
  name: 'dev-x',
  from: to === 'OK' ? 'ALARM' : 'OK',
  to,
  reason: 'r',
});
const must: Scenario['must'] = [{ what: { alarm: 'x', to: 'ALARM' }, withinSeconds: 45 }];

describe('a rehearsal', () => {
  it('begins with twenty quiet seconds and ends when all has happened and time was left for the rest', async () => {
    const result = await run({ script: [[10, goes('ALARM')]] }, { must, observeSeconds: 5 });
    assert.ok(result.expectationsMet);
    const sinceStart = (result.faultAt - result.startedAt) / 1000;
    assert.ok(sinceStart >= 20 && sinceStart < 21, `${sinceStart}`);
    const sinceFault = (result.endedAt - result.faultAt) / 1000;
    assert.ok(sinceFault >= 15 && sinceFault < 16, `${sinceFault}`);
    assert.deepEqual(
      result.outcomes.map(({ met, decided }) => [met, decided]),
      [
        [true, true],
        [true, true],
      ],
    );
    assert.equal(result.durations.faultToAlarmSeconds, 10);
    assert.deepEqual(result.hints, []);
    assert.ok(result.calls.failed > 20 && result.calls.answered === 0);
  });

  it('draws the alarms that went off or are spoken of', async () => {
    const result = await run(
      { script: [[1, goes('ALARM')]] },
      { must: [], mustNot: [{ what: { alarm: 'slow', to: 'ALARM' }, because: 'b' }] },
    );
    assert.deepEqual(
      result.watched.map(({ alarmName, threshold, periodSeconds, points }) => [
        alarmName,
        threshold,
        periodSeconds,
        points.length,
      ]),
      [
        ['dev-x', 5, 10, 1],
        ['dev-slow', 5, 60, 1],
      ],
    );
  });

  it('waits for fast alarms only, and gives up when one has not become OK: no fault then', async () => {
    const result = await run({ alarms: [alarmRecord('dev-x', 'INSUFFICIENT_DATA')] }, { must });
    assert.equal(result.expectationsMet, false);
    assert.equal(result.closed, false);
    assert.deepEqual(
      result.outcomes.map(({ met, detail }) => [met, detail]),
      [[false, 'dev-x is INSUFFICIENT_DATA: why']],
    );
    assert.ok(!result.events.some(({ kind }) => kind === 'fault'));
    assert.ok(result.hints.some((hint) => hint.startsWith('dev-x is INSUFFICIENT_DATA')));
    const seconds = (result.endedAt - result.startedAt) / 1000;
    assert.ok(seconds >= 75 && seconds < 76, `${seconds}`);
  });

  it('ends as soon as it can no longer come right', async () => {
    const late = await run({}, { must });
    assert.ok(Math.abs((late.endedAt - late.faultAt) / 1000 - 45) < 1);
    assert.equal(late.expectationsMet, false);
    const mustNot = [{ what: { alarm: 'x', to: 'ALARM' }, because: 'b' }] as const;
    const forbidden = await run({ script: [[3, goes('ALARM')]] }, { mustNot: [...mustNot] });
    assert.ok(Math.abs((forbidden.endedAt - forbidden.faultAt) / 1000 - 3) < 1);
  });

  it('ends when its time is over', async () => {
    const result = await run({}, { must: [{ what: { mail: 'FIXED' } }], timeoutSeconds: 30 });
    assert.ok(Math.abs((result.endedAt - result.faultAt) / 1000 - 30) < 1);
    assert.equal(result.outcomes[1]?.detail, 'it did not happen');
  });

  it('ends early when a person asks for it', async () => {
    let looks = 0;
    const result = await run({}, { must }, () => ++looks > 5);
    assert.ok(result.endedAt - result.startedAt < 5000);
  });

  it('whose host does not start says why, in the last words of its journal', async () => {
    const start = () => Promise.reject(new Error('ExecStartPost ended with 1'));
    const result = await run({ start }, { must });
    assert.equal(result.expectationsMet, false);
    assert.equal(
      result.outcomes[0]?.detail,
      'the host did not start: ExecStartPost ended with 1; its journal ends first / last words',
    );
    assert.equal(result.outcomes.length, 1);
  });

  it('of what cannot be rehearsed is refused, not failed', async () => {
    const start = () => Promise.reject(new NotRehearsable('agent', 'no', 'x'));
    await assert.rejects(run({ start }, { must }), NotRehearsable);
  });
});

describe('several rehearsals', () => {
  it('end all together when one cannot begin, with its reason', async () => {
    const asked: string[] = [];
    const rehearsal = startRehearsal({
      assemblyDirectory: join(release, 'no-assembly'),
      disposable: [],
      scenarios: [usual, usual, usual],
      port: 0,
      keep: false,
      jobs: 2,
      onEvent: () => {},
      onStatus: () => {},
      onWorld: ({ name }) => asked.push(name),
      onRecord: () => {},
      onRun: () => assert.fail('there was no run'),
    });
    await assert.rejects(rehearsal.runs, /assembly: incomplete/);
    await rehearsal.release();
    assert.deepEqual(asked, []);
  });
});
