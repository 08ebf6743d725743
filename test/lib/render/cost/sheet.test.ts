import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { serviceMetrics } from '../../../../lib/catalog/metrics';
import { renderAgentConfig } from '../../../../lib/render/agent/agent-config';
import { instancePrice } from '../../../../lib/render/cost/instance-prices';
import { loadOf } from '../../../../lib/render/cost/load';
import { seriesBy } from '../../../../lib/render/cost/metric-lines';
import { priceSources, prices } from '../../../../lib/render/cost/prices';
import { defaultSwitches } from '../../../../service/switches';
import '../../../seed';
import { sampleConfig } from '../../sample-config';
import { type AgentConfig, seriesOf } from '../agent/series';
import { quantityOf, sheetOf } from './sample-sheet';

const config = sampleConfig({ remediation: { mode: 'on' } });
const usd = (words: RegExp, sheet = sheetOf(config)): number =>
  sheet.lines.filter(({ item }) => words.test(item)).reduce((sum, line) => sum + (line.usd ?? 0), 0);

describe('the cost sheet', () => {
  it('counts the metrics that the agent is really told to make', () => {
    const series = seriesOf(renderAgentConfig(config) as unknown as AgentConfig);
    assert.equal(quantityOf(sheetOf(config), /by the agent/), series.length);
  });

  it('counts at least one series for each metric of the service', () => {
    assert.ok(seriesBy('service') >= Object.keys(serviceMetrics).length);
    assert.equal(quantityOf(sheetOf(config), /^Metrics of the service/), seriesBy('service'));
  });

  it('is right where a reader can check it by hand', () => {
    assert.equal(usd(/^EC2 t3.small/).toFixed(2), '15.18');
    assert.equal(usd(/^NAT gateway/).toFixed(2), '32.85');
    // 10 a second, 5 % of them, 5 USD a million.
    assert.equal(usd(/traces of predictions/).toFixed(2), '6.57');
    // 730 hours, 6 endpoints, 2 zones, a cent each.
    const isolated = sheetOf(sampleConfig({ host: { network: { kind: 'endpoints' } } }));
    const endpoints = quantityOf(isolated, /^Interface endpoints/) / 730;
    assert.equal(usd(/^Interface endpoints/, isolated).toFixed(2), (endpoints * 7.3).toFixed(2));
  });

  it('adds up', () => {
    const sheet = sheetOf(config);
    const sum = sheet.lines.reduce((total, line) => total + (line.usd ?? 0), 0);
    assert.ok(Math.abs(sheet.totalUsd - sum) < 1e-9);
    for (const line of sheet.lines) {
      assert.ok(line.quantity > 0 && Number.isFinite(line.quantity), line.item);
      assert.ok(line.usd !== null && Math.abs(line.usd - line.quantity * (line.usdPerUnit ?? 0)) < 1e-9);
    }
  });

  it('grows with traffic and with nothing hidden: no load makes it cheaper', () => {
    const rate = fc.double({ min: 0, max: 5000, noNaN: true });
    fc.assert(
      fc.property(rate, rate, (one, other) => {
        const [low, high] = [one, other].sort((a, b) => a - b);
        const at = (requestsPerSecond = 0): number => sheetOf(config, { requestsPerSecond }).totalUsd;
        assert.ok(at(low) <= at(high) + 1e-9);
      }),
    );
    assert.equal(sheetOf(config, { requestsPerSecond: 0 }).trafficUsd, 0);
  });

  it('takes the shares of logs and traces that the service takes, by default and as configured', () => {
    const { logShare, traceShare } = defaultSwitches;
    assert.deepEqual(loadOf(config), { requestsPerSecond: 10, logShare, traceShare });
    const quiet = sampleConfig({ switches: { logShare: 0, traceShare: 0.01 } });
    assert.equal(usd(/traces of predictions/, sheetOf(quiet)).toFixed(2), '1.31');
    assert.equal(usd(/\/service$/, sheetOf(quiet)), 0);
  });

  it('has no traces in X-Ray where they are off or go elsewhere', () => {
    const elsewhere = { endpoint: 'https://otlp.example.com/v1/traces' };
    for (const traces of ['off', elsewhere] as const) {
      assert.equal(usd(/traces of predictions/, sheetOf(sampleConfig({ traces }))), 0);
    }
  });

  it('has nothing of the remediation where it is off', () => {
    const off = sheetOf(sampleConfig({ remediation: { mode: 'off' } }));
    assert.doesNotMatch(off.lines.map(({ item }) => item).join('\n'), /Lambda|DynamoDB|Composite|SQS/);
    assert.ok(off.totalUsd < sheetOf(config).totalUsd);
  });

  it('stays below every published quota at any usual size', () => {
    for (const { subject, used, limit } of sheetOf(config).quotas) assert.ok(used < limit, subject);
  });
});

describe('prices', () => {
  it('say where they were read, and whether that can be trusted', () => {
    for (const { usd: each, source, isConfirmed } of Object.values(prices)) {
      assert.ok(each > 0);
      assert.ok(source in priceSources);
      assert.equal(isConfirmed, source !== 'memory');
    }
  });

  it('of hosts go by size within a family', () => {
    const of = (type: string): number | undefined => instancePrice(type)?.usd;
    assert.equal(of('t3.micro'), 0.0104);
    assert.equal(of('t3.medium'), 0.0416);
    assert.equal(of('m5.2xlarge'), 0.384);
    assert.equal(of('g5.xlarge'), 1.006);
  });

  it('of hosts nobody has priced are unknown, and the sheet says so', () => {
    for (const type of ['c9x.large', 'g5.2xlarge', 't3.metal', 'large', '']) {
      assert.equal(instancePrice(type), undefined, type);
    }
    const sheet = sheetOf(sampleConfig({ host: { instanceType: 'c5.large' } }));
    assert.deepEqual(sheet.unpriced, ['EC2 c5.large, Linux, on demand']);
  });
});
