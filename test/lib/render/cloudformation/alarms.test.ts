import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { metrics } from '../../../../lib/catalog/metrics';
import { type ResolvedAlarm, resolveAlarms } from '../../../../lib/catalog/resolve';
import { isRemediated } from '../../../../lib/render/cloudformation/resource-names';
import {
  type Json,
  type Named,
  onlyOne,
  plain,
  resourcesOf,
  type StackRole,
  synthesised,
  templateOf,
  variantNames,
} from './template';

interface MetricQuery {
  readonly Id: string;
  readonly Expression?: string;
  readonly ReturnData: boolean;
  readonly MetricStat?: { readonly Metric: Json; readonly Period: number; readonly Stat: string };
}

/** Dimensions whose value is a resource of the alarm's own stack. */
const ownResource: Readonly<Record<string, RegExp>> = {
  InstanceId: /^<HostInstance[0-9A-Za-z]+>$/,
  FunctionName: /^<RemediationFunction[0-9A-F]+>$/,
  QueueName: /^<RemediationDeadLetters[0-9A-F]+\.QueueName>$/,
};

function expectDimensions(actual: unknown, input: ResolvedAlarm['inputs'][string]): void {
  const found = actual as { Name: string; Value: unknown }[];
  assert.deepEqual(
    found.map(({ Name }) => Name),
    metrics[input.metric].dimensions,
  );
  const fixed: Readonly<Record<string, string>> = { Service: 'fraud', Stage: 'dev', path: '/' };
  for (const { Name, Value } of found) {
    if (fixed[Name] !== undefined) assert.equal(Value, fixed[Name]);
    else assert.match(plain(Value), ownResource[Name] ?? /^$/);
  }
}

function expectSignal(alarm: ResolvedAlarm, { Properties }: Named): void {
  const single = Object.values(alarm.inputs)[0];
  if (alarm.expression === undefined && single !== undefined) {
    const { namespace, name } = metrics[single.metric];
    assert.deepEqual(
      [Properties.Namespace, Properties.MetricName, Properties.Period, Properties.Metrics],
      [namespace, name, alarm.periodSeconds, undefined],
    );
    assert.equal(Properties.Statistic ?? Properties.ExtendedStatistic, single.statistic);
    assert.ok(Properties.Statistic === undefined || Properties.ExtendedStatistic === undefined);
    expectDimensions(Properties.Dimensions, single);
    return;
  }
  const queries = Properties.Metrics as MetricQuery[];
  const returned = queries.filter(({ ReturnData }) => ReturnData);
  assert.equal(returned.length, 1, 'an alarm watches exactly one of its queries');
  assert.equal(returned[0]?.Expression, alarm.expression);
  assert.equal(new Set(queries.map(({ Id }) => Id)).size, queries.length);
  for (const [id, input] of Object.entries(alarm.inputs)) {
    const { MetricStat } = queries.find(({ Id }) => Id === id) ?? assert.fail(id);
    const { namespace, name } = metrics[input.metric];
    assert.deepEqual(
      [MetricStat?.Metric.Namespace, MetricStat?.Metric.MetricName, MetricStat?.Period, MetricStat?.Stat],
      [namespace, name, alarm.periodSeconds, input.statistic],
    );
    expectDimensions(MetricStat?.Metric.Dimensions, input);
  }
  assert.equal(queries.length, Object.keys(alarm.inputs).length + 1);
}

for (const variant of variantNames) {
  const stage = synthesised(variant);
  const { config, templates } = stage;
  // A stack that is switched off is there and empty.
  const present = resolveAlarms(config).filter(({ owner }) => templates[owner]?.Resources !== undefined);

  describe(`alarms, ${variant}`, () => {
    for (const alarm of present) {
      it(`${alarm.key} exists once, in the ${alarm.owner} stack, with every property of the catalog`, () => {
        const places = (Object.keys(templates) as StackRole[]).filter((role) =>
          resourcesOf(templateOf(stage, role), 'AWS::CloudWatch::Alarm').some(
            ({ Properties }) => Properties.AlarmName === alarm.name,
          ),
        );
        assert.deepEqual(places, [alarm.owner]);
        const found = resourcesOf(templateOf(stage, alarm.owner), 'AWS::CloudWatch::Alarm').filter(
          ({ Properties }) => Properties.AlarmName === alarm.name,
        );
        const rendered = found[0] ?? assert.fail();
        assert.equal(found.length, 1);
        const { Properties } = rendered;
        assert.deepEqual(
          [
            Properties.AlarmDescription,
            Properties.ComparisonOperator,
            Properties.Threshold,
            Properties.EvaluationPeriods,
            Properties.DatapointsToAlarm,
            Properties.TreatMissingData,
            Properties.WarmUpConfiguration,
          ],
          [
            alarm.description,
            alarm.comparison,
            alarm.threshold,
            alarm.datapoints.outOf,
            alarm.datapoints.toAlarm,
            alarm.whenMissing.treat,
            alarm.warmUpMinutes && { WarmUpPeriodDurationInMinutes: alarm.warmUpMinutes },
          ],
        );
        expectSignal(alarm, rendered);
      });

      it(`${alarm.key} tells the right ones, and no one else`, () => {
        const { Properties } =
          resourcesOf(stage, 'AWS::CloudWatch::Alarm').find(
            (each) => each.Properties.AlarmName === alarm.name,
          ) ?? assert.fail();
        const attended = alarm.route === 'remediation';
        const audience = attended && isRemediated(config) ? 'events' : alarm.severity;
        const topics = (kind: string): string[] =>
          ((Properties[kind] ?? []) as unknown[]).map((arn) => plain(arn).replace(/^.*:/, ''));
        assert.deepEqual(topics('AlarmActions'), [`fraud-dev-${audience}`]);
        assert.deepEqual(topics('OKActions'), attended ? [`fraud-dev-${audience}`] : []);
        assert.deepEqual(topics('InsufficientDataActions'), []);
      });
    }

    it('are those of the catalog and no others', () => {
      assert.deepEqual(
        resourcesOf(stage, 'AWS::CloudWatch::Alarm')
          .map(({ Properties }) => Properties.AlarmName)
          .sort(),
        present.map(({ name }) => name).sort(),
      );
    });

    it('stand on the dashboard, each one that exists and no other', () => {
      const { DashboardBody } = onlyOne(
        templateOf(stage, 'observation'),
        'AWS::CloudWatch::Dashboard',
      ).Properties;
      const shown = [...plain(DashboardBody).matchAll(/:alarm:([A-Za-z0-9-]+)/g)].map((match) => match[1]);
      assert.deepEqual(shown.sort(), present.map(({ name }) => name).sort());
      const body = JSON.parse(plain(DashboardBody)) as { widgets: unknown[] };
      assert.ok(body.widgets.length > 5);
    });

    it('speak for a broken remediation, one for each attended alarm, as long as there is one to break', () => {
      const composites = resourcesOf(stage, 'AWS::CloudWatch::CompositeAlarm');
      const attended = isRemediated(config) ? present.filter(({ route }) => route === 'remediation') : [];
      const broken = 'ALARM("fraud-dev-remediationErrors") OR ALARM("fraud-dev-remediationSilent")';
      assert.deepEqual(
        composites.map(({ Properties }) => [
          Properties.AlarmName,
          Properties.AlarmRule,
          ((Properties.AlarmActions ?? []) as unknown[]).map((arn) => plain(arn).replace(/^.*:/, '')),
        ]),
        attended.map(({ key, name, severity }) => [
          `fraud-dev-unattended-${key}`,
          `ALARM("${name}") AND (${broken})`,
          [`fraud-dev-${severity}`],
        ]),
      );
    });
  });
}

describe('composite alarms', () => {
  it('are made after every alarm they speak of, which CloudWatch demands', () => {
    const stage = synthesised('nat');
    const status = onlyOne(templateOf(stage, 'host'), 'AWS::CloudWatch::Alarm');
    for (const { DependsOn, Properties } of resourcesOf(stage, 'AWS::CloudWatch::CompositeAlarm')) {
      assert.deepEqual(DependsOn, [status.id]);
      assert.ok(String(Properties.AlarmRule).length <= 10_240);
    }
    const { artifacts } = JSON.parse(stage.manifest) as {
      artifacts: Record<string, { dependencies?: string[] }>;
    };
    const before = artifacts['fraud-dev-host']?.dependencies ?? [];
    for (const role of ['observation', 'remediation']) assert.ok(before.includes(`fraud-dev-${role}`), role);
  });
});
