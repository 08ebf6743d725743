import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import Ajv from 'ajv-draft-04';
import { agentTraces, hostLayout, logGroups } from '../../../../lib/catalog/host';
import { agentMetrics } from '../../../../lib/catalog/metrics';
import { scopeName } from '../../../../lib/catalog/names';
import { renderAgentConfig } from '../../../../lib/render/agent/agent-config';
import { sampleConfig } from '../../sample-config';
import { type AgentConfig, seriesOf } from './series';

/** A standard parameter of Systems Manager ends here; a longer one is charged for. */
const standardParameterBytes = 4096;

/** What the agent's translator accepts, of the plugins in use (its `registered_metrics.go`); the schema does not know. */
const measurements: Readonly<Record<string, RegExp>> = {
  cpu: /^(time|usage)_(active|guest|guest_nice|idle|iowait|irq|nice|softirq|steal|system|user)$/,
  mem: /^(active|available|available_percent|buffered|cached|free|inactive|total|used|used_percent)$/,
  disk: /^(free|inodes_free|inodes_total|inodes_used|total|used|used_percent)$/,
  diskio: /^(iops_in_progress|io_time|reads|read_bytes|read_time|writes|write_bytes|write_time)$/,
  netstat:
    /^(tcp_(close|close_wait|closing|established|fin_wait1|fin_wait2|last_ack|listen|none|syn_sent|syn_recv|time_wait)|udp_socket)$/,
};

const schema: Record<string, unknown> = JSON.parse(
  readFileSync(join(__dirname, '../../../fixtures/cloudwatch-agent-schema.json'), 'utf8'),
);
const accepts = new Ajv({ strict: false, allErrors: true }).compile(schema);

const config = sampleConfig();
const rendered = renderAgentConfig(config) as unknown as AgentConfig;
const plugins = Object.entries(rendered.metrics.metrics_collected);

describe('the agent configuration', () => {
  it("is valid by the agent's own schema", () => {
    assert.ok(accepts(rendered), JSON.stringify(accepts.errors, null, 2));
  });

  it('would not be valid with a key that the schema does not know', () => {
    assert.equal(accepts({ ...rendered, metrics: { ...rendered.metrics, flush: 1 } }), false);
  });

  it('fits a standard parameter when minified, with the longest names too', () => {
    const longest = sampleConfig({ service: 'a'.repeat(32) });
    for (const each of [rendered, renderAgentConfig(longest)]) {
      assert.ok(Buffer.byteLength(JSON.stringify(each)) < standardParameterBytes);
    }
  });

  it('asks for measurements by the names that the agent registers, without the plugin in front', () => {
    for (const [plugin, section] of plugins) {
      for (const measurement of section.measurement) {
        assert.match(measurement, measurements[plugin] ?? /^$/, `${plugin} ${measurement}`);
      }
      for (const dropped of section.drop_original_metrics ?? []) {
        assert.ok(
          section.measurement.includes(dropped),
          `${plugin} drops ${dropped}, which it does not collect`,
        );
      }
    }
  });

  it('collects what the catalog declares and nothing else', () => {
    const names = new Set(seriesOf(rendered).map(({ name }) => name));
    assert.deepEqual(
      [...names].sort(),
      Object.values(agentMetrics)
        .map(({ name }) => name)
        .sort(),
    );
  });

  it('keeps no figure of a single core, device or host, which nobody reads and everybody pays for', () => {
    const kept = seriesOf(rendered).flatMap(({ dimensions }) => dimensions);
    assert.deepEqual([...new Set(kept)].sort(), ['Service', 'Stage', 'path']);
  });

  it('uses no placeholder in a dimension: an alarm could not name its value', () => {
    const values = plugins.flatMap(([, section]) => Object.values(section.append_dimensions ?? {}));
    assert.ok(values.length > 0);
    for (const value of values) assert.doesNotMatch(value, /[{}$]/);
    assert.equal(rendered.metrics.append_dimensions, undefined);
  });

  it('ships the two files that the service writes into the groups that the stack makes', () => {
    const layout = hostLayout(config.service);
    const groups = logGroups(scopeName(config));
    const { logs } = renderAgentConfig(config) as {
      logs: { logs_collected: { files: { collect_list: Record<string, unknown>[] } } };
    };
    assert.deepEqual(
      logs.logs_collected.files.collect_list.map((file) => [file.file_path, file.log_group_name]),
      [
        [layout.logFile, groups.service],
        [layout.emfFile, groups.metrics],
      ],
    );
  });

  it('sets no retention, which would need a permission to change groups', () => {
    assert.doesNotMatch(JSON.stringify(rendered), /retention_in_days/);
  });
});

describe('the reading of an agent configuration', () => {
  const read = (metrics: Partial<AgentConfig['metrics']>, omit = true): string[] =>
    seriesOf({
      agent: { omit_hostname: omit, metrics_collection_interval: 60 },
      metrics: { metrics_collected: { disk: { measurement: ['used'] } }, ...metrics },
    }).map(({ name, dimensions }) => `${name} ${dimensions.join(',')}`);

  it('keeps the original beside its rollups unless it is dropped', () => {
    assert.deepEqual(read({}), ['disk_used device,fstype,path']);
    assert.deepEqual(read({}, false), ['disk_used device,fstype,host,path']);
    assert.deepEqual(read({ aggregation_dimensions: [['path'], ['cpu']] }), [
      'disk_used device,fstype,path',
      'disk_used path',
    ]);
    assert.deepEqual(
      read({
        aggregation_dimensions: [['path']],
        metrics_collected: { disk: { measurement: ['used'], drop_original_metrics: ['used'] } },
      }),
      ['disk_used path'],
    );
  });

  it('takes spans from this host alone, where the service sends them, and only if it does', () => {
    const { traces } = renderAgentConfig(config) as {
      traces: { traces_collected: { otlp: { http_endpoint: string } } };
    };
    assert.equal(`http://${traces.traces_collected.otlp.http_endpoint}/v1/traces`, agentTraces.endpoint);
    assert.equal(new URL(agentTraces.endpoint).hostname, '127.0.0.1');
    const elsewhere = { endpoint: 'https://otlp.example.com/v1/traces' };
    for (const setting of ['off', elsewhere] as const) {
      const other = renderAgentConfig(sampleConfig({ traces: setting }));
      assert.ok(accepts(other));
      assert.equal('traces' in other, false);
    }
  });
});
