/** A Prometheus endpoint of a service of your own, collected by the agent: what it scrapes, and which figures become metrics. */
import { hostLayout, logGroups } from '../../catalog/host';
import { namespaces } from '../../catalog/metrics';
import { scopeName } from '../../catalog/names';
import { scrapeFile } from '../../catalog/workload';
import type { Config } from '../../config/config';

/** Figures of a minute are what 60-second alarms need; each scrape is a log line that is paid for. */
const scrapeSeconds = 60;

type Scraped = Exclude<Config['workload'], { kind: 'model' }>;

function scraped({ workload }: Config): Scraped['prometheus'] {
  return workload.kind === 'model' ? undefined : workload.prometheus;
}

/** The section of the agent's configuration; undefined where nothing is scraped. */
export function prometheusSection(config: Config): Record<string, unknown> | undefined {
  const wanted = scraped(config);
  if (wanted === undefined) return undefined;
  return {
    prometheus_config_path: `${hostLayout(config.service).current}/${scrapeFile}`,
    log_group_name: logGroups(scopeName(config)).metrics,
    emf_processor: {
      metric_namespace: namespaces.inference,
      metric_declaration: [
        {
          source_labels: ['Service'],
          label_matcher: `^${config.service}$`,
          // Labels of its own would each be a metric that is billed, and no alarm could know their values.
          dimensions: [['Service', 'Stage']],
          metric_selectors: wanted.metrics.map((name) => `^${name}$`),
        },
      ],
    },
  };
}

/** Prometheus's own file, as the agent reads it; undefined where nothing is scraped. JSON is YAML too. */
export function renderScrapeConfig(config: Config): string | undefined {
  const wanted = scraped(config);
  if (wanted === undefined) return undefined;
  const labels = { Service: config.service, Stage: config.stage };
  const content = {
    global: { scrape_interval: `${scrapeSeconds}s`, scrape_timeout: '10s' },
    scrape_configs: [
      {
        job_name: scopeName(config),
        metrics_path: wanted.path,
        static_configs: [{ targets: [`127.0.0.1:${config.host.port}`], labels }],
      },
    ],
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}
