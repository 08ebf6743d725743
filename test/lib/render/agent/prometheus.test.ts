import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import Ajv from 'ajv-draft-04';
import { parse } from 'yaml';
import { hostLayout, logGroups } from '../../../../lib/catalog/host';
import { scopeName } from '../../../../lib/catalog/names';
import type { StageInput } from '../../../../lib/config/schema';
import { renderAgentConfig } from '../../../../lib/render/agent/agent-config';
import { renderScrapeConfig } from '../../../../lib/render/agent/prometheus';
import { sampleConfig } from '../../sample-config';
import { quantityOf, sheetOf } from '../cost/sample-sheet';

const workload: StageInput['workload'] = {
  kind: 'command',
  directory: 'x',
  command: ['x'],
  prometheus: { path: '/stats', metrics: ['cache_hits_total', 'queue_length'] },
};
const config = sampleConfig({ workload, host: { port: 9090 } });

describe('a Prometheus endpoint', () => {
  it('is scraped by a configuration that the agent accepts', () => {
    const schema = JSON.parse(
      readFileSync(join(__dirname, '../../../fixtures/cloudwatch-agent-schema.json'), 'utf8'),
    );
    const accepts = new Ajv({ strict: false, allErrors: true }).compile(schema);
    assert.ok(accepts(renderAgentConfig(config)), JSON.stringify(accepts.errors, null, 2));
  });

  it('gives the figures that were named, by service and stage, to the log group of metrics', () => {
    const { logs } = renderAgentConfig(config) as {
      logs: { metrics_collected: { prometheus: Record<string, unknown> } };
    };
    const { prometheus } = logs.metrics_collected;
    assert.equal(prometheus.log_group_name, logGroups(scopeName(config)).metrics);
    assert.equal(prometheus.prometheus_config_path, `${hostLayout('fraud').current}/prometheus.yaml`);
    assert.deepEqual(prometheus.emf_processor, {
      metric_namespace: 'Vigia/Inference',
      metric_declaration: [
        {
          source_labels: ['Service'],
          label_matcher: '^fraud$',
          dimensions: [['Service', 'Stage']],
          metric_selectors: ['^cache_hits_total$', '^queue_length$'],
        },
      ],
    });
  });

  it('is asked where the service listens, with the labels that become dimensions', () => {
    const { scrape_configs } = parse(renderScrapeConfig(config) ?? '');
    assert.deepEqual(scrape_configs, [
      {
        job_name: 'fraud-dev',
        metrics_path: '/stats',
        static_configs: [{ targets: ['127.0.0.1:9090'], labels: { Service: 'fraud', Stage: 'dev' } }],
      },
    ]);
  });

  it('costs a metric a figure, and is nothing where it is not asked for', () => {
    assert.equal(quantityOf(sheetOf(config), /Prometheus/), 2);
    assert.equal(renderScrapeConfig(sampleConfig()), undefined);
    assert.doesNotMatch(JSON.stringify(renderAgentConfig(sampleConfig())), /prometheus/);
  });
});
