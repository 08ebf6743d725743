/** What differs between the service that comes with Vigía and one of your own, where more than one part must know it. */
import type { Config } from '../config/config';

/** Asked by whoever sends callers, in the service that comes with Vigía. */
const ownReadyPath = '/health/ready';

export function readyPathOf({ workload }: Config): string {
  return workload.kind === 'model' ? ownReadyPath : workload.healthPath;
}

/** Asked by whoever starts it: that it does its own work. A dependency that is down must not fail a start or a release. */
const ownStartedPath = '/health/self';

export function startedPathOf({ workload }: Config): string {
  return workload.kind === 'model' ? ownStartedPath : workload.healthPath;
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
