/** The host and what only it can know: its own status alarm, and the net below the remediation. Deployed last. */
import { Fn, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ApplicationStatusCheck } from '../constructs/application-status-check';
import { CatalogAlarms } from '../constructs/catalog-alarms';
import { ConfigurationAssociation } from '../constructs/configuration-association';
import { HostConfiguration } from '../constructs/host-configuration';
import { HostDocuments } from '../constructs/host-documents';
import { HostNetwork } from '../constructs/host-network';
import { InferenceHost } from '../constructs/inference-host';
import { InternalLoadBalancer } from '../constructs/internal-load-balancer';
import { ReleaseBucket } from '../constructs/release-bucket';
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
    const configuration = new HostConfiguration(this, 'Configuration', config, agentConfig);
    const host = new InferenceHost(this, 'Host', { config, network, configuration, assetDirectory });
    new ReleaseBucket(this, 'Releases').grantFetch(host.instance.role);
    new HostDocuments(this, 'Documents', config);
    new ConfigurationAssociation(this, 'Applied', config, configuration, host);
    const { loadBalancer, applicationStatusCheck } = config.host;
    if (loadBalancer.kind === 'internal') {
      const { instance } = host;
      new InternalLoadBalancer(this, 'LoadBalancer', { config, settings: loadBalancer, network, instance });
    }
    if (applicationStatusCheck.enabled) {
      new ApplicationStatusCheck(this, 'StatusCheck', { config, network });
    }
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
