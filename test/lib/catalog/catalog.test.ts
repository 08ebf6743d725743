import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { alarmKeys } from '../../../lib/catalog/alarms';
import { onCallDashboard } from '../../../lib/catalog/dashboards';
import { metrics } from '../../../lib/catalog/metrics';
import { alarmKeyOf, alarmName, runbookUrl } from '../../../lib/catalog/names';
import { type ResolvedAlarm, resolveAlarms } from '../../../lib/catalog/resolve';
import { headings, renderRunbooks } from '../../../lib/render/runbooks/runbooks';
import { resourcesOf, synthesiseConfig, templateOf } from '../render/cloudformation/template';
import { sampleConfig } from '../sample-config';

/** A day in seconds: further back CloudWatch does not look. */
const longestWindowSeconds = 86_400;

const longest = sampleConfig({ service: 'a'.repeat(32) });
const config = sampleConfig();
const alarms = resolveAlarms(config);

/** Names in an expression that are neither numbers nor functions. */
function identifiersOf(expression: string): string[] {
  return [...expression.matchAll(/\b([a-z][a-zA-Z0-9_]*)\b/g)].map((match) => match[1] ?? '');
}

describe('every alarm', () => {
  for (const alarm of alarms) {
    it(`${alarm.key} stays within what CloudWatch accepts, with the longest names as well`, () => {
      for (const each of [alarm, ...resolveAlarms(longest).filter(({ key }) => key === alarm.key)]) {
        assert.ok(each.name.length <= 255);
        assert.ok(each.description.length <= 1024);
        assert.ok((each.expression ?? '').length <= 2048);
        assert.ok(Object.keys(each.inputs).length <= (each.expression === undefined ? 1 : 9));
      }
      const { toAlarm, outOf } = alarm.datapoints;
      assert.ok(toAlarm >= 1 && toAlarm <= outOf);
      assert.ok(outOf * alarm.periodSeconds <= longestWindowSeconds);
      assert.ok([10, 30].includes(alarm.periodSeconds) || alarm.periodSeconds % 60 === 0);
    });

    it(`${alarm.key} computes from exactly the inputs that it declares`, () => {
      const ids = Object.keys(alarm.inputs);
      for (const id of ids) assert.match(id, /^[a-z][a-zA-Z0-9_]*$/);
      assert.ok(!ids.includes('value'), 'the expression itself has that id in the template');
      if (alarm.expression === undefined) assert.deepEqual(ids, ['m']);
      else assert.deepEqual([...new Set(identifiersOf(alarm.expression))].sort(), ids.sort());
      assert.doesNotMatch(alarm.expression ?? '', /[{}]/);
    });

    it(`${alarm.key} is named and described from its key, and says why it is as it is`, () => {
      assert.equal(alarm.name, `fraud-dev-${alarm.key}`);
      assert.equal(alarm.name, alarmName(config, alarm.key));
      assert.equal(alarmKeyOf(config, alarm.name), alarm.key);
      assert.equal(alarm.runbook, runbookUrl(config.notifications.runbookBaseUrl, alarm.key));
      assert.equal(alarm.description, `${alarm.summary} Runbook: ${alarm.runbook}`);
      for (const words of [alarm.summary, alarm.because, alarm.whenMissing.because]) {
        assert.match(words, /^[A-Z].{15,}\.$/);
      }
      assert.ok(alarm.reading.noun.length > 0);
    });

    it(`${alarm.key} judges a ratio or a percentile only of enough samples`, () => {
      const isRatio = alarm.expression?.includes('/') === true;
      const isPercentile = Object.values(alarm.inputs).some(({ statistic }) => statistic.startsWith('p'));
      if (isRatio || isPercentile) assert.ok((alarm.minimumSamples ?? 0) >= 10);
      if (alarm.minimumSamples !== undefined) {
        assert.ok(alarm.expression?.includes(`>= ${alarm.minimumSamples}`));
      }
    });
  }

  it('has a name that no other has', () => {
    assert.equal(new Set(alarms.map(({ name }) => name)).size, alarms.length);
  });

  it('about drift or confidence has no remedy: a restart would hide it and change nothing', () => {
    const unsure = alarms.filter(
      ({ key, inputs }) =>
        /drift|confidence/i.test(key) ||
        Object.values(inputs).some(({ metric }) => /confidence|drift/i.test(metric)),
    );
    assert.ok(unsure.length > 0);
    for (const { key, remedy } of unsure) assert.equal(remedy, null, key);
  });

  it('about the remediation goes to people directly and has no remedy', () => {
    for (const { key, route, remedy } of alarms.filter(({ owner }) => owner === 'remediation')) {
      assert.deepEqual([route, remedy], ['direct', null], key);
    }
  });
});

describe('runbooks', () => {
  const directory = join(__dirname, '../../../lib/catalog/runbooks');
  const prose = Object.fromEntries(
    readdirSync(directory).map((file) => [
      file.replace(/\.md$/, ''),
      readFileSync(join(directory, file), 'utf8'),
    ]),
  );
  const pages = renderRunbooks(config, prose);

  it('are one for each alarm and none for anything else', () => {
    assert.deepEqual(Object.keys(prose).sort(), [...alarmKeys].sort());
    assert.deepEqual(Object.keys(pages).sort(), [...alarmKeys.map((key) => `${key}.md`), 'README.md'].sort());
  });

  for (const alarm of alarms) {
    it(`of ${alarm.key} have every heading in order and the alarm's own facts`, () => {
      const page = pages[`${alarm.key}.md`] ?? '';
      const found = [...page.matchAll(/^## (.+)$/gm)].map((match) => match[1] ?? '');
      assert.deepEqual(found.slice(0, headings.length), headings);
      assert.ok(page.includes(`\`${alarm.name}\``));
      assert.ok(page.includes(`aws cloudwatch describe-alarms --alarm-names ${alarm.name}`));
      for (const { metric } of Object.values(alarm.inputs)) assert.ok(page.includes(metrics[metric].name));
      assert.match(page, new RegExp(`(above|below) ${alarm.threshold}\\b`));
    });
  }

  const key = alarmKeys[0] ?? 'errorRateHigh';
  for (const [mistake, broken, words] of [
    ['a missing page', { ...prose, [key]: undefined }, /runbook errorRateHigh: missing; write/],
    ['a page for no alarm', { ...prose, gone: prose[key] }, /runbook gone: no such alarm/],
    ['a heading left out', { ...prose, [key]: prose[key]?.replace('## Impact', '') }, /wrong headings/],
    [
      'an empty section',
      { ...prose, [key]: prose[key]?.replace(/## Fix[^#]*/, '## Fix\n\n') },
      /Fix is empty/,
    ],
  ] as const) {
    it(`refuse ${mistake}`, () => {
      assert.throws(() => renderRunbooks(config, broken as Record<string, string>), words);
    });
  }
});

describe('the dashboard', () => {
  const widgets = onCallDashboard.flat();

  it('draws only metrics and limits that exist, in rows of at most 24 columns', () => {
    for (const row of onCallDashboard) {
      assert.ok(row.reduce((sum, { width }) => sum + width, 0) <= 24);
    }
    for (const widget of widgets) {
      if (widget.kind === 'alarms') continue;
      for (const { metric } of widget.kind === 'graph' ? widget.lines : [widget.line]) {
        assert.ok(metrics[metric], `${widget.title}: ${metric}`);
      }
      if (widget.limitOf !== undefined) assert.ok(alarmKeys.includes(widget.limitOf), widget.title);
    }
  });

  it('computes only from lines that it has', () => {
    for (const widget of widgets) {
      if (widget.kind !== 'graph' || widget.expression === undefined) continue;
      const labels = widget.lines.map(({ label }) => label);
      assert.deepEqual([...new Set(identifiersOf(widget.expression.math))].sort(), labels.sort());
    }
  });

  it('shows what on-call asks first: latency, errors, throughput, confidence, the host, and every alarm', () => {
    const drawn = widgets.flatMap((widget) =>
      widget.kind === 'alarms' ? [] : widget.kind === 'graph' ? widget.lines : [widget.line],
    );
    const lines = drawn.map(({ metric, statistic }) => `${metric} ${statistic}`);
    for (const wanted of [
      'predictionLatency Average',
      'predictionLatency p95',
      'predictionErrors Sum',
      'predictionCount Sum',
      'modelConfidence Average',
      'cpuIdle Average',
      'memUsed Average',
    ]) {
      assert.ok(lines.includes(wanted), wanted);
    }
    assert.ok(widgets.some(({ kind }) => kind === 'alarms'));
    assert.ok(widgets.some((widget) => widget.kind === 'gauge' && widget.line.metric === 'modelConfidence'));
  });
});

describe('an override of a threshold', () => {
  const overridden = sampleConfig({ thresholds: { latencyP95High: '175 ms' } });
  const threshold = (all: readonly ResolvedAlarm[]): number | undefined =>
    all.find(({ key }) => key === 'latencyP95High')?.threshold;

  it('reaches the alarm, the dashboard and the runbook', () => {
    assert.notEqual(threshold(alarms), 175);
    assert.equal(threshold(resolveAlarms(overridden)), 175);
    const observation = templateOf(synthesiseConfig(overridden), 'observation');
    const [alarm] = resourcesOf(observation, 'AWS::CloudWatch::Alarm').filter(
      ({ Properties }) => Properties.AlarmName === 'fraud-dev-latencyP95High',
    );
    assert.equal(alarm?.Properties.Threshold, 175);
    const [dashboard] = resourcesOf(observation, 'AWS::CloudWatch::Dashboard');
    assert.match(JSON.stringify(dashboard), /\\"value\\":175,\\"label\\":\\"limit of latencyP95High\\"/);
    const directory = join(__dirname, '../../../lib/catalog/runbooks');
    const prose = Object.fromEntries(
      alarmKeys.map((key) => [key, readFileSync(join(directory, `${key}.md`), 'utf8')]),
    );
    assert.match(renderRunbooks(overridden, prose)['latencyP95High.md'] ?? '', /above 175 ms/);
  });

  it('leaves every other alarm as it was', () => {
    const others = (all: readonly ResolvedAlarm[]) => all.filter(({ key }) => key !== 'latencyP95High');
    assert.deepEqual(others(resolveAlarms(overridden)), others(alarms));
  });
});
