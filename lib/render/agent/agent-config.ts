/** What the CloudWatch agent is given: files to ship, host metrics to collect. Rendered from the catalog's agent metrics. */
import { agentTraces, hostLayout, logGroups } from '../../catalog/host';
import { agentMetrics, namespaces } from '../../catalog/metrics';
import { scopeName } from '../../catalog/names';
import { tracesTarget } from '../../catalog/traces';
import type { Config } from '../../config/config';
import { prometheusSection } from './prometheus';

/** Plugins as the agent names them; a metric's name is `<plugin>_<measurement>`. */
const plugins = ['cpu', 'mem', 'disk', 'diskio', 'netstat'] as const;

/** Host figures change slowly; every minute is what the 60-second alarms need and no more is billed. */
const collectionSeconds = 60;

/** Seconds the agent may hold log lines. One keeps the way from an EMF flush to a 10-second alarm short. */
const logFlushSeconds = 1;

/** The agent's JSON, as a plain object. Shape: the agent's own `translator/config/schema.json`. */
export function renderAgentConfig(config: Config): Record<string, unknown> {
  const layout = hostLayout(config.service);
  const groups = logGroups(scopeName(config));
  const prometheus = prometheusSection(config);
  return {
    agent: { run_as_user: 'cwagent', omit_hostname: true, metrics_collection_interval: collectionSeconds },
    metrics: {
      namespace: namespaces.host,
      // The device, file system and core behind a figure change with the host; the alarm must not.
      aggregation_dimensions: [
        ['Service', 'Stage'],
        ['Service', 'Stage', 'path'],
      ],
      metrics_collected: Object.fromEntries(plugins.map((plugin) => [plugin, pluginSection(plugin, config)])),
    },
    logs: {
      force_flush_interval: logFlushSeconds,
      ...(prometheus === undefined ? {} : { metrics_collected: { prometheus } }),
      logs_collected: {
        files: {
          collect_list: [
            { file_path: layout.logFile, log_group_name: groups.service, log_stream_name: '{instance_id}' },
            { file_path: layout.emfFile, log_group_name: groups.metrics, log_stream_name: '{instance_id}' },
          ],
        },
      },
    },
    // Its own default is the same loopback port; written down, because the service is told it too.
    ...(tracesTarget(config) === 'agent'
      ? { traces: { traces_collected: { otlp: { http_endpoint: agentTraces.bind } } } }
      : {}),
  };
}

function pluginSection(plugin: (typeof plugins)[number], config: Config): Record<string, unknown> {
  const measurement = Object.values(agentMetrics)
    .filter((metric) => metric.name.startsWith(`${plugin}_`))
    .map((metric) => metric.name.slice(plugin.length + 1));
  const section: Record<string, unknown> = {
    measurement,
    append_dimensions: { Service: config.service, Stage: config.stage },
  };
  // Only the sums over devices and cores are kept: the rest would be billed and read by nobody.
  if (plugin === 'cpu') Object.assign(section, { totalcpu: true, drop_original_metrics: measurement });
  if (plugin === 'disk') Object.assign(section, { resources: ['/'], drop_original_metrics: measurement });
  if (plugin === 'diskio') Object.assign(section, { resources: ['*'], drop_original_metrics: measurement });
  return section;
}
