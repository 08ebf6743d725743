/** The host and what only it can know: its own status alarm, and the net below the remediation. Deployed last. */
import { Fn, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { AgentConfiguration } from '../constructs/agent-configuration';
import { CatalogAlarms } from '../constructs/catalog-alarms';
import { HostDocuments } from '../constructs/host-documents';
import { HostNetwork } from '../constructs/host-network';
import { InferenceHost } from '../constructs/inference-host';
import { UnattendedAlarms } from '../constructs/unattended-alarms';
import { isRemediated } from '../resource-names';
import type { VigiaStackProps } from './observation-stack';

export interface HostStackProps extends VigiaStackProps {
  readonly agentConfig: Readonly<Record<string, unknown>>;
  /** Directory of the built service, see service-asset. */
  readonly assetDirectory: string;
}

export class HostStack extends Stack {
  constructor(scope: Construct, id: string, props: HostStackProps) {
    super(scope, id, props);
    const { config, agentConfig, assetDirectory } = props;
    const network = new HostNetwork(this, 'Network', config);
    const agent = new AgentConfiguration(this, 'Agent', config, agentConfig);
    const host = new InferenceHost(this, 'Host', { config, network, agent, assetDirectory });
    new HostDocuments(this, 'Documents', config);
    const alarms = new CatalogAlarms(this, 'Alarms', {
      config,
      owner: 'host',
      dimensions: { InstanceId: host.instance.instanceId },
    });
    if (isRemediated(config)) {
      new UnattendedAlarms(this, 'Unattended', config).node.addDependency(alarms);
    }
  }

  /**
   * The first two zones, told by CloudFormation at deployment. With a region in the configuration the library would
   * look them up with credentials instead, and without those write zones that do not exist.
   */
  override get availabilityZones(): string[] {
    return [0, 1].map((index) => Fn.select(index, Fn.getAzs()));
  }
}
