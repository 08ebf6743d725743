/** Log groups: storing, EMF extraction, filter patterns. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createLogs } from '../../../rehearsal/logs/logs';
import { manualClock } from '../manual-clock';
import { counter, metricSink, place, recorder, resource } from '../parts';

function setUp(groupProperties: Record<string, unknown> = {}) {
  const clock = manualClock();
  const log = recorder();
  const metrics = metricSink();
  const logs = createLogs({
    resources: [
      resource('AWS::Logs::LogGroup', '/vigia/service', { RetentionInDays: 30, ...groupProperties }),
    ],
    place,
    clock,
    emit: log.emit,
    newId: counter(),
    cloudwatch: metrics,
  });
  const put = (message: string, stream = 's'): void =>
    logs.put('/vigia/service', stream, [{ timestamp: clock.now(), message }]);
  return { clock, log, metrics, logs, put };
}

const emf = (at: number, directive: Record<string, unknown>, root: Record<string, unknown>): string =>
  JSON.stringify({ _aws: { Timestamp: at, CloudWatchMetrics: [directive] }, ...root });

it('each dimension set of an EMF line makes a metric of its own', () => {
  const { put, metrics, clock } = setUp();
  put(
    emf(
      clock.now(),
      {
        Namespace: 'App',
        Dimensions: [['Service', 'Stage'], ['Service']],
        Metrics: [{ Name: 'Latency', Unit: 'Milliseconds', StorageResolution: 1 }, { Name: 'Requests' }],
      },
      { Service: 'infer', Stage: 'dev', Latency: [12.5, 40], Requests: 2 },
    ),
  );
  assert.equal(metrics.data.length, 4);
  assert.deepEqual(metrics.data[0], {
    namespace: 'App',
    name: 'Latency',
    dimensions: { Service: 'infer', Stage: 'dev' },
    unit: 'Milliseconds',
    storageResolutionSeconds: 1,
    at: clock.now(),
    values: [12.5, 40],
  });
  assert.deepEqual(metrics.data[3]?.dimensions, { Service: 'infer' });
  assert.equal(metrics.data[3]?.storageResolutionSeconds, 60);
});

it('a statistic set, which the agent writes, keeps its minimum, maximum, sum and count', () => {
  const { put, metrics, clock } = setUp();
  const directive = { Namespace: 'App', Dimensions: [[]], Metrics: [{ Name: 'Size' }] };
  put(emf(clock.now(), directive, { Size: { Min: 1, Max: 9, Sum: 30, Count: 6 } }));
  assert.deepEqual(metrics.data[0]?.values, []);
  assert.deepEqual(metrics.data[0]?.statisticValues, { sampleCount: 6, sum: 30, minimum: 1, maximum: 9 });
});

const broken: [string, (now: number) => string, RegExp][] = [
  [
    'a dimension that is missing at the root',
    (now) => emf(now, { Namespace: 'A', Dimensions: [['S']], Metrics: [{ Name: 'M' }] }, { M: 1 }),
    /dimension S is not a string at the root/,
  ],
  [
    'no dimension set at all',
    (now) => emf(now, { Namespace: 'A', Dimensions: [], Metrics: [{ Name: 'M' }] }, { M: 1 }),
    /at least one DimensionSet/,
  ],
  [
    'a value that is a text',
    (now) => emf(now, { Namespace: 'A', Dimensions: [[]], Metrics: [{ Name: 'M' }] }, { M: '1' }),
    /metric M is not a number/,
  ],
  [
    'more than a hundred values',
    (now) =>
      emf(now, { Namespace: 'A', Dimensions: [[]], Metrics: [{ Name: 'M' }] }, { M: Array(101).fill(1) }),
    /more than 100 values/,
  ],
  [
    'an unknown unit',
    (now) => emf(now, { Namespace: 'A', Dimensions: [[]], Metrics: [{ Name: 'M', Unit: 'ms' }] }, { M: 1 }),
    /unknown unit ms/,
  ],
  [
    'a timestamp in seconds',
    (now) => emf(now / 1000, { Namespace: 'A', Dimensions: [[]], Metrics: [{ Name: 'M' }] }, { M: 1 }),
    /too old or too far ahead/,
  ],
];
for (const [what, line, reason] of broken) {
  it(`an EMF line with ${what} is stored, counted, and told once`, () => {
    const { put, metrics, log, logs, clock } = setUp();
    put(line(clock.now()));
    put(line(clock.now()));
    assert.equal(logs.filter({ group: '/vigia/service' }).length, 2);
    assert.deepEqual(
      metrics.data.map(({ namespace, name, dimensions }) => [namespace, name, dimensions]),
      Array(2).fill(['AWS/Logs', 'EMFValidationErrors', { LogGroupName: '/vigia/service' }]),
    );
    assert.equal(log.of('notice').length, 1);
    assert.match(log.of('notice')[0]?.text ?? '', reason);
  });
}

it('a cut-off EMF line is a parsing error, and ordinary lines are none', () => {
  const { put, metrics } = setUp();
  put('{"_aws":{"Timestamp":1');
  put('plain text that mentions "_aws"');
  put('{"level":"info"}');
  assert.deepEqual(
    metrics.data.map((datum) => datum.name),
    ['EMFParsingErrors'],
  );
});

it('a group of the Infrequent Access class gives no metrics, and says so', () => {
  const { put, metrics, log, clock } = setUp({ LogGroupClass: 'INFREQUENT_ACCESS' });
  put(emf(clock.now(), { Namespace: 'A', Dimensions: [[]], Metrics: [{ Name: 'M' }] }, { M: 1 }));
  assert.deepEqual(metrics.data, []);
  assert.match(log.of('notice')[0]?.text ?? '', /INFREQUENT_ACCESS/);
});

const lines = [
  'ERROR no model',
  'INFO all well',
  '{"level":"error","n":3,"user":{"id":"a-1"},"ok":false}',
  '{"level":"info","n":3}',
];
const patterns: [string, number[]][] = [
  ['', [0, 1, 2, 3]],
  ['ERROR', [0]],
  ['ERROR model', [0]],
  ['"all well"', [1]],
  ['?ERROR ?INFO', [0, 1]],
  ['ERROR -model', []],
  ['{ $.level = "error" }', [2]],
  ['{ $.n = 3 }', [2, 3]],
  ['{ ($.never = 1) }', [-1]],
  ['{ $.level = "error" && $.user.id = "a-*" }', [2]],
  ['{ $.level != "error" }', [3]],
  ['{ $.ok = false }', [2]],
  ['{ $.n > 2 }', [-1]],
  ['{ $.a = 1 || $.b = 2 }', [-1]],
  ['%regex%', [-1]],
  ['[ip, user]', [-1]],
];
for (const [pattern, expected] of patterns) {
  const refuses = expected[0] === -1;
  it(`the filter pattern ${pattern || '(empty)'} ${refuses ? 'is refused by name' : `finds ${expected.length}`}`, () => {
    const { logs, put } = setUp();
    for (const line of lines) put(line);
    const find = () =>
      logs.filter({ group: '/vigia/service', pattern }).map((event) => lines.indexOf(event.message));
    if (refuses) assert.throws(find, { name: 'InvalidParameterException', message: /not rehearsed/ });
    else assert.deepEqual(find(), expected);
  });
}

it('a query is bounded by time and stream, and answers oldest first', () => {
  const { logs, clock } = setUp();
  const at = clock.now();
  logs.put('/vigia/service', 'web-1', [{ timestamp: at, message: 'late' }]);
  logs.put('/vigia/service', 'web-2', [{ timestamp: at - 1000, message: 'early' }]);
  const messages = (query: object) =>
    logs.filter({ group: '/vigia/service', ...query }).map((event) => event.message);
  assert.deepEqual(messages({}), ['early', 'late']);
  assert.deepEqual(messages({ start: at }), ['late']);
  assert.deepEqual(messages({ end: at - 1 }), ['early']);
  assert.deepEqual(messages({ streams: ['web-2'] }), ['early']);
  assert.deepEqual(messages({ streamPrefix: 'web-' }), ['early', 'late']);
  assert.equal(logs.streams('/vigia/service')[0]?.lastEventAt, at);
});

it('a group that the template does not make is refused as the API refuses it', () => {
  const { logs } = setUp();
  assert.throws(() => logs.put('/nowhere', 's', []), { name: 'ResourceNotFoundException' });
  logs.ensureGroup('/nowhere');
  logs.put('/nowhere', 's', []);
  assert.deepEqual(
    logs.groups().map((group) => [group.name, group.retentionDays]),
    [
      ['/vigia/service', 30],
      ['/nowhere', undefined],
    ],
  );
});
