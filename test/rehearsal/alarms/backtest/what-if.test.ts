/** `--set`: what it may say, what it makes of a template, and what it refuses. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BacktestError } from '../../../../rehearsal/alarms/backtest/backtest-error';
import { whatIfs } from '../../../../rehearsal/alarms/backtest/what-if';
import { UnknownAlarm } from '../../../../rehearsal/alarms/find-alarm';
import { defaultSettings } from '../../../../rehearsal/cloudwatch/settings';
import type { Resource } from '../../../../rehearsal/resources';
import { alarm, both, errorRate, latency } from './shop';

const resources = [latency, errorRate, both];
const read = (...sets: string[]) => whatIfs(sets, resources, defaultSettings);

/** The alarm's properties under each variant. */
function changed(set: string, name: string, from: readonly Resource[] = resources) {
  const [whatIf] = whatIfs([set], from, defaultSettings);
  return whatIf?.variants.map(
    ({ resources: own }) => own.find(({ properties }) => properties.AlarmName === name)?.properties ?? {},
  );
}

describe('--set', () => {
  it('makes one template a value and leaves the real one alone', () => {
    assert.deepEqual(
      changed('latencyHigh.threshold=300,1e3,-0.5', 'shop-latencyHigh')?.map(({ Threshold }) => Threshold),
      [300, 1000, -0.5],
    );
    assert.equal(latency.properties.Threshold, 500);
    const [whatIf] = read('latencyHigh.threshold=300');
    assert.deepEqual(whatIf?.asIs, { threshold: 500 });
    assert.equal(whatIf?.variants[0]?.resources[1], errorRate);
  });

  it('writes words and counts into their properties', () => {
    const properties = (set: string) => changed(set, 'shop-latencyHigh')?.[0];
    assert.equal(properties('latencyHigh.treatMissingData=breaching')?.TreatMissingData, 'breaching');
    assert.equal(properties('latencyHigh.datapointsToAlarm=3')?.DatapointsToAlarm, 3);
    assert.equal(
      properties('latencyHigh.comparisonOperator=LessThanThreshold')?.ComparisonOperator,
      'LessThanThreshold',
    );
    assert.equal(properties('latencyHigh.period=300')?.Period, 300);
  });

  it('changes a percentile into a basic statistic and back', () => {
    const [percentile] = changed('latencyHigh.statistic=p99', 'shop-latencyHigh') ?? [];
    assert.equal(percentile?.ExtendedStatistic, 'p99');
    assert.equal('Statistic' in (percentile ?? {}), false);
  });

  it('gives every metric of an expression the new period', () => {
    const [properties = {}] = changed('errorRate.period=300', 'shop-errorRate') ?? [];
    const queries = properties.Metrics as { MetricStat?: { Period: number } }[];
    assert.deepEqual(
      queries.map((query) => query.MetricStat?.Period),
      [undefined, 300, 300],
    );
  });

  it('tries what is set for one alarm in every combination, and alarms apart', () => {
    const sets = read(
      'latencyHigh.threshold=1,2',
      'errorRate.threshold=9',
      'latencyHigh.evaluationPeriods=3,4',
    );
    assert.deepEqual(
      sets.map(({ variants }) => variants.map(({ set }) => Object.values(set).join('/'))),
      [['1/3', '1/4', '2/3', '2/4'], ['9']],
    );
  });

  it('sets what AWS does not publish', () => {
    const [whatIf] = read('settings.evaluationRangeExtraPeriods=0,4');
    assert.equal(whatIf?.alarm, undefined);
    assert.deepEqual(whatIf?.asIs, { 'settings.evaluationRangeExtraPeriods': 2 });
    assert.deepEqual(
      whatIf?.variants.map(({ settings }) => settings),
      [{ evaluationRangeExtraPeriods: 0 }, { evaluationRangeExtraPeriods: 4 }],
    );
  });

  it('finds names with dots and equals signs in them', () => {
    const odd = alarm('a.threshold=b.c');
    assert.equal(changed('a.threshold=b.c.threshold=7', 'shop-a.threshold=b.c', [odd])?.length, 1);
  });

  it('refuses what it cannot understand, and says what it expected', () => {
    const refusals: readonly (readonly [set: string, words: RegExp])[] = [
      ['latencyHigh.threshold', /not understood, got 'latencyHigh\.threshold'/],
      ['latencyHigh.colour=red', /expected ALARM\.property=value/],
      ['latencyHigh.threshold=high', /got 'high', expected a number/],
      ['latencyHigh.threshold=1,,2', /got '', expected a value/],
      ['latencyHigh.evaluationPeriods=2.5', /got '2\.5', expected a whole number/],
      ['errorRate.statistic=Sum', /reads several metrics, got 2, expected one/],
      ['both.threshold=3', /shop-both is no metric alarm/],
      [
        'latencyHigh.treatMissingData=foo',
        /no such word, got 'foo', expected one of breaching, notBreaching/,
      ],
      ['latencyHigh.comparisonOperator=bigger', /no such word, got 'bigger', expected one of Greater/],
      ['latencyHigh.statistic=foo', /no statistic, got 'foo'/],
      ['latencyHigh.period=7', /no period of an alarm, got '7', expected 10, 20, 30 or a multiple of 60/],
      ['latencyHigh.threshold=0x10', /no number, got '0x10'/],
      [
        'settings.hourlyEvaluationMinute=60',
        /no count, got '60', expected a whole number from 0 on, at most 59/,
      ],
      ['settings.threshold=3', /not understood/],
      ['settings.evaluationRangeExtraPeriods=-1', /got '-1', expected a whole number from 0/],
      ['settings.percentileInterpolation=cubic', /got 'cubic', expected one of nearest-rank, linear/],
    ];
    for (const [set, words] of refusals)
      assert.throws(
        () => read(set),
        (error: unknown) => error instanceof BacktestError && words.test(error.message),
        set,
      );
    assert.throws(() => read('latencyLow.threshold=3'), UnknownAlarm);
    assert.throws(() => read('latencyHigh.threshold=3', 'shop-latencyHigh.threshold=4'), /set twice/);
    const many = Array.from({ length: 61 }, (_, index) => index).join(',');
    assert.throws(() => read(`latencyHigh.threshold=${many}`), /got 61, expected at most 60/);
  });
});
