import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { recheckEvent } from '../../../lambda/remediation/contract';
import { type Parsed, parse } from '../../../lambda/remediation/parse';
import { catalog, place } from './fixtures';

const read = (event: unknown): readonly Parsed[] => parse(event, place.scope, catalog);
const sns = (message: unknown) => ({
  Records: [
    {
      EventVersion: '1.0',
      EventSource: 'aws:sns',
      Sns: { Type: 'Notification', Message: typeof message === 'string' ? message : JSON.stringify(message) },
    },
  ],
});

/** The fields that every alarm message of today carries. */
const common = {
  AlarmName: 'inference-prod-errorRateHigh',
  AlarmDescription: null,
  AWSAccountId: '123456789012',
  AlarmConfigurationUpdatedTimestamp: '2026-11-14T18:30:02.114+0000',
  NewStateValue: 'ALARM',
  NewStateReason: 'Threshold Crossed: 3 out of the last 4 datapoints were greater than the threshold (5.0).',
  StateChangeTime: '2026-11-14T18:40:26.838+0000',
  Region: 'US East (N. Virginia)',
  AlarmArn: 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:inference-prod-errorRateHigh',
  OldStateValue: 'OK',
  OKActions: [],
  AlarmActions: ['arn:aws:sns:us-east-1:123456789012:alarm-events'],
  InsufficientDataActions: [],
};
const at = Date.UTC(2026, 10, 14, 18, 40, 26, 838);
const metric = {
  ...common,
  Trigger: { MetricName: 'ServiceUp', Namespace: 'Vigia/Inference', Unit: null, Threshold: 1 },
};
const math = {
  ...common,
  Trigger: { Period: 10, Metrics: [{ Id: 'e1', Expression: '100*m2/m1', ReturnData: true }] },
};
const composite = { ...common, AlarmRule: 'ALARM(child)', TriggeringChildren: [] };

for (const [name, message] of Object.entries({ metric, math, composite })) {
  for (const state of ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const) {
    test(`a ${name} alarm's change to ${state} is read`, () => {
      const input = { kind: 'alarm', change: { key: 'errorRateHigh', state, changedAt: at } };
      assert.deepEqual(read(sns({ ...message, NewStateValue: state })), [{ kind: 'input', input }]);
    });
  }
}

test('every record of one event is read, each for itself', () => {
  const both = { Records: [...sns(metric).Records, ...sns('not JSON').Records] };
  assert.deepEqual(
    read(both).map((one) => one.kind),
    ['input', 'malformed'],
  );
});

const command = (status: string, change: object = {}) => ({
  version: '0',
  'detail-type': 'EC2 Command Status-change Notification',
  source: 'aws.ssm',
  time: '2026-11-14T18:41:00Z',
  detail: { 'command-id': 'c-1', 'document-name': 'inference-prod-restart-service', status },
  ...change,
});

for (const [status, ending] of [
  ['Success', 'Success'],
  ['Failed', 'Failed'],
  ['TimedOut', 'TimedOut'],
  ['Canceled', 'Cancelled'],
  ['Cancelled', 'Cancelled'],
] as const) {
  test(`a command that is ${status} has ended ${ending}`, () => {
    const endedAt = Date.UTC(2026, 10, 14, 18, 41);
    const input = { kind: 'command', commandId: 'c-1', status: ending, endedAt };
    assert.deepEqual(read(command(status)), [{ kind: 'input', input }]);
  });
}

for (const status of ['Pending', 'InProgress', 'Delayed', 'Cancelling']) {
  test(`a command that is ${status} is nothing yet, and no dead letter`, () => {
    assert.equal(read(command(status))[0]?.kind, 'nothing');
  });
}

const released = (status: string, document: string, parameters: object) =>
  command(status, {
    detail: { 'command-id': 'c-1', 'document-name': `inference-prod-${document}`, parameters, status },
  });
const endedAt = Date.UTC(2026, 10, 14, 18, 41);
const release = '0123456789ab';

test('a deployment is read from its beginning, with the release that it brings', () => {
  const given = { Release: [release], DryRun: ['no'], Source: ['s3://b/k.tar.gz'] };
  for (const [said, status] of [
    ['InProgress', 'InProgress'],
    ['Success', 'Success'],
    ['Canceled', 'Cancelled'],
  ]) {
    const input = { kind: 'deployment', commandId: 'c-1', release, status, at: endedAt };
    assert.deepEqual(read(released(said ?? '', 'deploy-release', given)), [{ kind: 'input', input }]);
  }
  const [nameless] = read(released('InProgress', 'deploy-release', { Release: 'x'.repeat(5000) }));
  assert.equal(
    nameless?.kind === 'input' && nameless.input.kind === 'deployment' && nameless.input.release,
    null,
  );
});

test('a dry run of a deployment or a rollback, and one of another service, move nothing', () => {
  const dry = { Release: [release], DryRun: ['yes'] };
  assert.equal(read(released('InProgress', 'deploy-release', dry))[0]?.kind, 'nothing');
  const ended = { kind: 'command', commandId: 'c-1', status: 'Success', endedAt };
  for (const document of ['deploy-release', 'rollback-release'])
    assert.deepEqual(read(released('Success', document, dry)), [{ kind: 'input', input: ended }]);
  assert.deepEqual(read(released('Success', 'other-deploy-release', {})), [{ kind: 'input', input: ended }]);
});

test('a rollback that went well is told as one, whoever sent it', () => {
  const input = { kind: 'command', commandId: 'c-1', endedAt };
  const read1 = (status: string) => read(released(status, 'rollback-release', { Release: ['previous'] }));
  assert.deepEqual(read1('Success'), [
    { kind: 'input', input: { ...input, status: 'Success', rolledBack: true } },
  ]);
  assert.deepEqual(read1('Failed'), [{ kind: 'input', input: { ...input, status: 'Failed' } }]);
});

test('the schedule is read as a re-check', () => {
  assert.deepEqual(read(recheckEvent), [{ kind: 'input', input: { kind: 'recheck' } }]);
});

const malformed: [string, unknown, RegExp][] = [
  ['no object', 'hello', /not an object/],
  ['nothing at all', undefined, /not an object/],
  ['an unknown object', { hello: 1 }, /neither an alarm message/],
  ['no records', { Records: [] }, /no records/],
  ['a record of another source', { Records: [{ s3: {} }] }, /no SNS message/],
  ['a message that is not JSON', sns('ALARM: something'), /not JSON/],
  ['a message that is a number', sns('42'), /not an object/],
  ['a message without an alarm', sns({ hello: 1 }), /AlarmName is missing/],
  [
    'an alarm of another service',
    sns({ ...metric, AlarmName: 'other-prod-errorRateHigh' }),
    /not in the catalog/,
  ],
  [
    'an alarm of another stage',
    sns({ ...metric, AlarmName: 'inference-dev-errorRateHigh' }),
    /not in the catalog/,
  ],
  [
    'an alarm for people',
    sns({ ...metric, AlarmName: 'inference-prod-remediationErrors' }),
    /goes to people directly/,
  ],
  ['an unknown state', sns({ ...metric, NewStateValue: 'SLEEPING' }), /NewStateValue is unknown/],
  ['no time', sns({ ...metric, StateChangeTime: 'yesterday' }), /no time/],
  ['an unknown command status', command('Exploded'), /status is unknown/],
  ['a status named like a method', command('constructor'), /status is unknown/],
  ['a command without id', command('Success', { detail: { status: 'Success' } }), /command-id is missing/],
  [
    'an invocation instead of a command',
    command('Success', { 'detail-type': 'EC2 Command Invocation Status-change Notification' }),
    /detail-type is unknown/,
  ],
];
for (const [name, event, reason] of malformed) {
  test(`${name} becomes a dead letter with its reason`, () => {
    const [parsed] = read(event);
    assert.equal(parsed?.kind, 'malformed');
    assert.match(parsed.reason, reason);
    assert.notEqual(parsed.body, '');
  });
}

test('a dead letter of a record is an event again, so that it can be handed over as it is', () => {
  const event = sns({ ...metric, AlarmName: 'inference-prod-removedAlarm' });
  const [parsed] = read(event);
  assert.equal(parsed?.kind, 'malformed');
  assert.deepEqual(JSON.parse(parsed.body), event);
  assert.equal(read(JSON.parse(parsed.body))[0]?.kind, 'malformed');
});

test('no event whatever makes the parser throw', () => {
  const field = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom('ALARM', 'OK', common.AlarmName, common.StateChangeTime, 'aws.ssm'),
  );
  const names = fc.constantFrom(
    'AlarmName',
    'NewStateValue',
    'StateChangeTime',
    'source',
    'detail',
    'detail-type',
    'kind',
    '__proto__',
  );
  const event = fc.oneof(
    fc.anything({ withBigInt: true, withMap: true, withDate: true }),
    fc.dictionary(names, field),
    fc.dictionary(names, field).map((message) => sns(message)),
    fc.array(fc.anything()).map((records) => ({ Records: records })),
    field.map((status) => command(String(status), { detail: status })),
  );
  fc.assert(
    fc.property(event, (value) => {
      for (const parsed of read(value)) {
        assert.ok(['input', 'nothing', 'malformed'].includes(parsed.kind));
        if (parsed.kind === 'malformed') assert.equal(typeof parsed.body, 'string');
      }
    }),
    { numRuns: 2_000 },
  );
});
