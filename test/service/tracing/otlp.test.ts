/** Spans of the real service, as a process, at a real collector: ids, family, times, attributes, and what is lost. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import expected from '../inference/expected-predictions.json';
import { openWorkshop, type RunningService, until, type Workshop } from '../service-process';
import { type ArrivedSpan, type Collector, startCollector } from './collector';

const instances = { instances: [expected[0]?.instance] };
const root = '1-5759e988-bd862e3fe1be46a994272793';
const w3c = '5759e988bd862e3fe1be46a994272793';
const parent = '53995c3f42cd8ad8';

interface Traced {
  readonly status: number;
  readonly traceHeader: string | undefined;
  readonly body: { readonly requestId: string; readonly predictions?: { class: string }[] };
}

/** A prediction with a caller's headers. */
function predict(
  { port }: RunningService,
  headers: Record<string, string> = {},
  body: unknown = instances,
): Promise<Traced> {
  return new Promise((resolve, reject) => {
    const sent = request({
      ...{ host: '127.0.0.1', port, method: 'POST', path: '/predict' },
      headers: { 'content-type': 'application/json', ...headers },
    });
    sent.on('error', reject);
    sent.on('response', (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => {
        const traceHeader = response.headers['x-amzn-trace-id'] as string | undefined;
        resolve({ status: response.statusCode ?? 0, traceHeader, body: JSON.parse(text) });
      });
    });
    sent.end(JSON.stringify(body));
  });
}

const hex = (traceId: string): string => traceId.slice(2).replace('-', '');

describe('traces of the service as a process', { timeout: 60_000, concurrency: 3 }, () => {
  let workshop: Workshop;
  const collectors: Collector[] = [];
  let made = 0;
  before(async () => {
    workshop = await openWorkshop();
  });
  after(async () => {
    await workshop.close();
    for (const each of collectors) await each.close();
  });

  const start = async (switches: object, env: Record<string, string> = {}, status = 200) => {
    const collector = await startCollector(status);
    collectors.push(collector);
    made += 1;
    const switchesFile = join(workshop.directory, `traced-${made}.json`);
    await writeFile(switchesFile, JSON.stringify(switches));
    const service = await workshop.start({
      VIGIA_SWITCHES_FILE: switchesFile,
      VIGIA_TRACES_ENDPOINT: collector.endpoint,
      ...env,
    });
    const end = async (): Promise<void> => {
      service.child.kill('SIGTERM');
      assert.equal(await service.ended, 0);
    };
    return { collector, service, switchesFile, end };
  };
  const of = (spans: readonly ArrivedSpan[], traceId: string): ArrivedSpan[] =>
    spans.filter((span) => span.traceId === hex(traceId));
  const serverOf = (spans: readonly ArrivedSpan[]): ArrivedSpan => {
    const [server, ...more] = spans.filter(({ kind }) => kind === 2);
    assert.ok(server !== undefined && more.length === 0, `one server span, got ${more.length + 1}`);
    return server;
  };

  it('arrive as one server span with its three parts, under the id that the answer tells', async () => {
    const { collector, service, end } = await start({ traceShare: 1, logShare: 0.5 });
    const earliestSeconds = Math.floor(Date.now() / 1000) - 1;
    const { status, traceHeader, body } = await predict(service);
    assert.equal(status, 200);
    assert.equal(traceHeader, `Root=${body.requestId};Sampled=1`);
    // Nothing is asked of it: the batch goes out by itself.
    await until(() => of(collector.spans, body.requestId).length === 4);
    const spans = of(collector.spans, body.requestId);
    const server = serverOf(spans);
    assert.equal(server.parentSpanId, '');
    assert.match(server.spanId, /^[0-9a-f]{16}$/);
    const second = Number.parseInt(server.traceId.slice(0, 8), 16);
    assert.ok(second >= earliestSeconds && second <= Date.now() / 1000, 'the id begins with its second');

    const parts = spans.filter(({ kind }) => kind === 1);
    assert.deepEqual(
      parts.map(({ name, parentSpanId }) => [name, parentSpanId]),
      ['validation', 'inference', 'post-processing'].map((name) => [name, server.spanId]),
    );
    let from = server.startNs;
    for (const { startNs, endNs } of parts) {
      assert.ok(startNs >= from && endNs >= startNs, 'one part after the other');
      from = endNs;
    }
    assert.ok(server.endNs >= from);

    const { attributes, resource } = server;
    assert.deepEqual(resource['service.name'], 'fraud');
    assert.deepEqual(resource['aws.log.group.names'], ['/vigia/fraud-dev/service']);
    assert.deepEqual(
      [attributes.stage, attributes.model, attributes.version, attributes.class, attributes.instances],
      ['dev', 'payment-fraud', '1.0.0', body.predictions?.[0]?.class, 1],
    );
    assert.deepEqual([attributes.degraded, attributes.sampled_by], [false, 'share']);
    assert.deepEqual(
      [attributes['http.request.method'], attributes['http.route'], attributes['http.response.status_code']],
      ['POST', '/predict', 200],
    );
    for (const name of attributes['aws.xray.annotations'] as string[]) {
      assert.ok(name in attributes, `${name} is promised to the index, and there`);
    }
    assert.equal(collector.requests[0]?.path, '/v1/traces');
    assert.equal(collector.requests[0]?.headers['content-type'], 'application/x-protobuf');
    // Half of all predictions leave a line, and a traced one always does.
    assert.ok(service.logged.some(({ requestId }) => requestId === body.requestId));
    await end();
  });

  it("belong to the caller's trace, in X-Ray's form and in the W3C one", async () => {
    const { collector, service, end } = await start({ traceShare: 0 });
    const other = `1-${root.slice(2, 10)}-${'a'.repeat(24)}`;
    await predict(service, { 'x-amzn-trace-id': `Root=${root};Parent=${parent};Sampled=1` });
    await predict(service, { traceparent: `00-${hex(other)}-${parent}-01` });
    await end();
    for (const traceId of [root, other]) {
      const server = serverOf(of(collector.spans, traceId));
      assert.deepEqual([server.parentSpanId, server.attributes.sampled_by], [parent, 'caller']);
    }
    assert.equal(hex(root), w3c);
  });

  it('are not made when the caller, the share or the switch says so; what waits at a stop is sent', async () => {
    const { collector, service, switchesFile, end } = await start({ traceShare: 1 });
    const refused = await predict(service, { 'x-amzn-trace-id': `Root=${root};Sampled=0` });
    assert.deepEqual([refused.status, refused.traceHeader], [200, undefined]);
    const traced = await predict(service);
    await writeFile(switchesFile, JSON.stringify({ traceShare: 0 }));
    service.child.kill('SIGHUP');
    await until(async () => (await predict(service)).traceHeader === undefined);
    await end();
    assert.equal(of(collector.spans, root).length, 0);
    assert.equal(of(collector.spans, traced.body.requestId).length, 4);
    assert.ok(
      collector.spans.every(({ attributes, kind }) => kind === 1 || attributes.sampled_by === 'share'),
    );
  });

  it('tell of a failure why, with the parts up to it, and of a refusal that it was one', async () => {
    const { collector, service, end } = await start(
      { traceShare: 1, degraded: 'off' },
      { VIGIA_ALLOW_FAULTS: 'rehearsal' },
    );
    const wrong = await predict(service, {}, { instances: [{ amount_eur: 876_543 }] });
    await service.call('POST', '/__faults', { kind: 'errors', rate: 1 });
    const failed = await predict(service);
    assert.deepEqual([wrong.status, failed.status], [400, 500]);
    await end();
    const refusal = of(collector.spans, wrong.body.requestId);
    assert.deepEqual(
      [refusal.length, serverOf(refusal).status],
      [2, 0],
      'validation alone, and no fault of ours',
    );
    assert.equal(serverOf(refusal).attributes['http.response.status_code'], 400);
    const spans = of(collector.spans, failed.body.requestId);
    const server = serverOf(spans);
    assert.equal(spans.length, 3);
    assert.deepEqual([server.status, server.attributes['http.response.status_code']], [2, 500]);
    assert.equal(server.attributes.model, 'payment-fraud');
    const [exception] = server.events;
    assert.equal(exception?.name, 'exception');
    assert.match(String(exception?.attributes['exception.message']), /bad allocation/);
    assert.doesNotMatch(
      JSON.stringify(collector.spans, (_, value) => String(value)),
      /876543/,
    );
  });

  it('are made after all when a request fails or is slow, a few each second, never against the caller', async () => {
    // Far above what an ordinary one takes on a busy machine.
    const rehearsal = { VIGIA_ALLOW_FAULTS: 'rehearsal', VIGIA_SLOW_MS: '1500' };
    const { collector, service, end } = await start({ traceShare: 1e-9, degraded: 'off' }, rehearsal);
    const ordinary = await predict(service);
    await service.call('POST', '/__faults', { kind: 'slow', delayMs: 1600 });
    const slow = await predict(service);
    await service.call('POST', '/__faults', { kind: 'errors', rate: 1 });
    await predict(service, { 'x-amzn-trace-id': `Root=${root};Sampled=0` });
    const failed = await Promise.all(Array.from({ length: 60 }, () => predict(service)));
    await end();
    const late = serverOf(of(collector.spans, slow.body.requestId));
    assert.equal(late.attributes.sampled_by, 'slowness');
    assert.ok(late.endNs - late.startNs >= 1_500_000_000n, 'as long as the request was');
    assert.equal(of(collector.spans, root).length, 0);
    const failures = collector.spans.filter(({ attributes }) => attributes.sampled_by === 'failure');
    assert.ok(
      failures.length >= 1 && failures.length < failed.length,
      `${failures.length} of ${failed.length}`,
    );
    for (const { status, events } of failures) assert.deepEqual([status, events.length], [2, 1]);
    assert.equal(of(collector.spans, ordinary.body.requestId).length, 0);
  });

  it('tell why a stand-in was answered, traced at first or after all', async () => {
    for (const traceShare of [1, 1e-9]) {
      const { collector, service, end } = await start({ traceShare }, { VIGIA_ALLOW_FAULTS: 'rehearsal' });
      await predict(service);
      await service.call('POST', '/__faults', { kind: 'errors', rate: 1 });
      const { status, body } = await predict(service);
      assert.equal(status, 200, 'the answer of before, from the cache');
      await end();
      const server = serverOf(of(collector.spans, body.requestId));
      assert.deepEqual(
        [server.attributes.degraded, server.attributes['http.response.status_code']],
        [true, 200],
      );
      assert.match(String(server.events[0]?.attributes['exception.message']), /bad allocation/);
    }
  });

  it('send the headers of their file, and leave their text out of every complaint', async () => {
    const headersFile = join(workshop.directory, 'headers');
    await writeFile(headersFile, '# key of the backend\nauthorization: Bearer s3cret\nbroken s3cret\n');
    const { collector, service, end } = await start(
      { traceShare: 1 },
      { VIGIA_TRACES_HEADERS_FILE: headersFile },
    );
    await predict(service);
    await end();
    assert.equal(collector.requests[0]?.headers.authorization, 'Bearer s3cret');
    const said = JSON.stringify(service.logged) + service.stderr();
    assert.match(said, /headers: line 3 is no header/);
    assert.doesNotMatch(said, /s3cret/);
  });

  it('cost no prediction and one line when nobody takes them', async () => {
    const { collector, service, end } = await start({ traceShare: 1, logShare: 0 }, {}, 400);
    for (const batches of [1, 2]) {
      for (let count = 0; count < 20; count += 1) assert.equal((await predict(service)).status, 200);
      await until(() => collector.requests.length >= batches);
    }
    const metrics = async () => (await service.call('GET', '/metrics')).body;
    await until(async () => /^vigia_trace_spans_total\{outcome="lost"\} [1-9]/m.test(await metrics()));
    assert.match(await metrics(), /^vigia_trace_spans_total\{outcome="sent"\} 0$/m);
    await end();
    const complaints = service.logged.filter(({ msg }) => String(msg).startsWith('traces: '));
    assert.equal(complaints.length, 1);
    assert.match(
      String(complaints[0]?.msg),
      /cannot be sent to http:.* \d+ spans lost so far; start what listens/,
    );
    assert.equal(service.stderr(), '');
  });

  it('do not hold up a stop when the collector is gone', async () => {
    const { collector, service, end } = await start({ traceShare: 1 });
    await predict(service);
    await collector.close();
    const startedMs = Date.now();
    await end();
    // Half a second for the traces, beside what a stop takes anyway.
    assert.ok(Date.now() - startedMs < 8000);
  });
});
