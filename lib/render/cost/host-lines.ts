/** The host and its way out: what is paid by the hour whether anybody calls it or not. */
import { endpointsOf, natGateways, newNetworkZones } from '../../catalog/network';
import type { Config } from '../../config/config';
import { instancePrice } from './instance-prices';
import { type Line, linesOf } from './line';
import type { MonthlyUse } from './load';
import { hoursPerMonth, type Price } from './prices';

/** EC2 publishes this many figures a minute for a host with detailed monitoring; the price list counts them so. */
const detailedMetrics = 7;

/** @param usdPerHour what the reader pays for the host, where that is not the list price */
export function hostLines({ host }: Config, usdPerHour: number | undefined): Line[] {
  const own: Price | undefined =
    usdPerHour === undefined
      ? undefined
      : { usd: usdPerHour, unit: 'hours', source: 'given', isConfirmed: true };
  return linesOf('host', [
    {
      item: `EC2 ${host.instanceType}, Linux, on demand`,
      quantity: hoursPerMonth,
      price: own ?? instancePrice(host.instanceType),
      unit: 'hours',
      counts: { 'AWS::EC2::Instance': 1 },
    },
    { item: 'EBS gp3 volume', quantity: host.volumeGiB, price: 'instanceVolume' },
    {
      item: 'Detailed monitoring',
      quantity: detailedMetrics,
      price: 'customMetric',
      because: 'figures of EC2 itself each minute; the status alarm reads one of them',
    },
  ]);
}

/** One capacity unit takes 25 new connections or 1 GB an hour: far above what one host carries. */
const balancerUnits = 1;

/** What stands before the host and asks it. */
export function entranceLines({ host }: Config): Line[] {
  const balancers = host.loadBalancer.kind === 'internal' ? 1 : 0;
  const interfaces = host.applicationStatusCheck.enabled ? 1 : 0;
  return linesOf('network', [
    {
      item: 'Application load balancer',
      quantity: balancers * hoursPerMonth,
      price: 'balancerHour',
      counts: { 'AWS::ElasticLoadBalancingV2::LoadBalancer': balancers },
    },
    {
      item: 'Capacity of the load balancer',
      quantity: balancers * balancerUnits * hoursPerMonth,
      price: 'balancerCapacityHour',
      because: 'one unit while it is called at all',
    },
    {
      item: 'Interface of the application status check',
      quantity: interfaces * hoursPerMonth,
      price: 'statusCheckInterfaceHour',
      because: 'one path, from the subnet of the host to itself',
      counts: { 'AWS::EC2::ApplicationStatusCheck': interfaces },
    },
  ]);
}

export function networkLines(config: Config, use: MonthlyUse): Line[] {
  const { kind } = config.host.network;
  const gateways = kind === 'nat' ? natGateways : 0;
  const endpoints = Object.values(endpointsOf(config));
  const services = endpoints.map(({ service }) => service).join(', ');
  // The gateway endpoint of S3 costs nothing and is counted with the others in the templates.
  const isIsolated = endpoints.length > 0;
  return linesOf('network', [
    {
      item: 'NAT gateway',
      quantity: gateways * hoursPerMonth,
      price: 'natHour',
      counts: { 'AWS::EC2::NatGateway': gateways },
    },
    {
      item: 'Public address of the NAT gateway',
      quantity: gateways * hoursPerMonth,
      price: 'publicAddress',
      counts: { 'AWS::EC2::EIP': gateways },
    },
    {
      item: 'Data through the NAT gateway',
      quantity: gateways > 0 ? use.hostGB : 0,
      price: 'natData',
      because: 'log lines, metrics, and packages of a host that is replaced each week',
    },
    {
      item: `Interface endpoints: ${services}`,
      quantity: endpoints.length * newNetworkZones * hoursPerMonth,
      price: 'endpointHour',
      because: `${endpoints.length} endpoints in ${newNetworkZones} zones`,
      counts: { 'AWS::EC2::VPCEndpoint': endpoints.length + (isIsolated ? 1 : 0) },
    },
    { item: 'Data through the endpoints', quantity: isIsolated ? use.hostGB : 0, price: 'endpointData' },
  ]);
}
