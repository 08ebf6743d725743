/** What a backtest refuses or remarks on because the person cannot have meant it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BacktestError } from '../../../../rehearsal/alarms/backtest/backtest-error';
import { minuteMs, minutes, shopBacktest, shopStart, sourceOf, steady } from './shop';

const at = (minute: number): number => shopStart + minute * minuteMs;
const quiet = sourceOf(minutes('Latency', steady(100, 60)), minutes('Disk', steady(10, 60)));

describe('a range', () => {
  const refused = (more: Partial<Parameters<typeof shopBacktest>[0]>, message: RegExp): void =>
    assert.throws(
      () => shopBacktest({ source: quiet, ...more }),
      (error) => error instanceof BacktestError && message.test(error.message),
    );

  it('is refused when it is empty, and when it is longer than anybody has data', () => {
    refused({ from: at(5), to: at(5) }, /^range: it is empty, got /);
    refused(
      { from: at(-800 * 1440) },
      /^range: it is too long to be played, .* 801 days, expected at most 800; narrow it/,
    );
    const run = { firstTick: at(0), lastTick: at(900 * 1440), forced: [] };
    refused({ source: { ...quiet, run } }, /^range: it is too long/);
  });

  it('without a sample is told as a notice', () => {
    const texts = shopBacktest({ source: quiet, from: at(100), to: at(160) }).notices.map(({ text }) => text);
    assert.ok(
      texts.some((text) => text.startsWith('there is no sample from 2026-11-03T01:40')),
      texts.join('\n'),
    );
    const within = shopBacktest({ source: quiet }).notices;
    assert.ok(within.every(({ subject }) => subject !== 'range'));
  });
});

describe('what cannot be meant', () => {
  it('is refused: targets that no action has, and values of which none can be', () => {
    const refused = (more: Partial<Parameters<typeof shopBacktest>[0]>, message: RegExp): void =>
      assert.throws(() => shopBacktest({ source: quiet, ...more }), message);
    refused({ pagesTo: ['page', 'nobody'] }, /--pages-to: .*got 'nobody', expected part of arn/);
    refused(
      { sets: ['latencyHigh.datapointsToAlarm=9'] },
      /--set shop-latencyHigh: no alarm can be so, got datapointsToAlarm=9, .*; correct --set$/,
    );
    refused({ sets: ['latencyHigh.comparisonOperator=LessThanLowerThreshold'] }, /compares with a band/);
    const [whatIf] = shopBacktest({ source: quiet, sets: ['latencyHigh.datapointsToAlarm=1,9'] }).whatIfs;
    assert.deepEqual(
      whatIf?.variants.map(({ refused: reason }) => reason !== undefined),
      [false, true],
    );
  });
});

describe('supplied series', () => {
  it('are told of where they are for nobody', () => {
    const supplied = (name: string, Query: string) => ({
      namespace: ':supplied',
      name,
      dimensions: { Query },
    });
    const metrics = [
      ...quiet.metrics(),
      supplied('nope', 'm1'),
      supplied('shop-errorRate', 'other'),
      supplied('shop-errorRate', 'rate'),
    ];
    const { notices } = shopBacktest({ source: { ...quiet, metrics: () => metrics } });
    assert.deepEqual(
      notices.filter(({ text }) => text.includes('is supplied')).map(({ text }) => text),
      [
        'a series is supplied for the alarm nope, which the template has not',
        'a series is supplied for the query other of shop-errorRate, which has no such query',
      ],
    );
  });
});
