/** Where the host stands: a new VPC with NAT, a new one with endpoints only, or one that exists. No way in from outside. */
import { RemovalPolicy } from 'aws-cdk-lib';
import {
  FlowLogDestination,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  type ISubnet,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct, type IDependable } from 'constructs';
import { portsOfChecks } from '../../../catalog/health';
import { endpointsOf, natGateways, newNetworkZones } from '../../../catalog/network';
import type { Config } from '../../../config/config';
import type { NetworkSettings } from '../../../config/schema';
import { logRetention } from './telemetry-log-groups';

export class HostNetwork extends Construct {
  readonly vpc: IVpc;
  readonly subnets: readonly ISubnet[];
  readonly securityGroup: SecurityGroup;
  /** What the host needs before it can boot; CloudFormation would otherwise start both at once. */
  readonly ready: readonly IDependable[];

  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id);
    const { network, port, clientCidrs } = config.host;
    // The library's own class does not fit its own interface under exact optional properties.
    this.vpc =
      network.kind === 'existing' ? this.importVpc(network) : (this.createVpc(network, config) as IVpc);
    this.subnets =
      network.kind === 'existing'
        ? this.vpc.privateSubnets
        : this.vpc.selectSubnets({
            subnetType: network.kind === 'nat' ? SubnetType.PRIVATE_WITH_EGRESS : SubnetType.PRIVATE_ISOLATED,
          }).subnets;

    this.securityGroup = new SecurityGroup(this, 'HostGroup', {
      vpc: this.vpc,
      description: `Inference host ${config.service} ${config.stage}: predictions in, HTTPS out`,
      allowAllOutbound: false,
    });
    this.securityGroup.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'AWS endpoints and package repositories');
    for (const checked of portsOfChecks(config)) {
      this.securityGroup.addEgressRule(
        Peer.ipv4(network.vpcCidr),
        Port.tcp(checked),
        'checks of dependencies',
      );
    }
    // Behind a balancer callers go through it, and its group alone is let in.
    if (config.host.loadBalancer.kind === 'none') {
      for (const cidr of [network.vpcCidr, ...clientCidrs]) {
        this.securityGroup.addIngressRule(Peer.ipv4(cidr), Port.tcp(port), 'predictions');
      }
    }
    this.ready =
      network.kind === 'endpoints' ? this.addEndpoints(config) : network.kind === 'nat' ? [this.vpc] : [];
  }

  private createVpc({ kind, vpcCidr }: Exclude<NetworkSettings, { kind: 'existing' }>, config: Config): Vpc {
    const vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr(vpcCidr),
      maxAzs: newNetworkZones,
      natGateways: kind === 'nat' ? natGateways : 0,
      // Emptying the default group takes a helper function; nothing here uses that group.
      restrictDefaultSecurityGroup: false,
      subnetConfiguration:
        kind === 'nat'
          ? [
              { name: 'out', subnetType: SubnetType.PUBLIC, cidrMask: 28, mapPublicIpOnLaunch: false },
              { name: 'host', subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 24 },
            ]
          : [{ name: 'host', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 24 }],
    });
    // Left to the library the group would keep two years of addresses and outlive the stack.
    const flowLogs = new LogGroup(this, 'FlowLogs', {
      retention: logRetention(config),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    vpc.addFlowLog('FlowLog', { destination: FlowLogDestination.toCloudWatchLogs(flowLogs) });
    return vpc;
  }

  private importVpc(network: Extract<NetworkSettings, { kind: 'existing' }>): IVpc {
    return Vpc.fromVpcAttributes(this, 'Vpc', {
      vpcId: network.vpcId,
      vpcCidrBlock: network.vpcCidr,
      availabilityZones: [...network.availabilityZones],
      privateSubnetIds: [...network.privateSubnetIds],
    });
  }

  private addEndpoints(config: Config): IDependable[] {
    const endpointGroup = new SecurityGroup(this, 'EndpointGroup', {
      vpc: this.vpc,
      description: 'AWS endpoints: HTTPS from the inference host only',
      allowAllOutbound: false,
    });
    endpointGroup.addIngressRule(this.securityGroup, Port.tcp(443), 'HTTPS from the host');
    const endpoints = Object.entries(endpointsOf(config)).map(([name, { service }]) =>
      this.vpc.addInterfaceEndpoint(name, {
        service: new InterfaceVpcEndpointAwsService(service),
        open: false,
        securityGroups: [endpointGroup],
        subnets: { subnets: [...this.subnets] },
      }),
    );
    // No endpoint policy: the default one lets the host read the Amazon Linux repositories, which live in S3.
    const storage = this.vpc.addGatewayEndpoint('Storage', { service: GatewayVpcEndpointAwsService.S3 });
    return [endpointGroup, ...endpoints, storage];
  }
}
