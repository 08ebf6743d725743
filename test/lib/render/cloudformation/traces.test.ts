/** What a stage's `traces` setting makes of the templates: role, environment, group, endpoint. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { agentTraces } from '../../../../lib/catalog/host';
import { endpointsOf } from '../../../../lib/catalog/network';
import { ConfigError } from '../../../../lib/config/config';
import type { StageInput } from '../../../../lib/config/schema';
import { serviceEnvironmentFile } from '../../../../lib/render/cloudformation/host-files';
import { sampleConfig } from '../../sample-config';
import { allowedBy, onlyOne, synthesiseConfig, synthesised, templateOf } from './template';

const environment = (traces: StageInput['traces']): string[] =>
  serviceEnvironmentFile(sampleConfig({ traces }))
    .split('\n')
    .filter((line) => line.startsWith('VIGIA_TRACES'));

describe('traces, when nothing is said', () => {
  const stage = synthesised('nat');

  it('go to the agent on the host', () => {
    assert.deepEqual(environment(undefined), [
      `VIGIA_TRACES_ENDPOINT=${agentTraces.endpoint}`,
      'VIGIA_TRACES_RESERVOIR=0',
    ]);
  });

  it('are sent by a statement of their own, and nothing else of X-Ray is allowed', () => {
    const allowed = allowedBy(templateOf(stage, 'host')).filter(({ Action }) =>
      Action.some((action) => action.startsWith('xray:')),
    );
    assert.deepEqual(
      allowed.map(({ Action }) => Action),
      [['xray:PutTraceSegments', 'xray:PutTelemetryRecords']],
    );
  });

  it('have their group, which finds them by service and stage and costs nothing', () => {
    const { Properties } = onlyOne(templateOf(stage, 'observation'), 'AWS::XRay::Group');
    assert.equal(Properties.GroupName, 'fraud-dev');
    assert.equal(Properties.FilterExpression, 'service("fraud") AND annotation.stage = "dev"');
    assert.deepEqual(Properties.InsightsConfiguration, {
      InsightsEnabled: false,
      NotificationsEnabled: false,
    });
  });
});

describe('traces that are off, or go elsewhere', () => {
  const elsewhere = { endpoint: 'https://otlp.example.com/v1/traces', reservoirPerSecond: 1 };
  const isolated = { network: { kind: 'endpoints' } } as const;

  it('leave the service without an address, or with the other one', () => {
    assert.deepEqual(environment('off'), []);
    assert.deepEqual(environment(elsewhere), [
      'VIGIA_TRACES_ENDPOINT=https://otlp.example.com/v1/traces',
      'VIGIA_TRACES_RESERVOIR=1',
    ]);
  });

  it('bring their key from a parameter of its own, which no file of ours holds', () => {
    const traces = { ...elsewhere, headersParameter: '/vigia/traces-headers' };
    assert.deepEqual(environment(traces).slice(2), [
      'VIGIA_TRACES_HEADERS_FILE=/etc/vigia/fraud.traces-headers',
      'VIGIA_TRACES_HEADERS_PARAMETER=/vigia/traces-headers',
    ]);
    const host = templateOf(synthesiseConfig(sampleConfig({ traces })), 'host');
    const [reads] = allowedBy(host).filter(({ Resource }) => Resource.join().includes('traces-headers'));
    assert.deepEqual(reads?.Action, ['ssm:GetParameter']);
    assert.match(reads?.Resource.join() ?? '', /:parameter\/vigia\/traces-headers$/);
    assert.ok(!allowedBy(host).some(({ Action }) => Action.join().includes('xray')));
  });

  it('need no endpoint of X-Ray', () => {
    assert.ok('XRay' in endpointsOf(sampleConfig({ host: isolated })));
    for (const traces of ['off', elsewhere] as const) {
      assert.ok(!('XRay' in endpointsOf(sampleConfig({ host: isolated, traces }))));
    }
  });

  it('are refused by name when they cannot work', () => {
    const problemsOf = (traces: StageInput['traces']): readonly string[] => {
      try {
        sampleConfig({ traces });
      } catch (error) {
        assert.ok(error instanceof ConfigError);
        return error.problems;
      }
      return assert.fail('it was accepted');
    };
    assert.deepEqual(problemsOf({ headersParameter: '/vigia/key' }), [
      "stages.dev.traces.headersParameter: has no backend, got '/vigia/key', expected an endpoint beside it; " +
        'name the backend, or leave the headers out',
    ]);
    for (const [traces, wrong] of [
      [
        { endpoint: 'http://otlp.example.com/v1/traces' },
        /^stages\.dev\.traces\.endpoint: .* expected an https URL/,
      ],
      [{ reservoirPerSecond: 0.5 }, /^stages\.dev\.traces: invalid, .* whole number from 0 to 100/],
      [
        { headersParameter: 'Bearer key' },
        /^stages\.dev\.traces\.headersParameter: .* expected the name of a/,
      ],
      ['on' as 'off', /^stages\.dev\.traces: invalid, got "on", expected 'off' or \{/],
    ] as const) {
      assert.match(String(problemsOf(traces)), wrong);
    }
  });
});
