import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  agentMetrics,
  type MetricKey,
  metrics,
  namespaces,
  serviceMetrics,
} from '../../../lib/catalog/metrics';
import { fixedDimensions, metricsOf, resolveAlarms } from '../../../lib/catalog/resolve';
import { renderAgentConfig } from '../../../lib/render/agent/agent-config';
import { minimumLabels } from '../../../service/drift/accuracy';
import { createDriftWatch } from '../../../service/drift/watch';
import { createTelemetry } from '../../../service/telemetry/telemetry';
import { shippedModel } from '../../service/app-under-test';
import { heldClock } from '../../service/held-clock';
import { type Extracted, extract } from '../../service/telemetry/emf-rules';
import { type AgentConfig, seriesOf } from '../render/agent/series';
import { sampleConfig } from '../sample-config';

const config = sampleConfig();
const alarms = resolveAlarms(config);
const values = fixedDimensions(config);
const windowMs = 5000;

/** What the service writes of one window with a good and a bad prediction, as CloudWatch would extract it. */
async function emitted(): Promise<readonly Extracted[]> {
  const clock = heldClock(0);
  const lines: string[] = [];
  const telemetry = createTelemetry({
    clock,
    windowMs,
    identity: { Service: config.service, Stage: config.stage },
    write: (line) => lines.push(line),
    missingLines: () => 0,
    vitals: async () => ({ modelLoaded: 1, serviceUp: 1, systemHealth: 100 }),
  });
  telemetry.start({ name: 'm', version: '1', classes: ['legit', 'fraud'], lowConfidenceBelow: 0.6 });
  telemetry.answered(clock.elapsedMs(), 3, 'legit', 0.5, false);
  telemetry.failed(clock.elapsedMs(), 3);
  await clock.advance(windowMs);
  telemetry.stop();
  return [...extract(lines.join('')), ...(await emittedOfDrift())];
}

/** What the service writes of drift and of late labels, once both can be told. */
async function emittedOfDrift(): Promise<readonly Extracted[]> {
  const clock = heldClock(0);
  const lines: string[] = [];
  const windowMs = 60_000;
  const drift = createDriftWatch({
    clock,
    plan: { windowMs, windows: 1 },
    identity: { Service: config.service, Stage: config.stage },
    write: (line) => lines.push(line),
    stateDirectory: undefined,
    complain: assert.fail,
  });
  const { metadata } = await shippedModel();
  drift.start(metadata);
  const row = Float32Array.from(metadata.features, ({ name }) => Number(metadata.probe.instance[name]));
  await clock.advance(windowMs);
  const given = { class: metadata.probe.class, confidence: 0.9 };
  for (let index = 0; index < minimumLabels; index++) {
    drift.predicted(`r${index}`, [row], [given], false);
    drift.label(`r${index}`, 0, metadata.probe.class);
  }
  await clock.advance(2 * windowMs);
  drift.stop();
  return extract(lines.join(''));
}

const anyFeature = 'any feature';

/** The identity that an alarm asks CloudWatch for. */
function asked(key: MetricKey): object {
  const { namespace, name, dimensions } = metrics[key];
  return {
    namespace,
    name,
    dimensions: Object.fromEntries(
      [...dimensions]
        .sort()
        // Which features are told of is for the data to decide.
        .map((dimension) => [dimension, dimension === 'Feature' ? anyFeature : values[dimension]]),
    ),
  };
}

const keysBy = (emitter: string): MetricKey[] =>
  (Object.keys(metrics) as MetricKey[]).filter((key) => metrics[key].emitter === emitter);

describe('every alarm', () => {
  for (const alarm of alarms) {
    it(`${alarm.key} reads metrics that are declared, each with one emitter`, () => {
      const read = metricsOf(alarm);
      assert.ok(read.length > 0);
      for (const metric of read) {
        assert.ok(metric !== undefined);
        assert.match(metric.emitter, /^(service|agent|aws)$/);
      }
    });

    it(`${alarm.key} has a short period only on metrics stored at one second`, () => {
      if (alarm.periodSeconds >= 60) return;
      for (const metric of metricsOf(alarm)) assert.equal(metric.resolutionSeconds, 1, metric.name);
    });
  }
});

describe('the service', () => {
  for (const key of keysBy('service')) {
    it(`really emits ${key}: name, namespace, dimensions, unit and resolution to the letter`, async () => {
      const { unit, resolutionSeconds } = metrics[key];
      const found = (await emitted()).filter(({ name }) => name === metrics[key].name);
      assert.ok(found.length > 0, `${metrics[key].name} is not in the service's lines`);
      for (const each of found) {
        const dimensions = {
          ...each.dimensions,
          ...('Feature' in each.dimensions ? { Feature: anyFeature } : {}),
        };
        assert.deepEqual({ namespace: each.namespace, name: each.name, dimensions }, asked(key));
        assert.deepEqual([each.unit, each.resolution], [unit, resolutionSeconds]);
      }
    });
  }

  it('emits nothing that the catalog does not declare', async () => {
    const declared = Object.values(serviceMetrics).map(({ name }) => name);
    for (const { name } of await emitted()) assert.ok(declared.includes(name), name);
  });
});

describe('the agent', () => {
  const series = seriesOf(renderAgentConfig(config) as unknown as AgentConfig);

  for (const key of keysBy('agent')) {
    it(`is configured to emit ${key} with exactly the dimensions that are asked for`, () => {
      const match = series.filter(
        ({ name, dimensions }) =>
          name === metrics[key].name && dimensions.join() === [...metrics[key].dimensions].sort().join(),
      );
      assert.equal(match.length, 1, `${metrics[key].name} by ${metrics[key].dimensions.join(', ')}`);
      assert.deepEqual(
        { namespace: match[0]?.namespace, name: match[0]?.name, dimensions: match[0]?.values },
        asked(key),
      );
    });
  }

  it('stores nothing at one second, and no alarm expects it to', () => {
    for (const metric of Object.values(agentMetrics)) assert.equal(metric.resolutionSeconds, 60);
  });
});

describe('AWS', () => {
  it('owns its namespaces, and nobody else emits into them', () => {
    for (const { emitter, namespace } of Object.values(metrics)) {
      assert.equal(namespace.startsWith('AWS/'), emitter === 'aws');
      if (emitter !== 'aws') assert.ok(Object.values<string>(namespaces).includes(namespace));
    }
  });

  it('is asked by the names of resources that a stack of ours owns', () => {
    for (const alarm of alarms) {
      const own = metricsOf(alarm).some(({ emitter }) => emitter === 'aws');
      assert.equal(alarm.owner !== 'observation', own, alarm.key);
    }
  });
});

describe('dimensions', () => {
  it('name a host only where AWS knows no other name, so that alarms outlive a replaced host', () => {
    for (const [key, { dimensions, emitter }] of Object.entries(metrics)) {
      if (emitter !== 'aws') assert.ok(!dimensions.includes('InstanceId'), key);
    }
  });
});
