/** Events that nobody waits for: retries, destinations, dead letters, permissions. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { NotRehearsable } from '../../../rehearsal/not-rehearsable';
import { queueArn, resource, topicArn } from '../parts';
import { bench, functionArn, invokeConfig } from './fixture';

const failing = "export const handler = async () => { throw new Error('always'); };";

it('an event that keeps failing is tried as often as the template says, then recorded at its destination', async () => {
  const { lambda, log, sent, metrics, stop } = await bench({ f: { source: failing } }, [
    invokeConfig('f', {
      MaximumRetryAttempts: 1,
      DestinationConfig: { OnFailure: { Destination: queueArn('failed') } },
    }),
  ]);
  try {
    const requestId = lambda.invokeAsync(`${functionArn('f')}:$LATEST`, '{"n":1}', 'sns');
    const events = await log.until('lambda', 2);
    while (sent.length === 0) await new Promise((next) => setImmediate(next));

    assert.deepEqual(
      events.map((event) => [event.source, event.requestId]),
      [
        ['sns', requestId],
        ['retry', requestId],
      ],
    );
    const record = JSON.parse(sent[0]?.message.body ?? '');
    assert.equal(sent[0]?.queue, queueArn('failed'));
    assert.deepEqual(record.requestContext, {
      requestId,
      functionArn: `${functionArn('f')}:$LATEST`,
      condition: 'RetriesExhausted',
      approximateInvokeCount: 2,
    });
    assert.deepEqual(record.requestPayload, { n: 1 });
    assert.deepEqual(record.responseContext, {
      statusCode: 200,
      executedVersion: '$LATEST',
      functionError: 'Unhandled',
    });
    assert.equal(record.responsePayload.errorMessage, 'always');
    assert.equal(metrics.sum('AsyncEventsDropped'), 1);
  } finally {
    await stop();
  }
});

it('a dead-letter queue gets the event itself with the error beside it; a topic gets the record', async () => {
  const { lambda, sent, published, log, stop } = await bench(
    {
      f: { source: failing, properties: { DeadLetterConfig: { TargetArn: queueArn('dead') } } },
      g: { source: failing },
      h: { source: failing },
    },
    [
      invokeConfig('f', { MaximumRetryAttempts: 0 }),
      invokeConfig('g', {
        MaximumRetryAttempts: 0,
        DestinationConfig: { OnFailure: { Destination: topicArn('oncall') } },
      }),
      invokeConfig('h', { MaximumRetryAttempts: 0 }),
    ],
  );
  try {
    lambda.invokeAsync('f', '{"n":1}', 'events');
    lambda.invokeAsync('g', '{"n":2}', 'events');
    lambda.invokeAsync('h', '{"n":3}', 'events');
    await log.until('lambda', 3);
    const [notice] = await log.until('notice');
    while (sent.length + published.length < 2) await new Promise((next) => setImmediate(next));

    assert.equal(sent[0]?.message.body, '{"n":1}');
    assert.equal(sent[0]?.message.attributes?.ErrorMessage?.StringValue, 'Error: always');
    assert.equal(published[0]?.topicArn, topicArn('oncall'));
    assert.equal(JSON.parse(published[0]?.message ?? '').requestPayload.n, 2);
    assert.match(notice?.text ?? '', /dropped after 1 attempts \(Error: always\); it has neither/);
  } finally {
    await stop();
  }
});

it('an event that is too old is not tried again', async () => {
  const { lambda, sent, log, stop } = await bench({ f: { source: failing } }, [
    invokeConfig('f', {
      MaximumEventAgeInSeconds: 0,
      DestinationConfig: { OnFailure: { Destination: queueArn('failed') } },
    }),
  ]);
  try {
    lambda.invokeAsync('f', '{}', 'sns');
    while (sent.length === 0) await new Promise((next) => setTimeout(next, 5));
    assert.equal(JSON.parse(sent[0]?.message.body ?? '').requestContext.condition, 'EventAgeExceeded');
    assert.equal(log.of('lambda').length, 1);
  } finally {
    await stop();
  }
});

it('only a permission for the service and its source lets a service invoke', async () => {
  const permission = resource('AWS::Lambda::Permission', 'p', {
    Action: 'lambda:InvokeFunction',
    FunctionName: functionArn('f'),
    Principal: 'sns.amazonaws.com',
    SourceArn: topicArn('alerts'),
  });
  const { lambda, stop } = await bench({ f: { source: failing } }, [permission]);
  try {
    assert.equal(lambda.allows('f', { service: 'sns.amazonaws.com', sourceArn: topicArn('alerts') }), true);
    assert.equal(lambda.allows('f', { service: 'sns.amazonaws.com', sourceArn: topicArn('other') }), false);
    assert.equal(
      lambda.allows('f', { service: 'events.amazonaws.com', sourceArn: topicArn('alerts') }),
      false,
    );
  } finally {
    await stop();
  }
});

it('what cannot be rehearsed is refused by name', async () => {
  const refused = async (properties: Record<string, unknown>, message: RegExp): Promise<void> => {
    await assert.rejects(bench({ f: { source: failing, properties } }), (error) => {
      assert.ok(error instanceof NotRehearsable);
      assert.match(error.message, message);
      return true;
    });
  };
  await refused(
    { Runtime: 'python3.13' },
    /^f \(AWS::Lambda::Function\): the runtime python3.13 is not rehearsed; /,
  );
  await refused({ Layers: ['arn'] }, /layers are not rehearsed/);
});
