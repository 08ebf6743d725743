/** What `/metrics` says, in both formats; checked by our own reading of the rules, and by promtool where it is at hand. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import fastify from 'fastify';
import { formatFor, metricsRoute } from '../../../service/http/metrics';
import { renderExposition } from '../../../service/telemetry/exposition';
import { type Exposed, familiesOf } from '../../../service/telemetry/families';
import { createTelemetry } from '../../../service/telemetry/telemetry';
import { heldClock } from '../held-clock';
import { type ReadFamily, readOpenMetrics } from '../telemetry/open-metrics-rules';

const startMs = 1_800_000_000_000;
const hasPromtool = spawnSync('promtool', ['--version']).status === 0;
const well = { failure: undefined, failures: 2, lostLines: 3, waitingLines: 0, waitingBytes: 120 };

function setUp() {
  const clock = heldClock(startMs);
  const telemetry = createTelemetry({
    clock,
    windowMs: 5000,
    identity: { Service: 'fraud', Stage: 'dev' },
    write: () => {},
    missingLines: () => 0,
    vitals: async () => undefined,
  });
  let asked = 0;
  const exposed = (): Exposed => {
    asked += 1;
    return {
      build: { service: 'fraud', stage: 'dev', model: 'a "quoted"\\name\nin two lines', node: 'v20' },
      totals: telemetry.totals(),
      exemplars: telemetry.exemplars(),
      files: [
        { file: 'metrics', state: well },
        { file: 'log', state: well },
      ],
      spans: { exportedSpans: 8, lostSpans: 2 },
      process: { cpuSeconds: 1.5, residentBytes: 7e7, startedAtSeconds: startMs / 1000, lagMaxMs: 12.5 },
    };
  };
  const app = fastify();
  metricsRoute(app, { clock, exposed });
  const start = (): void =>
    telemetry.start({ name: 'm', version: '1', classes: ['legit', 'fraud'], lowConfidenceBelow: 0.6 });
  const answered = (latencyMs: number, confidence: number, name = 'legit', degraded = false): void =>
    telemetry.answered(clock.elapsedMs(), latencyMs, name, confidence, degraded);
  const open = () => readOpenMetrics(renderExposition(familiesOf(exposed()), 'openmetrics'));
  const text = () => renderExposition(familiesOf(exposed()), 'prometheus');
  return { clock, telemetry, app, start, answered, open, text, asked: () => asked };
}

function sampleOf(families: readonly ReadFamily[], name: string, labels: object = {}): number | undefined {
  const samples = families.flatMap((family) => family.samples);
  return samples.find(
    (sample) => sample.name === name && JSON.stringify(sample.labels) === JSON.stringify(labels),
  )?.value;
}

describe('GET /metrics', () => {
  it('counts by outcome and class, over windows that are over and the one that is not', async () => {
    const { clock, telemetry, start, answered, open } = setUp();
    start();
    answered(1, 0.9);
    answered(2, 0.55, 'fraud');
    answered(3, 0.7, 'never heard of', true);
    await clock.advance(5000);
    answered(4, 0.9, 'fraud');
    telemetry.failed(clock.elapsedMs(), 5);
    const families = open();
    assert.equal(sampleOf(families, 'vigia_predictions_total', { outcome: 'answered' }), 4);
    assert.equal(sampleOf(families, 'vigia_predictions_total', { outcome: 'failed' }), 1);
    assert.equal(sampleOf(families, 'vigia_answers_total', { class: 'legit' }), 1);
    assert.equal(sampleOf(families, 'vigia_answers_total', { class: 'fraud' }), 2);
    assert.equal(sampleOf(families, 'vigia_answers_total', { class: 'other' }), 1);
    assert.equal(sampleOf(families, 'vigia_low_confidence_predictions_total'), 1);
    assert.equal(sampleOf(families, 'vigia_degraded_predictions_total'), 1);
    assert.equal(sampleOf(families, 'vigia_prediction_latency_seconds_count'), 5);
    assert.equal(sampleOf(families, 'vigia_prediction_latency_seconds_sum'), 0.015);
    assert.equal(sampleOf(families, 'vigia_prediction_confidence_ratio_count'), 4);
  });

  it('counts a value that is a bound below it, in seconds', () => {
    const { start, answered, open } = setUp();
    start();
    for (const latencyMs of [0.25, 250, 250.1, 9000]) answered(latencyMs, 0.6);
    const families = open();
    const below = (le: string) => sampleOf(families, 'vigia_prediction_latency_seconds_bucket', { le });
    assert.deepEqual(['0.00025', '0.2', '0.25', '0.3', '8.0', '+Inf'].map(below), [1, 1, 2, 3, 3, 4]);
    const sure = (le: string) => sampleOf(families, 'vigia_prediction_confidence_ratio_bucket', { le });
    assert.deepEqual(['0.5', '0.6', '1.0'].map(sure), [0, 4, 4]);
  });

  it('leads from a latency bucket to the last traced prediction in it', () => {
    const { telemetry, start, answered, open, text } = setUp();
    start();
    for (const latencyMs of [1.5, 1.7, 20_000]) answered(latencyMs, 0.9);
    telemetry.exemplar(1.5, '1-65000000-aaaaaaaaaaaaaaaaaaaaaaaa');
    telemetry.exemplar(1.7, '1-65000000-bbbbbbbbbbbbbbbbbbbbbbbb');
    telemetry.exemplar(20_000, '1-65000000-cccccccccccccccccccccccc');
    const exemplars = open().flatMap(({ samples }) => samples.flatMap(({ exemplar }) => exemplar ?? []));
    assert.deepEqual(exemplars, [
      {
        labels: { trace_id: '1-65000000-bbbbbbbbbbbbbbbbbbbbbbbb' },
        value: 0.0017,
        atSeconds: startMs / 1000,
      },
      { labels: { trace_id: '1-65000000-cccccccccccccccccccccccc' }, value: 20, atSeconds: startMs / 1000 },
    ]);
    assert.doesNotMatch(text(), /trace_id/, 'the older format has no place for them');
  });

  it('tells before there is a model what can be told', () => {
    const families = setUp().open();
    const names = families.map(({ name }) => name);
    assert.ok(names.includes('vigia_build') && names.includes('process_resident_memory_bytes'));
    assert.ok(!names.includes('vigia_predictions'));
    const [build] = families.flatMap(({ samples }) => samples);
    assert.equal(build?.labels.model, 'a "quoted"\\name\nin two lines');
    assert.equal(sampleOf(families, 'vigia_telemetry_lost_lines_total', { file: 'log' }), 3);
  });

  it('answers in the format that is asked for, and in text to everyone else', async () => {
    // What Prometheus 2 and 3 send, a browser, curl, and somebody who wants no OpenMetrics.
    const accepted = {
      'application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2':
        'openmetrics',
      'application/openmetrics-text; version=1.0.0': 'openmetrics',
      'text/html,application/xhtml+xml,*/*;q=0.8': 'prometheus',
      '*/*': 'prometheus',
      '': 'prometheus',
      'application/openmetrics-text;q=0.1,text/plain;q=0.9': 'prometheus',
      'application/openmetrics-text;q=0': 'prometheus',
      'application/openmetrics-text;q=nonsense': 'prometheus',
    } as const;
    for (const [accept, format] of Object.entries(accepted)) assert.equal(formatFor(accept), format, accept);
    const { app, start } = setUp();
    start();
    const open = await app.inject({ url: '/metrics', headers: { accept: 'application/openmetrics-text' } });
    assert.equal(open.headers['content-type'], 'application/openmetrics-text; version=1.0.0; charset=utf-8');
    readOpenMetrics(open.body);
    const plain = await app.inject({ url: '/metrics' });
    assert.equal(plain.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
    assert.match(plain.body, /^vigia_predictions_total\{outcome="answered"\} 0$/m);
    assert.doesNotMatch(plain.body, /# (EOF|UNIT)/);
  });

  it('is written once a second, however often it is asked for', async () => {
    const { app, clock, start, asked, answered } = setUp();
    start();
    const once = await app.inject({ url: '/metrics' });
    answered(1, 0.9);
    for (let call = 0; call < 50; call += 1) {
      assert.equal((await app.inject({ url: '/metrics' })).body, once.body);
    }
    assert.equal(asked(), 1);
    await clock.advance(1000);
    assert.match((await app.inject({ url: '/metrics' })).body, /outcome="answered"\} 1$/m);
    assert.equal(asked(), 2);
  });

  it('does not exist where nothing is counted', async () => {
    const app = fastify();
    metricsRoute(app, { clock: heldClock(0), exposed: undefined });
    assert.equal((await app.inject({ url: '/metrics' })).statusCode, 404);
  });

  it('is accepted by promtool', { skip: !hasPromtool }, () => {
    const { telemetry, start, answered, text } = setUp();
    start();
    answered(1, 0.9);
    telemetry.failed(0, 2);
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input: text(),
      encoding: 'utf8',
    });
    assert.deepEqual([status, stdout, stderr], [0, '', '']);
  });
});

describe('the rules of OpenMetrics', () => {
  const wrong = {
    'no end mark': '# TYPE a gauge\na 1\n',
    'a counter without its suffix': '# TYPE a counter\na 1\n# EOF\n',
    'a family in two pieces': '# TYPE a gauge\na 1\n# TYPE b gauge\nb 1\n# TYPE a gauge\n# EOF\n',
    'a unit that is not in the name': '# TYPE a gauge\n# UNIT a seconds\na 1\n# EOF\n',
    'a histogram without infinity': '# TYPE a histogram\na_bucket{le="1.0"} 1\na_count 1\na_sum 1\n# EOF\n',
    'counts that fall':
      '# TYPE a histogram\na_bucket{le="1.0"} 2\na_bucket{le="+Inf"} 1\na_count 1\na_sum 1\n# EOF\n',
    'an exemplar on a gauge': '# TYPE a gauge\na 1 # {trace_id="x"} 1 1\n# EOF\n',
    'an exemplar outside its bucket':
      '# TYPE a histogram\na_bucket{le="1.0"} 1 # {t="x"} 2\na_bucket{le="+Inf"} 1\na_count 1\na_sum 1\n# EOF\n',
    'a raw quote in a label': '# TYPE a gauge\na{b="c"d"} 1\n# EOF\n',
  };
  for (const [what, text] of Object.entries(wrong)) {
    it(`refuse ${what}`, () => {
      assert.throws(() => readOpenMetrics(text), /not valid OpenMetrics/);
    });
  }
});
