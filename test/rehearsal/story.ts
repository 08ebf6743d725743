/** Hand-made runs: a loop that closes, as events with times in seconds since the fault. */
import type { AlarmState, RehearsalEvent, Unstamped } from '../../rehearsal/events';
import type { Scenario } from '../../rehearsal/scenario';
import { isClosed, measure, type Run } from '../../rehearsal/verdict';

export const faultAt = 1_790_000_000_000;

export function at(seconds: number, event: Unstamped): RehearsalEvent {
  return { at: faultAt + seconds * 1000, ...event } as RehearsalEvent;
}

export const alarm = (seconds: number, name: string, from: AlarmState, to: AlarmState): RehearsalEvent =>
  at(seconds, { kind: 'alarm', name, from, to, reason: `because ${to}`, value: 61.5384, threshold: 5 });
export const mail = (seconds: number, subject: string, text = 'text'): RehearsalEvent =>
  at(seconds, { kind: 'mail', to: 'on-call@example.com', subject, text, topic: 'pages' });
export const incident = (seconds: number, from: string, to: string, id = '17'): RehearsalEvent =>
  at(seconds, { kind: 'incident', id, from, to, reason: 'error rate fell' } as Unstamped);
export const command = (
  seconds: number,
  status: 'Pending' | 'InProgress' | 'Success' | 'Failed',
): RehearsalEvent =>
  at(seconds, {
    kind: 'command',
    id: 'c-1',
    document: 'demo-dev-restart-service',
    status,
    ...(status === 'Success' ? { exitCode: 0, output: '--- restart\nactive\n', durationMs: 2345 } : {}),
    ...(status === 'Failed'
      ? {
          exitCode: 1,
          output: '--- restart\nfirst\nlast words\n',
          failure: 'restart: first / last words',
          durationMs: 10,
        }
      : {}),
  });
export const invocation = (seconds: number, error?: string): RehearsalEvent =>
  at(seconds, {
    kind: 'lambda',
    function: 'demo-dev-remediation',
    requestId: 'r-1',
    durationMs: 123.4,
    coldStart: false,
    source: 'sns',
    ...(error === undefined ? {} : { error }),
  });

const errorRate = 'demo-dev-errorRateHigh';

export const closingLoop: readonly RehearsalEvent[] = [
  at(-40, { kind: 'host', what: 'demo.service active' }),
  alarm(-10, errorRate, 'INSUFFICIENT_DATA', 'OK'),
  at(0, { kind: 'fault', what: 'start', fault: 'errors', detail: 'rate=0.8' }),
  alarm(21.44, errorRate, 'OK', 'ALARM'),
  at(21.5, {
    kind: 'action',
    alarm: errorRate,
    target: 'arn:aws:sns:us-east-1:000000000000:demo-dev-alarms',
    state: 'ALARM',
    subject: `ALARM: "${errorRate}" in US East (N. Virginia)`,
    message: '{}',
  }),
  invocation(22),
  incident(22, 'none', 'opened'),
  mail(22.5, 'FIXING: error rate 61.5 %'),
  command(23, 'Pending'),
  command(23.1, 'InProgress'),
  command(26, 'Success'),
  alarm(61.26, errorRate, 'ALARM', 'OK'),
  incident(62, 'verifying', 'closed'),
  mail(62.5, 'FIXED: error rate 0 %'),
];

export const scenario: Scenario = {
  name: 'demo',
  title: 'A demo',
  story: 'Something breaks.',
  faults: [{ service: { kind: 'errors' }, repeat: 'once' }],
  observeSeconds: 5,
  timeoutSeconds: 100,
  must: [],
  mustNot: [],
};

export function runOf(events: readonly RehearsalEvent[], more: Partial<Run> = {}): Run {
  return {
    scenario: 'demo',
    title: 'A demo',
    story: 'Something breaks.',
    startedAt: faultAt - 41_000,
    faultAt,
    endedAt: faultAt + 70_000,
    events,
    outcomes: [{ words: 'alarm errorRateHigh goes ALARM', met: true, decided: true, detail: 'it happened' }],
    expectationsMet: true,
    closed: isClosed(events, faultAt),
    durations: measure(events, faultAt),
    watched: [
      {
        alarmName: errorRate,
        label: 'error rate, percent',
        threshold: 5,
        comparison: 'GreaterThanThreshold',
        periodSeconds: 10,
        points: Array.from({ length: 12 }, (_, index) => ({
          at: faultAt - 50_000 + index * 10_000,
          value: index > 5 && index < 9 ? 61.5 : 0,
        })),
      },
    ],
    hints: [],
    assumptions: ['an assumption'],
    calls: { answered: 800, failed: 40 },
    ...more,
  };
}
