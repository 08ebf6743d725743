/** The hints: the likely cause of what did not happen, from what can be seen. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AlarmRecord } from '../../rehearsal/cloudwatch/types';
import { diagnose, type Evidence } from '../../rehearsal/diagnosis';
import type { RehearsalEvent } from '../../rehearsal/events';
import type { Must } from '../../rehearsal/scenario';
import { alarm, at, command, faultAt, invocation, mail, scenario } from './story';

const record = (name: string, properties: Record<string, unknown> = {}): AlarmRecord => ({
  kind: 'metric',
  name,
  arn: '',
  properties: {
    Namespace: 'Vigia',
    MetricName: 'Errors',
    Statistic: 'Sum',
    AlarmActions: ['topic'],
    ...properties,
  },
  state: 'INSUFFICIENT_DATA',
  stateReason: 'no data yet',
  stateReasonData: '{}',
  stateUpdatedAt: 0,
  configuredAt: 0,
});

function hints(
  must: readonly Must['what'][],
  events: readonly RehearsalEvent[],
  more: { alarms?: AlarmRecord[]; withData?: readonly string[]; subscribed?: boolean } = {},
): string[] {
  const evidence: Evidence = {
    scenario: { ...scenario, must: must.map((what) => ({ what })) },
    events,
    range: { start: faultAt, end: faultAt + 60_000 },
    cloudwatch: {
      alarms: () => more.alarms ?? [],
      listMetrics: () =>
        ['Faults', 'Faults', 'Count'].map((name) => ({ namespace: 'Vigia', name, dimensions: {} })),
      getMetricData: ([query]) => {
        const has = more.withData?.includes(query?.MetricStat?.Metric.MetricName ?? '') ?? false;
        return [{ id: 'samples', label: '', timestamps: has ? [1] : [], values: has ? [1] : [] }];
      },
    },
    sns: {
      topics: () => [{ arn: 'arn:pages', name: 'pages', displayName: '', policy: '' }],
      subscriptions: () =>
        more.subscribed === true
          ? [{ arn: 's', topicArn: 'arn:pages', protocol: 'email', endpoint: 'a@b', raw: false }]
          : [],
    },
  };
  return diagnose(evidence);
}

describe('a hint', () => {
  const wanted = { alarm: 'errorRateHigh', to: 'ALARM' } as const;

  it('is not given when there is nothing to say', () => {
    assert.deepEqual(hints([], []), []);
    assert.deepEqual(hints([wanted], [alarm(1, 'dev-errorRateHigh', 'OK', 'ALARM')]), []);
  });

  it('tells that the template has no such alarm', () => {
    assert.deepEqual(hints([wanted], []), ['the template has no alarm errorRateHigh']);
  });

  it('tells which metric of an alarm got no data, and what arrived instead', () => {
    const dimensions = [{ Name: 'service', Value: 'demo' }];
    assert.deepEqual(
      hints([wanted], [], { alarms: [record('dev-errorRateHigh', { Dimensions: dimensions })] }),
      [
        'dev-errorRateHigh is INSUFFICIENT_DATA: no data yet',
        'Vigia Errors got no data with service=demo; what did arrive there: Faults, Count',
      ],
    );
  });

  it('looks at each metric of an expression', () => {
    const stat = (MetricName: string) => ({
      MetricStat: { Metric: { Namespace: 'Vigia', MetricName }, Period: 10, Stat: 'Sum' },
    });
    const Metrics = [
      { Id: 'rate', Expression: 'a/b' },
      { Id: 'a', ...stat('Errors') },
      { Id: 'b', ...stat('Count') },
    ];
    const found = hints([wanted], [], {
      alarms: [record('dev-errorRateHigh', { Metrics })],
      withData: ['Count'],
    });
    assert.deepEqual(found.slice(1), [
      'Vigia Errors got no data with no dimensions; what did arrive there: Faults, Count',
    ]);
  });

  it('tells of an alarm that went off and had nobody to tell', () => {
    const silent = record('dev-x', { AlarmActions: [] });
    assert.deepEqual(hints([], [alarm(1, 'dev-x', 'OK', 'ALARM')], { alarms: [silent] }), [
      'dev-x went ALARM and told nobody: it has no AlarmActions in the template',
    ]);
    assert.deepEqual(hints([], [], { alarms: [silent] }), []);
  });

  it('tells of a topic without subscribers, when a mail is missing', () => {
    assert.deepEqual(hints([{ mail: 'FIXING' }], []), [
      'topic pages has no subscription: whatever is published there reaches nobody',
    ]);
    assert.deepEqual(hints([{ mail: 'FIXING' }], [], { subscribed: true }), []);
    assert.deepEqual(hints([{ mail: 'FIXING' }], [mail(1, 'FIXING: x')]), []);
  });

  it('tells of each failure once, with the last words of a command', () => {
    const failure = invocation(1, 'ResourceNotFoundException');
    const found = hints(
      [],
      [
        failure,
        { ...failure, at: faultAt + 2 },
        command(3, 'Failed'),
        at(4, {
          kind: 'action',
          alarm: 'x',
          target: 'arn:t',
          state: 'ALARM',
          subject: '',
          message: '',
          error: 'no policy',
        }),
        at(4, { kind: 'withheld', alarm: 'y', state: 'ALARM', by: 'mute rule night' }),
        at(5, { kind: 'mail', to: 'a@b', subject: 's', text: '', topic: 't', error: 'refused' }),
        at(6, { kind: 'dead-letter', queue: 'q', reason: 'not an alarm', body: '' }),
        at(7, { kind: 'notice', subject: 'agent', text: 'no group' }),
        at(8, { kind: 'command', id: 'c', document: 'd', status: 'TimedOut' }),
      ],
    );
    assert.deepEqual(found, [
      'function demo-dev-remediation failed: ResourceNotFoundException',
      'command demo-dev-restart-service ended Failed with exit code 1: restart: first / last words',
      'x could not notify arn:t: no policy',
      'y did not run its ALARM actions: withheld by mute rule night',
      'mail to a@b failed: refused',
      'a message went to the dead-letter queue: not an alarm',
      'agent: no group',
      'command d ended TimedOut with exit code unknown: no output',
    ]);
  });
});
