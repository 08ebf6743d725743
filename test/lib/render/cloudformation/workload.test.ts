import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readyPathOf } from '../../../../lib/catalog/workload';
import type { Config } from '../../../../lib/config/config';
import { serviceUnit } from '../../../../lib/render/cloudformation/constructs/service-unit';
import { hostFiles, serviceEnvironmentFile } from '../../../../lib/render/cloudformation/host-files';
import { sampleConfig } from '../../sample-config';
import { quantityOf, sheetOf } from '../cost/sample-sheet';
import { allowedBy, resourcesOf, synthesiseConfig } from './template';

const image = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/churn:1.4.0';

const command = sampleConfig({
  workload: {
    kind: 'command',
    directory: 'docs/examples/python',
    command: ['python3', 'serve.py', '--port=${VIGIA_PORT}'],
    packages: ['python3.12', 'nodejs24'],
    healthPath: '/ping',
    environment: { CHURN_MODE: 'fast and careful' },
  },
});
const container = (settings: object = {}): Config =>
  sampleConfig({
    host: { network: { kind: 'endpoints' } },
    workload: { kind: 'container', image, port: 9000, ...settings },
  });

const keysOf = (unit: string, key: string): string[] =>
  unit
    .split('\n')
    .filter((line) => line.startsWith(`${key}=`))
    .map((line) => line.slice(key.length + 1));

const scripts = '/opt/vigia/fraud/host';

describe('a command in the place of the service', () => {
  it('is started as it is written, and waited for with nothing but curl', () => {
    const unit = serviceUnit(command);
    assert.deepEqual(keysOf(unit, 'ExecStart'), ['python3 serve.py --port=${VIGIA_PORT}']);
    assert.deepEqual(keysOf(unit, 'ExecStartPost'), [`/bin/sh ${scripts}/ready.sh 55`]);
    assert.deepEqual(keysOf(unit, 'ExecReload'), ['/bin/true']);
    assert.doesNotMatch(unit, /node|Watchdog/);
  });

  it('is confined and restarted as the service that comes with Vigía', () => {
    const own = new Set(
      'ExecStart ExecStartPost ExecReload WatchdogSec WatchdogSignal NotifyAccess'.split(' '),
    );
    const rest = (unit: string): string[] =>
      unit.split('\n').filter((line) => !own.has(line.split('=')[0] ?? ''));
    assert.deepEqual(rest(serviceUnit(command)), rest(serviceUnit(sampleConfig())));
  });

  it('gets its own variables beside those of the contract, and no model', () => {
    const lines = serviceEnvironmentFile(command).split('\n');
    for (const line of ['VIGIA_SERVICE=fraud', 'VIGIA_READY_PATH=/ping', 'CHURN_MODE=fast and careful']) {
      assert.ok(lines.includes(line), line);
    }
    assert.ok(lines.every((line) => !line.startsWith('VIGIA_MODEL_DIRECTORY')));
    assert.equal(readyPathOf(command), '/ping');
    assert.equal(readyPathOf(sampleConfig()), '/health/ready');
  });

  it('brings its packages, each once', () => {
    const [host] = resourcesOf(synthesiseConfig(command), 'AWS::EC2::Instance');
    const text = JSON.stringify(host?.Metadata);
    assert.match(text, /VIGIA_PACKAGES='nodejs24 amazon-cloudwatch-agent python3\.12'/);
  });

  it('is told to reload where it asks for it', () => {
    const told = sampleConfig({
      workload: { kind: 'command', directory: 'x', command: ['x'], reload: 'SIGHUP' },
    });
    assert.deepEqual(keysOf(serviceUnit(told), 'ExecReload'), ['/bin/kill -HUP $MAINPID']);
  });
});

describe('what a workload adds to the files of the host', () => {
  const withEnvironment = (environment: Record<string, string>): Config =>
    sampleConfig({ workload: { kind: 'command', directory: 'x', command: ['x'], environment } });

  it('is refused at synthesis when a parameter would not take it, in words of the configuration', () => {
    assert.throws(() => hostFiles(withEnvironment({ LONG: 'x'.repeat(4000) }), {}), {
      name: 'ConfigError',
      message:
        /^environment of the host: too long for one parameter of Systems Manager, got \d+ bytes, expected at most 4096; shorten workload\.environment/,
    });
    assert.throws(() => hostFiles(withEnvironment({ TEMPLATE: 'a {{b}}' }), {}), {
      name: 'ConfigError',
      message: /^environment of the host: holds '\{\{', which Systems Manager takes for a reference/,
    });
    assert.doesNotThrow(() => hostFiles(withEnvironment({ SHORT: 'x'.repeat(2000) }), {}));
  });
});

describe('a container in the place of the service', () => {
  it('is pulled before it is started, with room for that, and removed after it', () => {
    const unit = serviceUnit(container());
    assert.deepEqual(keysOf(unit, 'ExecStartPre'), [`/bin/sh ${scripts}/container.sh pull`]);
    assert.deepEqual(keysOf(unit, 'ExecStart'), [`/bin/sh ${scripts}/container.sh run`]);
    assert.deepEqual(keysOf(unit, 'ExecStopPost'), [`/bin/sh ${scripts}/container.sh remove`]);
    assert.ok(Number(keysOf(unit, 'TimeoutStartSec')[0]) >= 600);
    assert.deepEqual(keysOf(unit, 'Requires'), ['docker.service']);
  });

  it('has time to come before a first deployment is given up', () => {
    const [host] = resourcesOf(synthesiseConfig(container()), 'AWS::EC2::Instance');
    assert.deepEqual(host?.CreationPolicy, { ResourceSignal: { Count: 1, Timeout: 'PT22M' } });
  });

  it('may be pulled from its own repository and from no other', () => {
    const allowed = allowedBy(synthesiseConfig(container())).filter(({ Action }) =>
      Action.some((action) => action.startsWith('ecr:')),
    );
    const [token, pull, ...others] = allowed;
    assert.deepEqual(others, []);
    assert.deepEqual([token?.Action, token?.Resource], [['ecr:GetAuthorizationToken'], ['*']]);
    assert.deepEqual(pull?.Resource, [
      'arn:<AWS::Partition>:ecr:eu-west-1:123456789012:repository/team/churn',
    ]);
  });

  it('from elsewhere needs no permission of ours', () => {
    const config = sampleConfig({ workload: { kind: 'container', image: 'docker.io/library/nginx:1.27' } });
    const allowed = allowedBy(synthesiseConfig(config)).flatMap(({ Action }) => Action);
    assert.ok(allowed.length > 0);
    assert.ok(allowed.every((action) => !action.startsWith('ecr:')));
  });

  it('in a network of endpoints has those of the registry, and the cost sheet has them too', () => {
    const endpoints = resourcesOf(synthesiseConfig(container()), 'AWS::EC2::VPCEndpoint');
    const names = JSON.stringify(endpoints.map(({ Properties }) => Properties.ServiceName));
    for (const name of ['ecr.api', 'ecr.dkr']) assert.ok(names.includes(name), name);
    assert.equal(quantityOf(sheetOf(container()), /^Interface endpoints/), (endpoints.length - 1) * 2 * 730);
  });
});
