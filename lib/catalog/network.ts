/** What a host needs of a network of its own. Renderer, cost sheet and docs read the same list. */
import type { Config } from '../config/config';
import { tracesTarget } from './traces';

export interface InterfaceEndpoint {
  /** Last part of the endpoint's name, `com.amazonaws.<region>.<service>`. */
  readonly service: string;
  readonly because: string;
}

/** The calls a host without internet must be able to make, by the id of the endpoint in the template. */
export const interfaceEndpoints = {
  Ssm: { service: 'ssm', because: 'Systems Manager: registration, documents, parameters.' },
  SsmMessages: { service: 'ssmmessages', because: 'Run Command and Session Manager.' },
  Ec2Messages: {
    service: 'ec2messages',
    because: 'The older way of Run Command, which agents fall back to.',
  },
  Logs: { service: 'logs', because: 'Log lines, and the metrics inside them.' },
  Monitoring: { service: 'monitoring', because: 'Metrics of the host.' },
  CloudFormation: {
    service: 'cloudformation',
    because: 'Without it the host could not say that it is ready.',
  },
} as const satisfies Readonly<Record<string, InterfaceEndpoint>>;

/** Only where the agent sends traces there. */
export const tracesEndpoints = {
  XRay: { service: 'xray', because: 'Traces of predictions.' },
} as const satisfies Readonly<Record<string, InterfaceEndpoint>>;

/** Zones of a new VPC: one host stands in one of them, the second lets it be replaced while the first is down. */
export const newNetworkZones = 2;

/** One NAT gateway for all zones: a second would double the price to keep telemetry alive in a zone that is gone. */
export const natGateways = 1;

/** What pulling an image from ECR takes besides; its layers come from S3, through the gateway endpoint. */
const registryEndpoints = {
  EcrApi: { service: 'ecr.api', because: "The registry's password." },
  EcrDocker: { service: 'ecr.dkr', because: "The image's manifest." },
} as const satisfies Readonly<Record<string, InterfaceEndpoint>>;

/** The interface endpoints of this stage by their ids; none where there is another way out. */
export function endpointsOf(config: Config): Readonly<Record<string, InterfaceEndpoint>> {
  if (config.host.network.kind !== 'endpoints') return {};
  return {
    ...interfaceEndpoints,
    ...(tracesTarget(config) === 'agent' ? tracesEndpoints : {}),
    ...(config.workload.kind === 'container' ? registryEndpoints : {}),
  };
}
