/** An application load balancer inside the VPC: callers reach it, it alone reaches the host, and only while that is ready. */
import { CfnOutput, Duration } from 'aws-cdk-lib';
import { type Instance, Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import {
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ApplicationTargetGroup,
  ListenerCertificate,
  SslPolicy,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { InstanceTarget } from 'aws-cdk-lib/aws-elasticloadbalancingv2-targets';
import { Construct } from 'constructs';
import { drainSecondsOf } from '../../../catalog/health';
import { stopSeconds } from '../../../catalog/host';
import { scopeName } from '../../../catalog/names';
import { readyPathOf } from '../../../catalog/workload';
import type { Config } from '../../../config/config';
import { acknowledge } from '../acknowledge';
import type { HostNetwork } from './host-network';

/** The shortest that AWS takes: twice it must pass before the drain of the service is over. */
const intervalSeconds = 5;

/** One answer that is lost is no outage; two in a row are ten seconds, of which callers see half. */
const unhealthyThreshold = 2;

/** The service says that it is ready only when it is; a second answer tells an accident from a start. */
const healthyThreshold = 2;

/** Longer than any check of the service may take, shorter than the interval. */
const timeoutSeconds = 4;

/** Shorter than the 72 seconds after which the service closes a connection, or the balancer would use closed ones. */
const idleSeconds = 60;

export interface InternalLoadBalancerProps {
  readonly config: Config;
  readonly settings: Extract<Config['host']['loadBalancer'], { kind: 'internal' }>;
  readonly network: HostNetwork;
  readonly instance: Instance;
}

export class InternalLoadBalancer extends Construct {
  constructor(scope: Construct, id: string, props: InternalLoadBalancerProps) {
    super(scope, id);
    const { config, settings, network, instance } = props;
    const { port, clientCidrs, network: place } = config.host;
    const isSecure = settings.certificateArn !== undefined;
    const group = new SecurityGroup(this, 'Group', {
      vpc: network.vpc,
      description: `Load balancer of ${scopeName(config)}: callers in, the host out`,
      allowAllOutbound: false,
    });
    for (const cidr of [place.vpcCidr, ...clientCidrs]) {
      group.addIngressRule(Peer.ipv4(cidr), Port.tcp(isSecure ? 443 : 80), 'predictions');
    }
    group.addEgressRule(network.securityGroup, Port.tcp(port), 'predictions and health');
    network.securityGroup.addIngressRule(group, Port.tcp(port), 'predictions and health, from the balancer');

    const balancer = new ApplicationLoadBalancer(this, 'Balancer', {
      vpc: network.vpc,
      vpcSubnets: { subnets: [...network.subnets] },
      securityGroup: group,
      internetFacing: false,
      dropInvalidHeaderFields: true,
      idleTimeout: Duration.seconds(idleSeconds),
    });
    const listener = balancer.addListener('Listener', {
      port: isSecure ? 443 : 80,
      protocol: isSecure ? ApplicationProtocol.HTTPS : ApplicationProtocol.HTTP,
      open: false,
      defaultTargetGroups: [this.targets(config, network, instance)],
      ...(settings.certificateArn === undefined
        ? {}
        : {
            certificates: [ListenerCertificate.fromArn(settings.certificateArn)],
            sslPolicy: SslPolicy.RECOMMENDED_TLS,
          }),
    });
    this.accessLogs(balancer, config, settings.accessLogsBucket);
    new CfnOutput(this, 'Url', {
      description: 'Where callers inside the VPC reach the service',
      value: `${isSecure ? 'https' : 'http'}://${balancer.loadBalancerDnsName}`,
    });
    listener.node.addDependency(...network.ready);
  }

  /** The host by its id: one that takes its place is registered after it has come up, and only then the old one leaves. */
  private targets(config: Config, network: HostNetwork, instance: Instance): ApplicationTargetGroup {
    return new ApplicationTargetGroup(this, 'Targets', {
      vpc: network.vpc,
      port: config.host.port,
      protocol: ApplicationProtocol.HTTP,
      targetType: TargetType.INSTANCE,
      targets: [new InstanceTarget(instance, config.host.port)],
      // As long as the host itself takes to stop: what it still answers then is the balancer's to pass on.
      deregistrationDelay: Duration.seconds(drainSecondsOf(config) + stopSeconds),
      healthCheck: {
        path: readyPathOf(config),
        healthyHttpCodes: '200',
        interval: Duration.seconds(intervalSeconds),
        timeout: Duration.seconds(timeoutSeconds),
        healthyThresholdCount: healthyThreshold,
        unhealthyThresholdCount: unhealthyThreshold,
      },
    });
  }

  /** By attributes: the library's own way needs to know the region, and writes the policy of a bucket that is not ours. */
  private accessLogs(balancer: ApplicationLoadBalancer, config: Config, bucket: string | undefined): void {
    if (bucket === undefined) {
      acknowledge(balancer, {
        ELB2: 'Callers are inside the VPC and the service logs what fails or is slow; a bucket is the choice of the configuration.',
      });
      return;
    }
    balancer.setAttribute('access_logs.s3.enabled', 'true');
    balancer.setAttribute('access_logs.s3.bucket', bucket);
    balancer.setAttribute('access_logs.s3.prefix', scopeName(config));
  }
}
