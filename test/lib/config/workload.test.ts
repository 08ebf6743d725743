import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { overridableAlarms } from '../../../lib/catalog/resolve';
import { ConfigError, resolveConfig } from '../../../lib/config/config';
import { privateRegistry } from '../../../lib/config/workload';
import { leastStage, sampleConfig } from '../sample-config';

const registry = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const digest = `sha256:${'a'.repeat(64)}`;

function problemsWith(workload: object, more: object = {}): readonly string[] {
  try {
    resolveConfig({ stages: { dev: { ...leastStage, ...more, workload } } }, 'dev', overridableAlarms);
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.problems;
  }
}

const command = (settings: object): object => ({
  kind: 'command',
  directory: 'service',
  command: ['python3', 'serve.py'],
  ...settings,
});
const container = (settings: object): object => ({
  kind: 'container',
  image: `${registry}/churn:1.4.0`,
  ...settings,
});

describe('the workload', () => {
  it('is the service that comes with Vigía when nothing is said', () => {
    assert.deepEqual(sampleConfig().workload, { kind: 'model' });
  });

  it('may be a command: what it needs has defaults', () => {
    const config = resolveConfig(
      { stages: { dev: { ...leastStage, workload: command({}) } } },
      'dev',
      overridableAlarms,
    );
    assert.deepEqual(config.workload, {
      kind: 'command',
      directory: 'service',
      command: ['python3', 'serve.py'],
      packages: [],
      healthPath: '/health/ready',
      environment: {},
      reload: 'none',
    });
  });

  it('takes words that systemd reads as they stand', () => {
    for (const words of [
      ['/bin/sh', 'run.sh'],
      ['uvicorn', 'app:app', '--port=${VIGIA_PORT}', '--host', '0.0.0.0'],
      ['/usr/bin/python3.12', '-m', 'churn.serve'],
    ]) {
      assert.deepEqual(problemsWith(command({ command: words })), [], words.join(' '));
    }
  });

  const refused: readonly (readonly [string, object, RegExp])[] = [
    ['no command', command({ command: [] }), /workload\.command/],
    ['a program of the directory', command({ command: ['./run.sh'] }), /command\.0: .*such as python3 or/],
    ['a blank in a word', command({ command: ['sh', 'a b'] }), /command\.1: .*without blanks/],
    ['a shell sign in a word', command({ command: ['sh', 'a;b'] }), /command\.1: /],
    ["systemd's percent sign", command({ command: ['sh', '%n'] }), /command\.1: /],
    ['a bare dollar', command({ command: ['sh', '$HOME'] }), /command\.1: /],
    ['a variable of ours', command({ environment: { VIGIA_PORT: '1' } }), /environment\.VIGIA_PORT/],
    ['a value of two lines', command({ environment: { A: 'b\nC=d' } }), /environment\.A: .*one line/],
    ['a package that is an option', command({ packages: ['--nogpgcheck'] }), /packages\.0/],
    ['a health path with a query', command({ healthPath: '/x?y' }), /healthPath/],
    ['figures without a name', command({ prometheus: { metrics: [] } }), /prometheus\.metrics/],
    ['a figure that is a pattern', command({ prometheus: { metrics: ['a.*'] } }), /prometheus\.metrics\.0/],
    ['an image without a tag', container({ image: `${registry}/churn` }), /image: .*tag other than latest/],
    ['an image that moves', container({ image: `${registry}/churn:latest` }), /image/],
    ['an image with an option in it', container({ image: '--privileged:1' }), /image/],
    ['another kind', { kind: 'function' }, /workload\.kind/],
  ];
  for (const [what, settings, message] of refused) {
    it(`is refused with ${what}`, () => {
      const problems = problemsWith(settings);
      assert.equal(problems.length, 1, problems.join('\n'));
      assert.match(problems[0] ?? '', message);
    });
  }

  it('takes images that stay what they are', () => {
    for (const image of [
      `${registry}/team/churn@${digest}`,
      `${registry}/churn:1.4.0@${digest}`,
      'docker.io/library/nginx:1.27',
      'localhost:5000/churn:latest-stable',
    ]) {
      assert.deepEqual(problemsWith(container({ image })), [], image);
    }
  });

  it('without the internet takes images of the own region alone', () => {
    const isolated = (region?: string): object => ({
      host: { network: { kind: 'endpoints' } },
      ...(region === undefined ? {} : { env: { account: '123456789012', region } }),
    });
    assert.deepEqual(problemsWith(container({}), isolated()), []);
    assert.deepEqual(problemsWith(container({}), isolated('eu-west-1')), []);
    const cannot =
      /^stages\.dev\.workload\.image: cannot be pulled without the internet, got .*; push it there/;
    assert.match(problemsWith(container({}), isolated('us-east-1')).join(), cannot);
    assert.match(problemsWith(container({ image: 'nginx:1.27' }), isolated()).join(), cannot);
  });
});

describe('an image in a private registry', () => {
  it('names its account, region and repository', () => {
    assert.deepEqual(privateRegistry(`${registry}/team/churn:1@${digest}`), {
      account: '123456789012',
      region: 'eu-west-1',
      repository: 'team/churn',
    });
    assert.equal(privateRegistry('docker.io/library/nginx:1.27'), undefined);
    assert.equal(privateRegistry(`evil.com/${registry}/churn:1`), undefined);
  });
});
