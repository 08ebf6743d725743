/** Explanations of the shop's alarms: what is shown, what is counted, and why a state is what it is. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toJson } from '../../../../rehearsal/alarms/explain/json';
import { type ExplainInput, runExplain } from '../../../../rehearsal/alarms/explain/run';
import { toText } from '../../../../rehearsal/alarms/explain/text';
import { UnknownAlarm } from '../../../../rehearsal/alarms/find-alarm';
import { type Resource, rehearsalPlace } from '../../../../rehearsal/resources';
import {
  alarm,
  both,
  diskFull,
  errorRate,
  latency,
  minuteMs,
  minutes,
  shopStart,
  sourceOf,
  steady,
} from '../backtest/shop';

const at = (minute: number): number => shopStart + minute * minuteMs;
const source = sourceOf(
  minutes('Latency', [...steady(100, 120), ...steady(800, 30), ...steady(100, 90)]),
  minutes('Total', steady(100, 240)),
  minutes('Errors', [...steady(0, 125), ...steady(50, 20), ...steady(0, 95)]),
);

function explain(asked: string, more: Partial<ExplainInput> = {}) {
  return runExplain({
    resources: [latency, errorRate, diskFull, both],
    place: rehearsalPlace,
    source,
    asked,
    all: false,
    ...more,
  });
}

function textOf(asked: string, more: Partial<ExplainInput> = {}): string {
  const options = { zone: 'UTC', all: more.all ?? false, paint: (_tone: string, text: string) => text };
  return toText(explain(asked, more), options).join('\n');
}

/** The shop's latency alarm with other properties, over these values, one a minute. */
function over(values: readonly (number | undefined)[], properties: Record<string, unknown>): string {
  const resource: Resource = { ...latency, properties: { ...latency.properties, ...properties } };
  return textOf('latencyHigh', { resources: [resource], source: sourceOf(minutes('Latency', values)) });
}

describe('the explanation of a metric alarm', () => {
  it('begins with what the alarm asks', () => {
    assert.match(
      textOf('latencyHigh'),
      /^shop-latencyHigh\n {2}Average of Shop Latency\n {2}ALARM when 2 of 3 datapoints of 1 min are GreaterThanThreshold 500\n {2}missing data: notBreaching; the evaluation range has 5 periods\n.*240 evaluations, 1 time in ALARM/,
    );
  });

  it('shows each change in full: periods, values, what was judged, why, and AWS words', () => {
    const block = textOf('latencyHigh')
      .split('\n\n')
      .find((part) => part.includes('OK -> ALARM'));
    assert.equal(
      block?.split('\n').slice(-10).join('\n'),
      [
        '2026-11-03 02:02  OK -> ALARM',
        '  period       01:57   01:58   01:59   02:00   02:01',
        '  value          100     100     100     800     800',
        '  found           ok      ok      ok  breach  breach',
        '  judged                           *       *       *',
        '  because     ALARM: 2 of 3 judged breach, 2 of 3 are needed',
        '  AWS says    Threshold Crossed: 2 out of the last 3 datapoints [800.0 (03/11/26',
        '              02:01:00), 800.0 (03/11/26 02:00:00)] were greater than the',
        '              threshold (500.0) (minimum 2 datapoints for OK -> ALARM',
        '              transition).',
      ].join('\n'),
    );
  });

  it('counts the evaluations of which each is like the one before', () => {
    const text = textOf('latencyHigh');
    assert.match(
      text,
      /\.\.\. 117 more evaluations like this, 1 h 56 min\n2026-11-03 02:01 {2}\.\.\.\.! {2}OK: 1 of 3/,
    );
    const { steps, evaluations } = explain('latencyHigh');
    const counted = steps.reduce((total, step) => total + (step.kind === 'alike' ? step.count : 1), 0);
    assert.equal(counted, evaluations, 'none is lost');
  });

  it('shows every evaluation when all are asked for', () => {
    const { steps } = explain('latencyHigh', { all: true });
    assert.deepEqual([steps.length, steps.filter(({ kind }) => kind === 'full').length], [240, 3]);
  });

  it('shows what an expression was made of', () => {
    const block =
      textOf('errorRate')
        .split('\n\n')
        .find((part) => part.includes('OK -> ALARM')) ?? '';
    assert.match(block, /errors +0 +0 +50 +50\n {2}total +100 +100 +100 +100\n {2}value +0 +0 +50 +50\n/);
  });

  it('answers for one moment with the last evaluation before it', () => {
    const text = textOf('latencyHigh', { at: at(130) + 59_999 });
    assert.match(text, /2026-11-03 02:10 {2}stays ALARM\n/);
    assert.equal(text.match(/because/g)?.length, 1);
    assert.doesNotMatch(text, /AWS says/);
    assert.match(text, /\nALARM since 2026-11-03 02:02: Threshold Crossed/);
  });

  it('stays within 80 columns whatever the range', () => {
    const wide = over(
      Array.from({ length: 400 }, (_, index) => (index % 50 < 20 ? 123456.789 : 0.001234)),
      { EvaluationPeriods: 100, DatapointsToAlarm: 30, AlarmDescription: undefined },
    );
    assert.match(wide, /older +\.\./);
    for (const text of [wide, textOf('latencyHigh'), textOf('errorRate'), textOf('both')])
      assert.deepEqual(
        text.split('\n').filter((line) => line.length > 80),
        [],
      );
  });

  it('drops single lines where a restless series has too many, and no change of state', () => {
    const restless = Array.from({ length: 400 }, (_, index) => (index % 4 === 0 ? 900 : 100));
    const text = over([...restless, ...steady(900, 10)], {});
    assert.ok(text.split('\n').length < 60, `got ${text.split('\n').length} lines`);
    assert.match(text, /OK -> ALARM/);
  });
});

const inOneLine = (text: string): string => text.replaceAll(/\s+/g, ' ');

describe('because', () => {
  const sentences: readonly (readonly [
    title: string,
    values: readonly (number | undefined)[],
    properties: Record<string, unknown>,
    words: RegExp,
  ])[] = [
    [
      'missing data that breaches',
      [100, undefined, undefined],
      { TreatMissingData: 'breaching' },
      /1 real datapoint breach, 2 missing count as breaching, together 2/,
    ],
    [
      'missing data that does not',
      [900, undefined],
      {},
      /1 of 1 real datapoint breaches, 2 missing count as not breaching/,
    ],
    [
      'missing data that is ignored',
      [100, 100, 100, ...Array.from({ length: 6 }, () => undefined), 900],
      { TreatMissingData: 'ignore' },
      /no datapoint in range, and missing data is ignored: the state stays/,
    ],
    [
      'no data at all',
      [100, ...Array.from({ length: 6 }, () => undefined), 100],
      { TreatMissingData: 'missing' },
      /INSUFFICIENT_DATA: no datapoint in range/,
    ],
    [
      'the premature alarm',
      [900, undefined, 900],
      { TreatMissingData: 'missing' },
      /the oldest is 2 periods old: AWS does not wait for the 2 missing \(premature alarm\)/,
    ],
    [
      'too few and too recent',
      [900, 100],
      { TreatMissingData: 'missing' },
      /1 of 1 real datapoint breaches, which is too few and too recent/,
    ],
  ];
  for (const [title, values, properties, words] of sentences)
    it(`names ${title}`, () => assert.match(inOneLine(over(values, properties)), words));

  it('names the warm-up that keeps the state', () => {
    const text = over(steady(900, 8), {
      WarmUpConfiguration: {
        WarmUpPeriodDurationInMinutes: 5,
        OnlyStartEvaluatingAfterWarmUpPeriodEnds: true,
      },
    });
    assert.match(inOneLine(text), /warming up: the state stays INSUFFICIENT_DATA; it would be ALARM/);
  });

  it('names too few samples, and shows how many there were', () => {
    const { Statistic: _, ...others } = latency.properties;
    const p99 = alarm('latencyHigh', {
      ...others,
      ExtendedStatistic: 'p99',
      EvaluateLowSampleCountPercentile: 'ignore',
    });
    const text = textOf('latencyHigh', { resources: [p99], at: at(130) });
    assert.match(text, /samples +1 +1 +1/);
    assert.match(inOneLine(text), /too few samples for the percentile: the state stays/);
  });
});

describe('the explanation of a composite alarm', () => {
  it('shows the truth of each part of the rule at each change, and which child changed', () => {
    const text = textOf('both');
    assert.match(
      text,
      /^shop-both\n {2}ALARM when ALARM\("shop-latencyHigh"\) AND ALARM\("shop-errorRate"\)\n/,
    );
    assert.match(
      text,
      /2026-11-03 02:07 {2}OK -> ALARM\n {2}shop-errorRate: OK -> ALARM\n {4}true {3}AND\n {4}true {5}ALARM\(shop-latencyHigh\) {3}is ALARM\n {4}true {5}ALARM\(shop-errorRate\) {3}is ALARM\n/,
    );
    assert.match(text, /02:02 {2}stays OK {3}shop-latencyHigh: OK -> ALARM\n/);
  });

  it('answers for one moment with the rule as it was then', () => {
    const text = textOf('both', { at: at(125) });
    assert.match(text, /stays OK\n {2}shop-latencyHigh: OK -> ALARM\n {4}false {2}AND\n/);
    assert.doesNotMatch(text, /OK -> ALARM\n {2}shop-errorRate/);
  });

  it('plays only what the alarm depends on', () => {
    const broken = alarm('broken', { Namespace: 'Shop' });
    const resources = [broken, latency, errorRate, both];
    assert.match(textOf('both', { resources }), /1 time in ALARM/);
  });
});

describe('the JSON of an explanation', () => {
  it('has every datapoint of a change with what was found and whether it was judged', () => {
    const json = toJson(explain('latencyHigh')) as {
      steps: { to: string; from: string; datapoints: unknown[] }[];
    };
    const change = json.steps.find(({ from, to }) => from === 'OK' && to === 'ALARM');
    assert.deepEqual(change?.datapoints.at(-1), {
      at: '2026-11-03T02:01:00.000Z',
      value: 800,
      found: 'breaching',
      judged: true,
      sampleCount: 1,
    });
  });

  it('has the moments of a composite alarm', () => {
    const json = toJson(explain('both')) as { moments: { at: string; to: string }[] };
    assert.deepEqual(
      json.moments.filter(({ to }) => to === 'ALARM').map((moment) => moment.at),
      ['2026-11-03T02:07:00.000Z'],
    );
  });
});

it('an explanation of an alarm that nobody has is refused', () => {
  assert.throws(() => explain('latencyLow'), UnknownAlarm);
});
