/** What stands before the host and asks whether it is ready: the balancer, EC2's status check, and the rules between them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { drainSecondsOf } from '../../../../lib/catalog/health';
import { scopeName } from '../../../../lib/catalog/names';
import type { StageInput } from '../../../../lib/config/schema';
import { serviceUnit } from '../../../../lib/render/cloudformation/constructs/service-unit';
import { serviceEnvironmentFile } from '../../../../lib/render/cloudformation/host-files';
import { sampleConfig } from '../../sample-config';
import {
  onlyOne,
  plain,
  resourcesOf,
  synthesiseConfig,
  type Template,
  templateOf,
  variants,
} from './template';

const stage = (host: StageInput['host'], more: Partial<StageInput> = {}) => sampleConfig({ host, ...more });
const hostOf = (host: StageInput['host'], more: Partial<StageInput> = {}): Template =>
  templateOf(synthesiseConfig(stage(host, more)), 'host');

/** Every rule of the template that lets somebody in or out, as one line. */
function rules(host: Template): string[] {
  const inline = resourcesOf(host, 'AWS::EC2::SecurityGroup').flatMap(({ id, Properties }) =>
    (['SecurityGroupIngress', 'SecurityGroupEgress'] as const).flatMap((kind) =>
      ((Properties[kind] ?? []) as Record<string, unknown>[]).map(
        (rule) => `${nameOf(id)} ${kind.slice(13)} ${rule.CidrIp} ${rule.FromPort}`,
      ),
    ),
  );
  const single = ['SecurityGroupIngress', 'SecurityGroupEgress'].flatMap((kind) =>
    resourcesOf(host, `AWS::EC2::${kind}`).map(({ Properties }) => {
      const other = Properties.SourceSecurityGroupId ?? Properties.DestinationSecurityGroupId;
      return `${nameOf(plain(Properties.GroupId))} ${kind.slice(13)} ${nameOf(plain(other))} ${Properties.FromPort}`;
    }),
  );
  return [...inline, ...single].filter((rule) => !rule.includes('255.255.255.255')).sort();
}

const nameOf = (id: string): string =>
  /NetworkHostGroup/.test(id)
    ? 'host'
    : /LoadBalancerGroup/.test(id)
      ? 'balancer'
      : /StatusCheckGroup/.test(id)
        ? 'check'
        : id;

describe('a host without a balancer', () => {
  it('is called by the VPC itself, and has neither balancer nor check', () => {
    const host = hostOf({});
    assert.deepEqual(rules(host), ['host Egress 0.0.0.0/0 443', 'host Ingress 10.0.0.0/16 8080']);
    for (const type of ['AWS::ElasticLoadBalancingV2::LoadBalancer', 'AWS::EC2::ApplicationStatusCheck']) {
      assert.equal(resourcesOf(host, type).length, 0);
    }
  });
});

describe('an internal load balancer', () => {
  const balanced = { loadBalancer: { kind: 'internal' }, clientCidrs: ['10.9.0.0/16'] } as const;
  const host = hostOf({ ...balanced, clientCidrs: [...balanced.clientCidrs] });

  it('is let in to the host alone, and callers to it', () => {
    assert.deepEqual(rules(host), [
      'balancer Egress host 8080',
      'balancer Ingress 10.0.0.0/16 80',
      'balancer Ingress 10.9.0.0/16 80',
      'host Egress 0.0.0.0/0 443',
      'host Ingress balancer 8080',
    ]);
  });

  it('stands in two zones, inside', () => {
    const { Properties } = onlyOne(host, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
    assert.equal(Properties.Scheme, 'internal');
    assert.equal((Properties.Subnets as unknown[]).length, 2);
    const attributes = Object.fromEntries(
      (Properties.LoadBalancerAttributes as { Key: string; Value: string }[]).map(({ Key, Value }) => [
        Key,
        Value,
      ]),
    );
    assert.equal(attributes['routing.http.drop_invalid_header_fields.enabled'], 'true');
    // Fastify closes after 72 seconds; the balancer has to be first.
    assert.ok(Number(attributes['idle_timeout.timeout_seconds']) < 72);
  });

  it('asks whether the host is ready, and notices within its drain', () => {
    const { Properties } = onlyOne(host, 'AWS::ElasticLoadBalancingV2::TargetGroup');
    assert.equal(Properties.HealthCheckPath, '/health/ready');
    assert.deepEqual(Properties.Matcher, { HttpCode: '200' });
    const interval = Number(Properties.HealthCheckIntervalSeconds);
    const drain = drainSecondsOf(stage({ loadBalancer: { kind: 'internal' } }));
    assert.ok(interval * Number(Properties.UnhealthyThresholdCount) < drain);
    assert.ok(Number(Properties.HealthCheckTimeoutSeconds) < interval);
    const attributes = Properties.TargetGroupAttributes as { Key: string; Value: string }[];
    const delay = attributes.find(({ Key }) => Key === 'deregistration_delay.timeout_seconds')?.Value;
    assert.equal(delay, '25');
  });

  it('sends to the instance itself, so that a replacement is registered before the old one goes', () => {
    const { Properties } = onlyOne(host, 'AWS::ElasticLoadBalancingV2::TargetGroup');
    const targets = Properties.Targets as { Id: unknown; Port: number }[];
    assert.deepEqual(
      targets.map(({ Id, Port }) => [plain(Id), Port]),
      [[`<${onlyOne(host, 'AWS::EC2::Instance').id}>`, 8080]],
    );
  });

  it('lets the service drain, and the unit wait for it', () => {
    const config = stage({ loadBalancer: { kind: 'internal' } });
    assert.match(serviceUnit(config), /^TimeoutStopSec=25$/m);
    assert.match(serviceEnvironmentFile(config), /^VIGIA_DRAIN_SECONDS=15$/m);
    assert.match(serviceUnit(stage({})), /^TimeoutStopSec=10$/m);
    assert.match(serviceEnvironmentFile(stage({})), /^VIGIA_DRAIN_SECONDS=0$/m);
    const chosen = stage({ loadBalancer: { kind: 'internal' }, drainSeconds: 3 });
    assert.match(serviceUnit(chosen), /^TimeoutStopSec=13$/m);
  });

  it('speaks HTTPS with a certificate and writes access logs where it is told to', () => {
    const certificateArn =
      'arn:aws:acm:eu-west-1:123456789012:certificate/12345678-1234-1234-1234-123456789012';
    const secure = hostOf({
      loadBalancer: { kind: 'internal', certificateArn, accessLogsBucket: 'access-logs' },
    });
    const { Properties } = onlyOne(secure, 'AWS::ElasticLoadBalancingV2::Listener');
    assert.deepEqual([Properties.Port, Properties.Protocol], [443, 'HTTPS']);
    assert.deepEqual(Properties.Certificates, [{ CertificateArn: certificateArn }]);
    assert.match(String(Properties.SslPolicy), /TLS13/);
    assert.ok(rules(secure).includes('balancer Ingress 10.0.0.0/16 443'));
    const balancer = onlyOne(secure, 'AWS::ElasticLoadBalancingV2::LoadBalancer').Properties;
    assert.match(
      JSON.stringify(balancer.LoadBalancerAttributes),
      /"access_logs.s3.bucket","Value":"access-logs"/,
    );
  });

  it('works in a network that exists', () => {
    const settings = JSON.parse(JSON.stringify(variants.existing.host));
    const { Properties } = onlyOne(
      hostOf({ ...settings, loadBalancer: { kind: 'internal' } }),
      'AWS::ElasticLoadBalancingV2::LoadBalancer',
    );
    assert.deepEqual(Properties.Subnets, settings.network.privateSubnetIds);
  });
});

describe("EC2's application status check", () => {
  const host = hostOf({ applicationStatusCheck: { enabled: true } });
  const { Properties } = onlyOne(host, 'AWS::EC2::ApplicationStatusCheck');

  it('asks the health port through a path whose groups are all in the template', () => {
    assert.deepEqual(
      [Properties.Protocol, Properties.Port, Properties.Path, Properties.StatusCodeMatcher],
      ['http', 8081, '/health/ready', '200'],
    );
    assert.deepEqual(rules(host), [
      'check Egress host 8081',
      'host Egress 0.0.0.0/0 443',
      'host Ingress 10.0.0.0/16 8080',
      'host Ingress check 8081',
    ]);
    const [path] = Properties.HealthCheckPaths as {
      Source: Record<string, unknown>;
      Destinations: Record<string, unknown>[];
    }[];
    const instance = onlyOne(host, 'AWS::EC2::Instance').Properties;
    assert.deepEqual(plain(path?.Source.SubnetId), plain(instance.SubnetId));
    assert.deepEqual(plain(path?.Destinations[0]?.SubnetId), plain(instance.SubnetId));
    assert.equal(nameOf(plain(path?.Source.SecurityGroupId)), 'check');
    assert.equal(nameOf(plain(path?.Destinations[0]?.SecurityGroupId)), 'host');
  });

  it('gives the service its port, and is watched before it counts', () => {
    const config = stage({ applicationStatusCheck: { enabled: true } });
    assert.match(serviceEnvironmentFile(config), /^VIGIA_STATUS_CHECK_PORT=8081$/m);
    assert.doesNotMatch(serviceEnvironmentFile(stage({})), /STATUS_CHECK_PORT/);
    assert.equal(Properties.Aggregation, 'excluded');
    const counting = hostOf({ applicationStatusCheck: { enabled: true, counts: true } });
    assert.equal(onlyOne(counting, 'AWS::EC2::ApplicationStatusCheck').Properties.Aggregation, 'included');
  });

  it('says with which command it is associated, by the tag that a replaced host has too', () => {
    const config = stage({});
    const output = Object.entries(host.Outputs ?? {}).find(([id]) => id.startsWith('StatusCheckAssociate'));
    const { Value } = (output?.[1] ?? {}) as { Value?: unknown };
    assert.match(
      plain(Value),
      new RegExp(
        `--application-status-check-id <\\w+\\.ApplicationStatusCheckId> --target-tag-associations Key=VigiaHost,Value=${scopeName(config)}$`,
      ),
    );
    const tags = onlyOne(host, 'AWS::EC2::Instance').Properties.Tags as { Key: string; Value: string }[];
    assert.ok(tags.some(({ Key, Value: tag }) => Key === 'VigiaHost' && tag === scopeName(config)));
  });
});

describe('checks of dependencies', () => {
  it('may leave the host on their own ports, into the VPC alone', () => {
    const host = hostOf(
      {},
      {
        health: {
          checks: [
            { kind: 'http', name: 'features', url: 'http://features.internal:8090/health' },
            { kind: 'http', name: 'sidecar', url: 'http://127.0.0.1:9000/' },
            { kind: 'http', name: 'outside', url: 'https://example.com/' },
            { kind: 'tcp', name: 'store', host: 'store.internal', port: 5432 },
          ],
        },
      },
    );
    assert.deepEqual(
      rules(host).filter((rule) => rule.startsWith('host Egress')),
      ['host Egress 0.0.0.0/0 443', 'host Egress 10.0.0.0/16 5432', 'host Egress 10.0.0.0/16 8090'],
    );
  });
});
