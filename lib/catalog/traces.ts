/** Where the traces of a stage go. Unit, agent, role, network and cost sheet each follow from it. */
import type { Config } from '../config/config';
import { agentTraces, hostLayout } from './host';

/** `agent`: to the CloudWatch agent on the host, and by it to X-Ray. `elsewhere`: to a backend of the stage's own. */
export type TracesTarget = 'off' | 'agent' | 'elsewhere';

export function tracesTarget({ traces }: Config): TracesTarget {
  if (traces === 'off') return 'off';
  return traces.endpoint === undefined ? 'agent' : 'elsewhere';
}

/** What the service is told of it; nothing when traces are off, and then it loads no library for them. */
export function tracesEnvironment({ service, traces }: Config): {
  readonly tracesEndpoint?: string;
  readonly tracesReservoir?: number;
  readonly tracesHeadersFile?: string;
  readonly tracesHeadersParameter?: string;
} {
  if (traces === 'off') return {};
  return {
    tracesEndpoint: traces.endpoint ?? agentTraces.endpoint,
    tracesReservoir: traces.reservoirPerSecond,
    ...(traces.headersParameter === undefined
      ? {}
      : {
          tracesHeadersFile: hostLayout(service).tracesHeadersFile,
          tracesHeadersParameter: traces.headersParameter,
        }),
  };
}
