/** The agent stand-in: what it makes of readings, what it refuses, what it ships, and when it stops. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Datum } from '../../../rehearsal/cloudwatch/types';
import { type AgentConfig, startAgent, toData } from '../../../rehearsal/host/agent';
import type { HostReadings } from '../../../rehearsal/host/readings';
import { createSandbox } from '../../../rehearsal/host/sandbox';
import { manualClock } from '../manual-clock';
import { recorder } from '../parts';

const root = join(__dirname, '..', '..', '..');
const sandbox = createSandbox();
after(() => sandbox.remove());

const dimensions = { Service: 'demo', Stage: 'dev' };
const when = { seconds: 60, at: 1000 };
const reading = (measurement: string, value: number, own = {}) => ({
  measurement,
  value,
  unit: 'Percent',
  dimensions: own,
});

describe('a reading', () => {
  const metrics = {
    namespace: 'Host',
    aggregation_dimensions: [['Service', 'Stage']],
    metrics_collected: {},
  };
  const sets = (data: readonly Datum[]) => data.map((datum) => [datum.dimensions, datum.values]);

  it('becomes a datum with its own dimensions, and one for each smaller set it is aggregated to', () => {
    const section = { measurement: ['used_percent'], append_dimensions: dimensions };
    const data = toData(
      'disk',
      section,
      [reading('used_percent', 7, { path: '/', device: 'xvda1' })],
      metrics,
      when,
    );
    assert.deepEqual(sets(data), [
      [{ ...dimensions, path: '/', device: 'xvda1' }, [7]],
      [dimensions, [7]],
    ]);
    assert.deepEqual(
      data.map(({ namespace, name, unit, at, storageResolutionSeconds }) => [
        namespace,
        name,
        unit,
        at,
        storageResolutionSeconds,
      ]),
      [
        ['Host', 'disk_used_percent', 'Percent', 1000, 60],
        ['Host', 'disk_used_percent', 'Percent', 1000, 60],
      ],
    );
  });

  it('whose original is dropped is left with its aggregations', () => {
    const section = {
      measurement: ['usage_idle'],
      append_dimensions: dimensions,
      drop_original_metrics: ['cpu_usage_idle'],
    };
    const data = toData('cpu', section, [reading('usage_idle', 90, { cpu: 'cpu-total' })], metrics, when);
    assert.deepEqual(sets(data), [[dimensions, [90]]]);
  });

  it('is not aggregated to a set as large as its own, nor to one with a dimension it lacks', () => {
    const wide = {
      ...metrics,
      aggregation_dimensions: [
        ['Service', 'Stage'],
        ['Service', 'path'],
      ],
    };
    const section = { measurement: ['mem_used_percent'], append_dimensions: dimensions };
    assert.deepEqual(sets(toData('mem', section, [reading('used_percent', 5)], wide, when)), [
      [dimensions, [5]],
    ]);
  });

  it('of several devices meets the others in their common set', () => {
    const section = {
      measurement: ['used_percent'],
      append_dimensions: dimensions,
      drop_original_metrics: ['used_percent'],
    };
    const readings = [
      reading('used_percent', 1, { path: '/' }),
      reading('used_percent', 9, { path: '/data' }),
    ];
    assert.deepEqual(sets(toData('disk', section, readings, metrics, when)), [[dimensions, [1, 9]]]);
  });

  it('that nobody asked for is no datum, and one each second is of high resolution', () => {
    const section = { measurement: ['usage_user'] };
    const readings = [reading('usage_idle', 1), reading('usage_user', 2)];
    const data = toData('cpu', section, readings, { metrics_collected: {} }, { ...when, seconds: 10 });
    assert.deepEqual(
      data.map(({ namespace, name, storageResolutionSeconds }) => [
        namespace,
        name,
        storageResolutionSeconds,
      ]),
      [['CWAgent', 'cpu_usage_user', 1]],
    );
  });
});

function start(config: AgentConfig, readings: HostReadings = async () => [], put = () => {}) {
  const clock = manualClock();
  const log = recorder(() => clock.now());
  const shipped: { group: string; stream: string; lines: string[] }[] = [];
  const data: Datum[] = [];
  const agent = startAgent({
    config,
    clock,
    emit: log.emit,
    sandbox,
    logs: {
      put: (group, stream, events) => {
        put();
        shipped.push({ group, stream, lines: events.map(({ message }) => message) });
      },
    },
    cloudwatch: { put: (more) => void data.push(...more) },
    traces: { accept: () => {} },
    otlpPort: 0,
    readings,
    instanceId: 'i-0123',
  });
  return { clock, log, shipped, data, stop: () => agent.stop() };
}

const filesConfig: AgentConfig = {
  logs: {
    force_flush_interval: 1,
    logs_collected: { files: { collect_list: [{ file_path: '/var/log/a.log', log_group_name: '/a' }] } },
  },
};

describe('the agent', () => {
  it('ships the files it is told to, from the sandbox, into a stream named after the instance', () => {
    const { clock, shipped, stop } = start(filesConfig);
    sandbox.write('/var/log/a.log', 'one\ntwo\n');
    clock.advance(1500);
    stop();
    assert.deepEqual(shipped, [{ group: '/a', stream: 'i-0123', lines: ['one', 'two'] }]);
  });

  it('says once, not with each flush, that a group does not take its lines', () => {
    const { clock, log, stop } = start(filesConfig, undefined, () => {
      throw new Error('there is no group /a');
    });
    for (let count = 0; count < 3; count += 1) {
      sandbox.write('/var/log/a.log', `${'line\n'.repeat(count + 1)}`);
      clock.advance(1500);
    }
    stop();
    assert.deepEqual(
      log.of('notice').map(({ subject, text }) => `${subject} ${text}`),
      ['agent: /a there is no group /a'],
    );
  });

  it('collects at its interval, and no more once it is stopped, even in the middle of a reading', async () => {
    let asked = 0;
    const config: AgentConfig = {
      agent: { metrics_collection_interval: 10 },
      metrics: { metrics_collected: { mem: { measurement: ['used_percent'] } } },
    };
    const { clock, data, stop } = start(config, async () => {
      asked += 1;
      return [reading('used_percent', asked)];
    });
    clock.advance(1000);
    await sleep(0);
    clock.advance(10_000);
    await sleep(0);
    assert.deepEqual(
      data.map(({ values }) => values),
      [[1], [2]],
    );
    clock.advance(10_000);
    stop();
    await sleep(0);
    clock.advance(60_000);
    await sleep(0);
    assert.equal(asked, 3);
    assert.equal(data.length, 2);
  });

  it('takes every configuration that Vigia renders', () => {
    const files = readdirSync(join(root, 'agent-config'));
    assert.ok(files.length > 0);
    for (const file of files)
      start(JSON.parse(readFileSync(join(root, 'agent-config', file), 'utf8'))).stop();
  });

  it('refuses by name, all at once, what it does not honour', () => {
    const config = {
      traces: { concurrency: 8, traces_collected: { xray: {}, otlp: { http_endpoint: '0.0.0.0:4318' } } },
      agent: { region: 'eu-west-1' },
      metrics: {
        force_flush_interval: 5,
        metrics_collected: {
          statsd: {},
          cpu: { measurement: ['usage_steal', { name: 'usage_idle', rename: 'x' }], report_deltas: true },
        },
      },
      logs: {
        logs_collected: {
          files: { collect_list: [{ file_path: '/a', log_group_name: 'a', timezone: 'UTC' }] },
        },
      },
    };
    assert.throws(
      () => start(config as unknown as AgentConfig),
      (error: Error) => {
        const named = [
          'agent.region',
          'metrics.force_flush_interval',
          'metrics.metrics_collected.statsd',
          'metrics.metrics_collected.cpu.report_deltas',
          'logs.logs_collected.files.collect_list.0.timezone',
          'traces.concurrency',
          'traces.traces_collected.xray',
          'metrics.metrics_collected.cpu.measurement "usage_steal"',
          'metrics.metrics_collected.cpu.measurement {"name":"usage_idle","rename":"x"}',
          'traces.traces_collected.otlp.http_endpoint "0.0.0.0:4318"',
        ];
        assert.ok(error.message.startsWith(`agent configuration ${named.join(', ')}: `), error.message);
        return true;
      },
    );
  });
});

describe('the note of its progress', () => {
  it('says how many bytes of whole lines are shipped, under the name that the agent gives it', async () => {
    const clock = manualClock();
    const shipped: string[] = [];
    const path = '/var/log/vigia-noted/metrics.emf';
    sandbox.write(path, 'one\ntwo\nhal');
    const { stop } = startAgent({
      config: {
        logs: { logs_collected: { files: { collect_list: [{ file_path: path, log_group_name: 'g' }] } } },
      },
      clock,
      emit: () => {},
      sandbox,
      logs: { put: (_group, _stream, events) => void shipped.push(...events.map(({ message }) => message)) },
      cloudwatch: { put: () => {} },
      readings: async () => [],
      traces: { accept: () => {} },
      otlpPort: 0,
      instanceId: 'i-1',
    });
    clock.advance(10_000);
    await sleep(0);
    stop();
    assert.deepEqual(shipped, ['one', 'two']);
    const note = sandbox.path('/opt/aws/amazon-cloudwatch-agent/logs/state/_var_log_vigia-noted_metrics.emf');
    assert.equal(readFileSync(note, 'utf8'), `8\n${path}\n0-8`);
  });
});
