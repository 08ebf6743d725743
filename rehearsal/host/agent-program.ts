/** The agent's control program in the sandbox: `fetch-config` starts the stand-in with a file, as on the host. */
import { readFileSync } from 'node:fs';
import type { Resource } from '../resources';
import { type AgentConfig, type AgentDependencies, startAgent } from './agent';
import type { ControlAnswer } from './control';
import { createReadings, hostSize } from './readings';

export const agentUnit = 'amazon-cloudwatch-agent.service';

export interface AgentProgram {
  isActive(): boolean;
  control(args: readonly string[]): ControlAnswer;
  stop(): void;
}

/** The one call that is honoured; the configuration is a file that the first boot has written. */
const fetchConfig = /^-a fetch-config -m ec2 -s -c file:(\S+)$/;

/** @param pid the service's process, whose memory stands for the host's */
export function createAgentProgram(
  instance: Resource,
  on: Omit<AgentDependencies, 'config' | 'readings' | 'instanceId'>,
  pid: () => number | undefined,
): AgentProgram {
  const size = hostSize(String(instance.properties.InstanceType), volumeGiB(instance));
  const readings = createReadings(size, { diskDirectory: on.sandbox.root, pid });
  let running: { stop(): void } | undefined;
  return {
    isActive: () => running !== undefined,
    control: (args) => {
      const file = fetchConfig.exec(args.join(' '))?.[1];
      if (file === undefined) return fail(`not rehearsed: amazon-cloudwatch-agent-ctl ${args.join(' ')}`);
      try {
        const config = JSON.parse(readFileSync(file, 'utf8')) as AgentConfig;
        const next = startAgent({ ...on, config, readings, instanceId: instance.id });
        running?.stop();
        running = next;
        return { exitCode: 0, output: `started with ${file}`, errorOutput: '' };
      } catch (error) {
        return fail((error as Error).message);
      }
    },
    stop: () => {
      running?.stop();
      running = undefined;
    },
  };
}

const fail = (errorOutput: string): ControlAnswer => ({ exitCode: 1, output: '', errorOutput });

function volumeGiB(instance: Resource): number {
  const mappings = (instance.properties.BlockDeviceMappings ?? []) as { Ebs?: { VolumeSize?: number } }[];
  // Eight is the size of the standard image's own volume.
  return mappings[0]?.Ebs?.VolumeSize ?? 8;
}
