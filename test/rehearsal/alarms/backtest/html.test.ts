/** The page of a backtest: self-contained, safe against names, and drawn from data that a screen can show. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { runInNewContext } from 'node:vm';
import { toHtml } from '../../../../rehearsal/alarms/backtest/html';
import { pageData } from '../../../../rehearsal/alarms/backtest/html-data';
import { alarm, latency, minutes, shopBacktest, sourceOf, steady } from './shop';

const source = sourceOf(
  minutes('Latency', [...steady(100, 120), ...steady(800, 30), undefined, ...steady(100, 90)]),
  minutes('Total', steady(100, 241)),
  minutes('Errors', steady(0, 241)),
);
const pageScript = readFileSync(
  join(__dirname, '../../../../rehearsal/alarms/backtest/page-script.js'),
  'utf8',
);
const assets = { uplotScript: 'const uPlot = 1;', uplotStyle: '.u{}', pageScript };
const backtest = shopBacktest({ source, columns: 500, sets: ['latencyHigh.threshold=300,900'] });
const page = toHtml(backtest, assets);

describe('the page of a backtest', () => {
  it('asks no server for anything', () => {
    assert.match(page, /Content-Security-Policy" content="default-src 'none'/);
    const withoutText = page.replaceAll(/<script type="application\/json".*?<\/script>/gs, '');
    assert.doesNotMatch(withoutText, /\b(src|href)="(?!#)/);
    assert.doesNotMatch(withoutText, /url\((?!#)|@import|\bfetch\(|XMLHttpRequest/);
  });

  it('warns of alarms without data above the numbers', () => {
    const warning = page.indexOf('1 of 3 metric alarms had no data');
    assert.ok(warning > 0 && warning < page.indexOf('class="numbers"'));
  });

  it('has a row, an anchor and a band for every alarm, and a chart for every metric alarm', () => {
    for (const name of ['latencyHigh', 'errorRate', 'diskFull', 'both']) {
      assert.ok(page.includes(`href="#shop-${name}"`), name);
      assert.ok(page.includes(`id="shop-${name}"`), name);
    }
    assert.equal(page.match(/data-chart="\d+"/g)?.length, 3);
    assert.match(page, /aria-label="ALARM when greater than 500: 1 time in ALARM, 1 page/);
  });

  it('lets no name end the script or start another', () => {
    const name = 'x</script><script>alert(1)</script><img src=x onerror=alert(1)>';
    const evil = alarm('evil', { ...latency.properties, AlarmName: name });
    const html = toHtml(shopBacktest({ source, resources: [evil], columns: 10 }), assets);
    assert.ok(!html.includes('<script>alert') && !html.includes('<img'));
    const json = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(html)?.[1] ?? '';
    assert.equal(JSON.parse(json).charts[0].name, name);
  });

  it('puts variants beside the state, and their thresholds into the chart', () => {
    const [chart] = pageData(backtest).charts;
    assert.deepEqual(chart?.otherThresholds, [300, 900]);
    assert.deepEqual(
      chart?.bands.map(({ label }) => label),
      ['as is', '300', '900'],
    );
    assert.deepEqual(chart?.pages, [122 * 60]);
    assert.ok(chart?.values.includes(null), 'the gap is kept');
    const seconds = chart?.bands[0]?.spans.reduce((total, [start, end]) => total + end - start, 0);
    assert.equal(seconds, (backtest.end - backtest.start) / 1000);
  });

  it('carries a script that draws each chart that can be seen', () => {
    const drawn: unknown[][] = [];
    const data = pageData(backtest);
    const elements = data.charts.map((_, index) => ({
      dataset: { chart: String(index) },
      clientWidth: index === 1 ? 0 : 900,
    }));
    const nothing = (): void => {};
    const window = {
      uPlot: class {
        constructor(...given: unknown[]) {
          drawn.push(given);
        }
      },
      addEventListener: nothing,
      matchMedia: () => ({ addEventListener: nothing }),
    };
    const document = {
      getElementById: () => ({ textContent: JSON.stringify(data) }),
      querySelectorAll: (selector: string) => (selector === '[data-chart]' ? elements : []),
    };
    runInNewContext(pageScript, { window, document, getComputedStyle: nothing });
    assert.equal(drawn.length, 2, 'what is folded is drawn later');
    const [, series] = drawn[0] as [unknown, number[][]];
    assert.equal(series[0]?.[0], data.start + 60);
    assert.equal(series[0]?.length, series[1]?.length);
  });
});
