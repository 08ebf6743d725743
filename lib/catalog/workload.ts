/** What differs between the service that comes with Vigía and one of your own, where more than one part must know it. */
import type { Config } from '../config/config';

/** The path that answers 200 while the service serves, in the service that comes with Vigía. */
const ownReadyPath = '/health/ready';

export function readyPathOf({ workload }: Config): string {
  return workload.kind === 'model' ? ownReadyPath : workload.healthPath;
}

/** Node runs the host's own scripts as well, so it is there whatever the service is written in. */
const always = ['nodejs24', 'amazon-cloudwatch-agent'];

/** Packages of Amazon Linux that the host needs, each once. */
export function packagesOf({ workload }: Config): readonly string[] {
  switch (workload.kind) {
    case 'model':
      return always;
    case 'command':
      return [...new Set([...always, ...workload.packages])];
    case 'container':
      return [...always, 'docker'];
  }
}

/** In the release: what the agent scrapes. It lies there because what can be scraped changes with the service. */
export const scrapeFile = 'prometheus.yaml';
