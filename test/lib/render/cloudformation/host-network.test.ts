import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { onlyOne, plain, resourcesOf, synthesised, templateOf } from './template';

/** Without these a host that has no internet can neither boot, report nor be told anything. */
const needed = ['cloudformation', 'ec2messages', 'logs', 'monitoring', 'ssm', 'ssmmessages', 'xray'];

describe('a network without internet', () => {
  const host = templateOf(synthesised('endpoints'), 'host');
  const endpoints = resourcesOf(host, 'AWS::EC2::VPCEndpoint');
  const instance = onlyOne(host, 'AWS::EC2::Instance');
  const serviceOf = (value: unknown): string => plain(value).split('.').at(-1) ?? '';

  it('trap 3: has every endpoint the first boot calls, cloudformation among them', () => {
    const faces = endpoints.filter(({ Properties }) => Properties.VpcEndpointType === 'Interface');
    assert.deepEqual(faces.map(({ Properties }) => serviceOf(Properties.ServiceName)).sort(), needed);
    for (const { Properties } of faces) assert.equal(Properties.PrivateDnsEnabled, true);
  });

  it('trap 4: reaches the package repositories through S3, with no policy that would refuse them', () => {
    const gateways = endpoints.filter(({ Properties }) => Properties.VpcEndpointType === 'Gateway');
    assert.deepEqual(
      gateways.map(({ Properties }) => serviceOf(Properties.ServiceName)),
      ['s3'],
    );
    assert.equal(gateways[0]?.Properties.PolicyDocument, undefined);
    const tables = ((gateways[0]?.Properties.RouteTableIds ?? []) as unknown[]).map(plain);
    const used = resourcesOf(host, 'AWS::EC2::SubnetRouteTableAssociation')
      .filter(({ Properties }) => plain(Properties.SubnetId) === plain(instance.Properties.SubnetId))
      .map(({ Properties }) => plain(Properties.RouteTableId));
    assert.equal(used.length, 1);
    assert.ok(tables.includes(used[0] ?? ''));
  });

  it('starts the host only after its endpoints', () => {
    for (const { id } of endpoints) assert.ok(instance.DependsOn?.includes(id), id);
  });

  it('stands the endpoints in the subnet of the host and lets only the host in', () => {
    const group = resourcesOf(host, 'AWS::EC2::SecurityGroup').find(({ id }) => id.includes('EndpointGroup'));
    for (const { Properties } of endpoints.filter(
      (each) => each.Properties.VpcEndpointType === 'Interface',
    )) {
      assert.deepEqual((Properties.SecurityGroupIds as unknown[]).map(plain), [`<${group?.id}.GroupId>`]);
      assert.ok((Properties.SubnetIds as unknown[]).map(plain).includes(plain(instance.Properties.SubnetId)));
    }
    const rule = onlyOne(host, 'AWS::EC2::SecurityGroupIngress').Properties;
    assert.deepEqual([rule.FromPort, rule.ToPort, rule.CidrIp], [443, 443, undefined]);
    assert.equal(plain(rule.GroupId), `<${group?.id}.GroupId>`);
    assert.deepEqual((instance.Properties.SecurityGroupIds as unknown[]).map(plain), [
      plain(rule.SourceSecurityGroupId),
    ]);
  });

  it('has no way to the internet', () => {
    for (const type of ['NatGateway', 'InternetGateway', 'EIP', 'Route']) {
      assert.equal(resourcesOf(host, `AWS::EC2::${type}`).length, 0, type);
    }
  });

  it('answers private names, which the endpoints are', () => {
    const { EnableDnsHostnames, EnableDnsSupport } = onlyOne(host, 'AWS::EC2::VPC').Properties;
    assert.deepEqual([EnableDnsHostnames, EnableDnsSupport], [true, true]);
  });
});

describe('a network with NAT', () => {
  const host = templateOf(synthesised('nat'), 'host');
  const instance = onlyOne(host, 'AWS::EC2::Instance');

  it('starts the host only after its way out exists', () => {
    const subnet = plain(instance.Properties.SubnetId);
    const table = resourcesOf(host, 'AWS::EC2::SubnetRouteTableAssociation').find(
      ({ Properties }) => plain(Properties.SubnetId) === subnet,
    );
    const route = resourcesOf(host, 'AWS::EC2::Route').find(
      ({ Properties }) => plain(Properties.RouteTableId) === plain(table?.Properties.RouteTableId),
    );
    assert.ok(route?.Properties.NatGatewayId, 'the host has no route through NAT');
    assert.ok(instance.DependsOn?.includes(route.id));
    assert.ok(instance.DependsOn?.includes(onlyOne(host, 'AWS::EC2::NatGateway').id));
  });

  it('gives no public address away', () => {
    for (const { id, Properties } of resourcesOf(host, 'AWS::EC2::Subnet')) {
      assert.notEqual(Properties.MapPublicIpOnLaunch, true, id);
    }
  });
});

describe('a network that exists', () => {
  const host = templateOf(synthesised('existing'), 'host');

  it('is used by its ids, and nothing of it is made', () => {
    const { Properties } = onlyOne(host, 'AWS::EC2::Instance');
    assert.equal(Properties.SubnetId, 'subnet-0123456789abcdef0');
    assert.equal(onlyOne(host, 'AWS::EC2::SecurityGroup').Properties.VpcId, 'vpc-0123456789abcdef0');
    for (const type of ['VPC', 'Subnet', 'RouteTable', 'VPCEndpoint', 'FlowLog']) {
      assert.equal(resourcesOf(host, `AWS::EC2::${type}`).length, 0, type);
    }
  });
});

describe('a network of ours', () => {
  for (const variant of ['nat', 'endpoints', 'arm64'] as const) {
    it(`keeps a log of its traffic and empties no default group with a function of its own, ${variant}`, () => {
      const host = templateOf(synthesised(variant), 'host');
      assert.equal(onlyOne(host, 'AWS::EC2::FlowLog').Properties.TrafficType, 'ALL');
      assert.equal(resourcesOf(host, 'AWS::Lambda::Function').length, 0);
    });
  }
});
