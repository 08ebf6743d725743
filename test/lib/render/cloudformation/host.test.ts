import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hostLayout, logGroups } from '../../../../lib/catalog/host';
import { namespaces } from '../../../../lib/catalog/metrics';
import {
  allowedBy,
  onlyOne,
  plain,
  resourcesOf,
  statementsOf,
  synthesised,
  templateOf,
  type Variant,
  variantNames,
} from './template';

/** What EC2 takes as user data, before base64. */
const userDataBytes = 16_384;

interface InitSet {
  readonly commands?: Readonly<Record<string, { readonly command: string }>>;
  readonly files?: Readonly<Record<string, unknown>>;
  readonly sources?: Readonly<Record<string, unknown>>;
  readonly services?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
}

function partsOf(variant: Variant) {
  const stage = synthesised(variant);
  const host = templateOf(stage, 'host');
  const instance = onlyOne(host, 'AWS::EC2::Instance');
  const init = instance.Metadata?.['AWS::CloudFormation::Init'] as Readonly<Record<string, InitSet>> & {
    readonly configSets: Readonly<Record<string, readonly string[]>>;
  };
  const order = init.configSets.default ?? [];
  const commandsOf = (set: string): string[] =>
    Object.values(init[set]?.commands ?? {}).map(({ command }) => command);
  return { stage, host, instance, init, order, commandsOf, userData: plain(instance.Properties.UserData) };
}

for (const variant of variantNames) {
  describe(`the host, ${variant}`, () => {
    const { stage, host, instance, init, order, commandsOf, userData } = partsOf(variant);
    const { config } = stage;
    const layout = hostLayout(config.service);

    it('answers to IMDSv2 alone, one hop away', () => {
      assert.deepEqual(instance.Properties.MetadataOptions, {
        HttpTokens: 'required',
        HttpPutResponseHopLimit: 1,
      });
    });

    it('has only encrypted disks, the root one among them', () => {
      const devices = instance.Properties.BlockDeviceMappings as {
        DeviceName: string;
        Ebs: { Encrypted?: boolean };
      }[];
      assert.deepEqual(
        devices.map(({ DeviceName }) => DeviceName),
        ['/dev/xvda'],
      );
      for (const { Ebs } of devices) assert.equal(Ebs.Encrypted, true);
    });

    it('is created when somebody has signalled, and somebody signals', () => {
      const { ResourceSignal } = instance.CreationPolicy as {
        ResourceSignal: { Count: number; Timeout: string };
      };
      assert.equal(ResourceSignal.Count, 1);
      assert.ok(Number(/^PT(\d+)M$/.exec(ResourceSignal.Timeout)?.[1]) >= 10);
      assert.match(userData, new RegExp(`cfn-init .*--resource ${instance.id} .*-c default`));
      assert.match(userData, new RegExp(`cfn-signal -e \\$\\? .*--resource ${instance.id}`));
      assert.ok(Buffer.byteLength(userData) < userDataBytes);
      assert.equal(userData.indexOf('cfn-init') < userData.indexOf('cfn-signal'), true);
    });

    it('does nothing after the signal whose failure nobody would see', () => {
      const after = userData.slice(userData.indexOf('cfn-signal')).split('\n').slice(1);
      assert.deepEqual(
        after.map((line) => line.trim()),
        ['cat /var/log/cfn-init.log >&2', ')'],
      );
    });

    it('does every step of its script in order, the agent before the service, health last', () => {
      assert.deepEqual(
        order.flatMap(commandsOf),
        ['packages', 'users', 'place', 'configure', 'observe', 'start', 'verify'].map(
          (step) => `sh bootstrap.sh ${step}`,
        ),
      );
      // cfn-init takes the commands by their names.
      for (const set of order) {
        const names = Object.keys(init[set]?.commands ?? {});
        assert.deepEqual(names, [...names].sort());
      }
    });

    it('trap 5: leaves services to its script, which knows systemd alone', () => {
      for (const set of order) assert.equal(init[set]?.services, undefined);
    });

    it('has its scripts beside the release, and what the host is beside the scripts', () => {
      const sources = Object.keys(Object.assign({}, ...order.map((set) => init[set]?.sources ?? {})));
      assert.equal(sources.length, 2);
      assert.match(sources[0] ?? '', new RegExp(`^${layout.releases}/[0-9a-f]{12}$`));
      assert.equal(sources[1], layout.scripts);
      const files = Object.assign({}, ...order.map((set) => init[set]?.files ?? {})) as Record<
        string,
        { content: unknown }
      >;
      assert.deepEqual(Object.keys(files), [`${layout.scripts}/host.env`]);
      const lines = plain(files[`${layout.scripts}/host.env`]?.content).split('\n');
      assert.ok(lines.includes(`VIGIA_SERVICE=${config.service}`));
      assert.ok(lines.includes("VIGIA_PACKAGES='nodejs24 amazon-cloudwatch-agent'"));
      assert.ok(lines.includes(`VIGIA_PARAMETERS=/vigia/${config.service}-${config.stage}/host`));
      assert.ok(lines.some((line) => /^VIGIA_REGION=(<AWS::Region>|eu-west-1)$/.test(line)));
    });

    it('runs every step that its sets name, and names every step that it has', () => {
      const steps = Object.keys(init).filter((name) => name !== 'configSets');
      assert.deepEqual([...order].sort(), steps.sort());
    });

    it('trap 8: takes the newest Amazon Linux 2023 of its architecture with AWS’s default kernel', () => {
      const name = /^<(.+)>$/.exec(plain(instance.Properties.ImageId))?.[1] ?? '';
      assert.deepEqual(host.Parameters[name], {
        Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>',
        Default: `/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${config.host.architecture}`,
      });
    });

    it('lets nobody in but the networks it is told of, on the service’s port alone', () => {
      const groups = resourcesOf(host, 'AWS::EC2::SecurityGroup');
      const inbound = [
        ...groups.flatMap(
          ({ Properties }) => (Properties.SecurityGroupIngress ?? []) as Record<string, unknown>[],
        ),
        ...resourcesOf(host, 'AWS::EC2::SecurityGroupIngress').map(({ Properties }) => Properties),
      ];
      const blocks = inbound.filter(({ CidrIp }) => CidrIp !== undefined);
      const entrance = config.host.loadBalancer.kind === 'none' ? 8080 : 80;
      assert.deepEqual(
        blocks.map(({ CidrIp, FromPort, ToPort }) => [plain(CidrIp), FromPort, ToPort]),
        [config.host.network.vpcCidr, ...config.host.clientCidrs].map((cidr) => [cidr, entrance, entrance]),
      );
      for (const rule of inbound) {
        assert.equal(rule.CidrIpv6, undefined);
        assert.notEqual(rule.IpProtocol, '-1');
        assert.ok([entrance, 8080, 8081, 443].includes(Number(rule.FromPort)), JSON.stringify(rule));
      }
      assert.equal(instance.Properties.KeyName, undefined);
      assert.equal(instance.Properties.NetworkInterfaces, undefined);
    });

    it('goes out by HTTPS alone', () => {
      const outbound = resourcesOf(host, 'AWS::EC2::SecurityGroup').flatMap(
        ({ Properties }) => (Properties.SecurityGroupEgress ?? []) as Record<string, unknown>[],
      );
      const open = outbound.filter(({ CidrIp }) => CidrIp !== '255.255.255.255/32');
      assert.deepEqual(
        open.map(({ FromPort, ToPort, IpProtocol }) => [FromPort, ToPort, IpProtocol]),
        [[443, 443, 'tcp']],
      );
    });

    it('carries the tag that commands are aimed at', () => {
      const tags = instance.Properties.Tags as { Key: string; Value: string }[];
      assert.equal(tags.find(({ Key }) => Key === 'VigiaHost')?.Value, `${config.service}-${config.stage}`);
    });

    it('may write its own metrics and logs, read its parameter, assets and releases, and signal its stack: nothing else', () => {
      const role = onlyHostRole(variant);
      const statements = allowedBy(host).filter(({ policy }) => policy.startsWith('HostRole'));
      const groups = logGroups(`${config.service}-${config.stage}`);
      assert.deepEqual(
        statements.map(({ Action }) => Action.join(' ')),
        [
          'cloudwatch:PutMetricData',
          'logs:CreateLogStream logs:PutLogEvents logs:DescribeLogStreams',
          'xray:PutTraceSegments xray:PutTelemetryRecords',
          'ssm:GetParameter',
          's3:GetObject* s3:GetBucket* s3:List*',
          'cloudformation:DescribeStackResource cloudformation:SignalResource',
          's3:GetObject',
        ],
      );
      const [metrics, logs, traces, parameter, assets, signal, releases] = statements;
      assert.match(releases?.Resource.join() ?? '', /^<Releases\w+\.Arn>\/releases\/\*$/);
      assert.deepEqual(traces?.Resource, ['*'], 'there is no narrower resource');
      assert.deepEqual(metrics?.Condition, { StringEquals: { 'cloudwatch:namespace': namespaces.host } });
      assert.deepEqual(
        logs?.Resource.map((arn) => arn.replace(/^.*:log-group:/, '')),
        [`${groups.service}:*`, `${groups.metrics}:*`],
      );
      assert.match(
        parameter?.Resource.join() ?? '',
        new RegExp(`:parameter/vigia/${config.service}-${config.stage}/host/\\*$`),
      );
      for (const arn of assets?.Resource ?? []) assert.match(arn, /:s3:::cdk-hnb659fds-assets-/);
      assert.deepEqual(signal?.Resource, ['<AWS::StackId>']);
      assert.deepEqual(
        (role.Properties.ManagedPolicyArns as unknown[]).map(plain).map((arn) => arn.replace(/^.*:/, '')),
        ['policy/AmazonSSMManagedInstanceCore'],
      );
    });
  });
}

function onlyHostRole(variant: Variant) {
  const roles = resourcesOf(templateOf(synthesised(variant), 'host'), 'AWS::IAM::Role').filter(
    ({ Properties }) =>
      JSON.stringify(statementsOf(Properties.AssumeRolePolicyDocument).map(({ Principal }) => Principal)) ===
      '[{"Service":"ec2.amazonaws.com"}]',
  );
  assert.equal(roles.length, 1);
  return roles[0] ?? assert.fail();
}
