/** Spans of the service's own writer through the agent's place: what X-Ray then has of them, and how it is asked for it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { createOtlpReceiver } from '../../../rehearsal/xray/otlp-receiver';
import { segmentsOf } from '../../../rehearsal/xray/segments';
import { filterOf, summaryOf, tracesOf } from '../../../rehearsal/xray/summaries';
import { systemClock } from '../../../service/clock';
import { createCalls } from '../../../service/outgoing/calls';
import { openOtlp } from '../../../service/tracing/otlp';

const startMs = 1_700_000_000_000;
const good = '1-6553f100-000000000000000000000001';
const bad = '1-6553f100-000000000000000000000002';

describe('spans as the service writes them', () => {
  const documents: string[] = [];
  const receiver = createOtlpReceiver((more) => void documents.push(...more));
  before(async () => {
    await once(receiver.listen(0, '127.0.0.1'), 'listening');
    let ids = 0;
    const spans = openOtlp({
      clock: systemClock(),
      calls: createCalls(systemClock()),
      endpoint: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/v1/traces`,
      headers: async () => ({}),
      service: 'fraud',
      stage: 'dev',
      logGroup: '/vigia/fraud-dev/service',
      putSpanId: (bytes, at) => void bytes.write(String(++ids).padStart(16, '0'), at, 'hex'),
      onExported: () => {},
      onLost: (_, reason) => assert.fail(reason),
    });
    const base = { parentId: undefined, route: '/predict', startMs, sampledBy: 'share' } as const;
    spans.take({
      ...{ ...base, traceId: good, parentId: 'aaaaaaaaaaaaaaaa', endMs: startMs + 4, statusCode: 200 },
      partStartsMs: [Number.NaN, startMs + 1, startMs + 3],
      annotations: { model: 'm', version: '1', class: 'ok', instances: 2, degraded: false },
      failure: undefined,
    });
    spans.take({
      ...{ ...base, traceId: bad, endMs: startMs + 2000, statusCode: 500 },
      ...{ partStartsMs: [], annotations: {} },
      failure: { type: 'RangeError', message: 'bad allocation', stack: undefined, atMs: startMs + 1 },
    });
    await spans.close();
  });
  after(() => {
    receiver.close();
    receiver.closeAllConnections();
  });
  const of = (traceId: string) =>
    documents.map((each) => JSON.parse(each)).filter(({ trace_id: id }) => id === traceId);

  it('become a segment of the service and a subsegment for each part', () => {
    const [part, last, whole] = of(good);
    assert.deepEqual(
      [part.type, part.name, part.parent_id, part.start_time, part.end_time],
      ['subsegment', 'inference', whole.id, startMs / 1000 + 0.001, startMs / 1000 + 0.003],
    );
    assert.deepEqual(
      [last.name, last.parent_id, last.start_time, last.end_time],
      ['post-processing', whole.id, startMs / 1000 + 0.003, whole.end_time],
    );
    assert.deepEqual(
      [whole.type, whole.name, whole.parent_id, whole.origin],
      [undefined, 'fraud', 'aaaaaaaaaaaaaaaa', 'AWS::EC2::Instance'],
    );
    assert.deepEqual(whole.http, { request: { method: 'POST', url: '/predict' }, response: { status: 200 } });
    assert.deepEqual(whole.aws, { cloudwatch_logs: [{ log_group: '/vigia/fraud-dev/service' }] });
    assert.deepEqual(whole.annotations, {
      ...{ stage: 'dev', sampled_by: 'share', model: 'm', version: '1', class: 'ok' },
      ...{ instances: 2, degraded: false },
    });
    assert.deepEqual(whole.metadata.default, { 'http.route': '/predict' });
    assert.ok(!('fault' in whole));
  });

  it('are a fault with its cause when the answer was one', () => {
    const [whole] = of(bad);
    assert.equal(whole.fault, true);
    assert.deepEqual(whole.cause, { exceptions: [{ type: 'RangeError', message: 'bad allocation' }] });
  });

  it('are found by service, annotation, fault and duration, and summed up', () => {
    const traces = [...tracesOf(documents).values()];
    const found = (expression: string): string[] => traces.filter(filterOf(expression)).map(({ id }) => id);
    assert.deepEqual(found(''), [good, bad]);
    assert.deepEqual(found('service("fraud") AND annotation.stage = "dev"'), [good, bad]);
    assert.deepEqual(found('service("inference")'), []);
    assert.deepEqual(found('annotation[class] = "ok" AND annotation.instances = 2'), [good]);
    assert.deepEqual(found('annotation.degraded = false'), [good]);
    assert.deepEqual(found('fault AND duration > 1.5'), [bad]);
    assert.throws(
      () => filterOf('http.status = 500 OR fault'),
      /not rehearsed: filter 'http\.status = 500 OR fault'/,
    );
    const [, failed] = traces.map((trace) => summaryOf(trace) as Record<string, unknown>);
    assert.deepEqual(
      [failed?.Id, failed?.Duration, failed?.HasFault, failed?.HasError],
      [bad, 2, true, false],
    );
    assert.deepEqual(failed?.Http, { HttpMethod: 'POST', HttpURL: '/predict', HttpStatus: 500 });
  });

  it('are refused when they are something else, without harm', async () => {
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
    const post = async (path: string, type: string, body: string): Promise<number> =>
      (await fetch(`${url}${path}`, { method: 'POST', headers: { 'content-type': type }, body })).status;
    const before = documents.length;
    assert.equal(await post('/v1/traces', 'text/plain', 'x'), 415);
    assert.equal(await post('/v1/traces', 'application/x-protobuf', 'x'), 400);
    assert.equal(await post('/v1/traces', 'application/json', '{'), 400);
    assert.equal(await post('/v1/traces', 'application/json', '{"resourceSpans":[{"scopeSpans":3}]}'), 400);
    assert.equal(await post('/v1/metrics', 'application/json', '{}'), 404);
    assert.equal(documents.length, before);
  });
});

describe('a span as the protocol allows it', () => {
  it('may come without attributes, status, events and parent', () => {
    const span = {
      traceId: '6553F100000000000000000000000003',
      spanId: '00000000000000AB',
      name: 'GET /x',
      startTimeUnixNano: '1700000000000000000',
      endTimeUnixNano: '1700000001000000000',
    };
    const [document = ''] = segmentsOf({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
    assert.deepEqual(JSON.parse(document), {
      name: 'GET /x',
      id: '00000000000000ab',
      trace_id: '1-6553f100-000000000000000000000003',
      start_time: 1_700_000_000,
      end_time: 1_700_000_001,
      annotations: {},
      metadata: { default: {} },
    });
  });

  it('is an error when the caller was at fault, and a throttle when there were too many', () => {
    const coded = (code: number) => {
      const attributes = [{ key: 'http.response.status_code', value: { intValue: code } }];
      const span = {
        ...{ traceId: '6553f100000000000000000000000003', spanId: '00000000000000ab', name: 'x', attributes },
        ...{ startTimeUnixNano: '1', endTimeUnixNano: '2', kind: 2 },
      };
      const [document = ''] = segmentsOf({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
      const { fault, error, throttle } = JSON.parse(document);
      return { fault, error, throttle };
    };
    assert.deepEqual(coded(404), { fault: undefined, error: true, throttle: undefined });
    assert.deepEqual(coded(429), { fault: undefined, error: true, throttle: true });
    assert.deepEqual(coded(503), { fault: true, error: undefined, throttle: undefined });
  });
});
