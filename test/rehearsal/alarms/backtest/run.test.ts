/** A whole backtest of the shop: pages, nights, what-ifs, coverage, and the JSON that programs read. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BacktestError } from '../../../../rehearsal/alarms/backtest/backtest-error';
import { toJson } from '../../../../rehearsal/alarms/backtest/json';
import { readNight } from '../../../../rehearsal/alarms/backtest/nights';
import { assumptions, defaultSettings } from '../../../../rehearsal/cloudwatch/settings';
import {
  alarm,
  both,
  diskFull,
  errorRate,
  latency,
  minuteMs,
  minutes,
  pageTopic,
  shopBacktest,
  shopStart,
  sourceOf,
  steady,
  ticketTopic,
} from './shop';

const at = (minute: number): number => shopStart + minute * minuteMs;

/** Slow at 02:00 for 30 minutes, when half of the calls fail, and at noon for 4 minutes, when none does. */
const incident = sourceOf(
  minutes('Latency', [
    ...steady(100, 120),
    ...steady(800, 30),
    ...steady(100, 570),
    ...steady(900, 4),
    ...steady(100, 76),
  ]),
  minutes('Total', steady(100, 800)),
  minutes('Errors', [...steady(0, 125), ...steady(50, 20), ...steady(0, 655)]),
);
const quiet = sourceOf(minutes('Latency', steady(100, 60)), minutes('Disk', steady(10, 60)));

function summaryOf(name: string, backtest = shopBacktest({ source: incident })) {
  const found = backtest.alarms.find((each) => each.name === `shop-${name}`);
  assert.ok(found);
  return found;
}

describe('a backtest', () => {
  it('counts a page for each moment at which ALARM actions ran, not for each target', () => {
    const { pages, playback } = summaryOf('errorRate');
    assert.deepEqual(pages, [at(127)]);
    assert.deepEqual(
      playback.actions.map(({ arn }) => arn),
      [ticketTopic, pageTopic],
    );
    assert.deepEqual(summaryOf('latencyHigh').pages, [at(122), at(722)]);
    assert.deepEqual(summaryOf('both').pages, [at(127)]);
  });

  it('counts only pages to the targets that are asked for', () => {
    const silent = { ...latency, properties: { ...latency.properties, AlarmActions: [ticketTopic] } };
    const backtest = shopBacktest({
      source: incident,
      resources: [silent, errorRate, both],
      pagesTo: [':page'],
    });
    assert.deepEqual(
      backtest.alarms.map(({ name, pages }) => [name, pages.length]),
      [
        ['shop-latencyHigh', 0],
        ['shop-errorRate', 1],
        ['shop-both', 1],
      ],
    );
  });

  it('counts a night once, whatever number of alarms woke somebody in it', () => {
    const { totals } = shopBacktest({ source: incident });
    assert.deepEqual([totals.pages, totals.nights], [4, ['2026-11-02']]);
    const tokyo = shopBacktest({ source: incident, night: readNight('20-23', 'Asia/Tokyo') });
    assert.deepEqual(tokyo.totals.nights, ['2026-11-03'], '12:02 in UTC is 21:02 there');
  });

  it('counts time in ALARM of all alarms once where they overlap', () => {
    const { alarms, totals } = shopBacktest({ source: incident });
    const longest = summaryOf('latencyHigh').secondsInState.ALARM;
    assert.equal(totals.secondsInAlarm, longest);
    assert.ok(alarms.reduce((total, each) => total + each.secondsInState.ALARM, 0) > longest);
  });

  it('keeps the time in each state summing to the range, for any data', () => {
    let seed = 12345;
    const random = (): number => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed / 2147483648;
    };
    for (let round = 0; round < 20; round++) {
      const values = Array.from({ length: 90 }, () => (random() < 0.3 ? undefined : random() * 1000));
      const source = sourceOf(
        minutes('Latency', values),
        minutes('Total', steady(1, 90)),
        minutes('Errors', values),
      );
      const backtest = shopBacktest({ source });
      for (const { secondsInState, name } of backtest.alarms) {
        const sum = Object.values(secondsInState).reduce((total, seconds) => total + seconds, 0);
        assert.equal(sum, (backtest.end - backtest.start) / 1000, `${name}, round ${round}`);
      }
    }
  });

  it('lets data before the range fill the window and judges from the range on', () => {
    const source = sourceOf(minutes('Latency', steady(900, 20)));
    const backtest = shopBacktest({ source, resources: [latency], from: at(10), to: at(15) });
    assert.deepEqual(
      backtest.alarms[0]?.playback.transitions.map((transition) => [transition.at, transition.to]),
      [[at(11), 'ALARM']],
    );
    assert.deepEqual([backtest.start, backtest.end], [at(10), at(15)]);
  });

  it('takes the whole of the data where no range is asked, in whole minutes', () => {
    const { start, end } = shopBacktest({ source: quiet });
    assert.deepEqual([start, end], [at(0), at(60)]);
    const cut = shopBacktest({ source: quiet, from: at(1) + 1, to: at(2) + 1 });
    assert.deepEqual([cut.start, cut.end], [at(1), at(3)]);
  });

  it('refuses a range without time, and data without samples', () => {
    assert.throws(() => shopBacktest({ source: quiet, from: at(9), to: at(9) }), BacktestError);
    assert.throws(() => shopBacktest({ source: sourceOf() }), /no sample in them/);
  });
});

describe('coverage', () => {
  it('names alarms that saw nothing, data that nobody reads, and alarms that lack a part', () => {
    const source = sourceOf(
      minutes('Latency', steady(1, 20)),
      minutes('Total', steady(1, 20)),
      minutes('Odd', [1]),
    );
    const { blind, unread, notices } = shopBacktest({ source });
    assert.deepEqual(blind, ['shop-diskFull']);
    assert.deepEqual(unread, ['Shop Odd {}']);
    assert.deepEqual(
      notices.filter(({ text }) => text.includes('beside others')).map(({ subject }) => subject),
      ['shop-errorRate'],
    );
  });

  it('does not take points that FILL made of nothing for data', () => {
    const made = alarm('made', {
      EvaluationPeriods: 1,
      Threshold: 5,
      ComparisonOperator: 'GreaterThanThreshold',
      Metrics: [
        { Id: 'e', Expression: 'FILL(m, 0)' },
        {
          Id: 'm',
          ReturnData: false,
          MetricStat: { Metric: { Namespace: 'Shop', MetricName: 'None' }, Period: 60, Stat: 'Sum' },
        },
      ],
    });
    assert.deepEqual(shopBacktest({ source: quiet, resources: [made] }).blind, ['shop-made']);
  });
});

describe('a what-if', () => {
  it('plays the changed alarm and the composite alarms above it, and adds the others as they were', () => {
    const backtest = shopBacktest({ source: incident, sets: ['latencyHigh.threshold=850,5000'] });
    const [whatIf] = backtest.whatIfs;
    assert.deepEqual(
      whatIf?.variants.map(({ alarms, totals }) => [
        alarms.map(({ name, pages }) => `${name} ${pages.length}`),
        totals.pages,
      ]),
      [
        [['shop-latencyHigh 1', 'shop-both 0'], 2],
        [['shop-latencyHigh 0', 'shop-both 0'], 1],
      ],
    );
    assert.equal(whatIf?.asIs.totals.pages, backtest.totals.pages);
  });

  it('agrees with a backtest of the changed template', () => {
    const [variant] =
      shopBacktest({ source: incident, sets: ['errorRate.evaluationPeriods=12'] }).whatIfs[0]?.variants ?? [];
    const changed = { ...errorRate, properties: { ...errorRate.properties, EvaluationPeriods: 12 } };
    const real = shopBacktest({ source: incident, resources: [latency, changed, diskFull, both] });
    const livesOf = (alarms: typeof real.alarms) =>
      alarms
        .filter(({ name }) => name !== 'shop-latencyHigh' && name !== 'shop-diskFull')
        .map(({ playback }) => playback.transitions);
    assert.deepEqual(livesOf(variant?.alarms ?? []), livesOf(real.alarms));
    assert.deepEqual(variant?.totals, real.totals);
  });

  it('says why a variant cannot be played and plays the others', () => {
    const [whatIf] = shopBacktest({ source: quiet, sets: ['latencyHigh.datapointsToAlarm=3,4'] }).whatIfs;
    assert.deepEqual(
      whatIf?.variants.map(({ refused }) => refused?.includes('DatapointsToAlarm')),
      [undefined, true],
    );
  });
});

describe('the JSON of a backtest', () => {
  it('begins with the fixed part: assumptions, and every alarm with its initial state, transitions and actions', () => {
    const json = JSON.parse(JSON.stringify(toJson(shopBacktest({ source: incident }))));
    assert.deepEqual(Object.keys(json).slice(0, 2), ['assumptions', 'alarms']);
    assert.deepEqual(json.assumptions, defaultSettings);
    assert.deepEqual(Object.keys(json.alarms), [
      'shop-latencyHigh',
      'shop-errorRate',
      'shop-diskFull',
      'shop-both',
    ]);
    const { initial, transitions, actions, ...more } = json.alarms['shop-errorRate'];
    assert.equal(initial, 'INSUFFICIENT_DATA');
    assert.deepEqual(
      transitions.map(
        (each: { at: string; from: string; to: string }) => `${each.at} ${each.from} ${each.to}`,
      ),
      [
        '2026-11-03T00:01:00.000Z INSUFFICIENT_DATA OK',
        '2026-11-03T02:07:00.000Z OK ALARM',
        '2026-11-03T02:26:00.000Z ALARM OK',
      ],
    );
    assert.deepEqual(Object.keys(transitions[0]), ['at', 'from', 'to', 'reason']);
    assert.deepEqual(actions, [
      { at: '2026-11-03T02:07:00.000Z', arn: ticketTopic },
      { at: '2026-11-03T02:07:00.000Z', arn: pageTopic },
    ]);
    assert.deepEqual(more.nightsWoken, ['2026-11-02']);
    assert.equal(more.episodes[0].peak, 50);
    assert.deepEqual(json.alarms['shop-diskFull'].actions, []);
    assert.deepEqual(json.alarmsWithoutData, ['shop-diskFull']);
    assert.deepEqual([json.from, json.to], ['2026-11-03T00:00:00.000Z', '2026-11-03T13:20:00.000Z']);
    assert.equal(json.notPublishedByAws.length, assumptions(defaultSettings).length);
  });

  it('has the variants with what was set', () => {
    const json = toJson(
      shopBacktest({
        source: incident,
        sets: ['latencyHigh.threshold=850', 'settings.evaluationRangeExtraPeriods=0'],
      }),
    );
    const variants = json.variants as { alarm: string | null; set: unknown; summary: { pages: number } }[];
    assert.deepEqual(
      variants.map(({ alarm: name, set, summary }) => [name, set, summary.pages]),
      [
        ['shop-latencyHigh', { threshold: 850 }, 2],
        [null, { 'settings.evaluationRangeExtraPeriods': 0 }, 4],
      ],
    );
  });
});
