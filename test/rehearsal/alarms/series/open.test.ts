import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { openSeries } from '../../../../rehearsal/alarms/series/open';
import { createRecorder } from '../../../../rehearsal/alarms/series/recording';
import { SeriesError } from '../../../../rehearsal/alarms/series/series-error';
import { datum, described, monday } from './fixture';

const directory = mkdtempSync(join(tmpdir(), 'vigia-series-'));
after(() => rmSync(directory, { recursive: true }));

let made = 0;
/** The name says nothing about the format, on purpose. */
function file(content: string | Buffer | object): string {
  made += 1;
  const path = join(directory, `data-${made}`);
  writeFileSync(
    path,
    typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content, null, 2),
  );
  return path;
}

const csv = 'timestamp,namespace,metric,dimensions,value\n2026-01-05T00:00:00Z,App,Latency,service=a,1\n';
const query = {
  Id: 'm',
  MetricStat: { Metric: { Namespace: 'App', MetricName: 'Sums' }, Period: 60, Stat: 'Sum' },
};
const results = [{ Id: 'm', Timestamps: ['2026-01-05T00:01:00Z'], Values: [2] }];
const prometheus = {
  status: 'success',
  data: {
    resultType: 'matrix',
    result: [{ metric: { __name__: 'up' }, values: [[monday / 1000 + 180, '3']] }],
  },
};

describe('files of recorded data', () => {
  it('are refused when one is given twice, by whatever path', async () => {
    const path = file(csv);
    const link = `${path}-link`;
    symlinkSync(path, link);
    for (const again of [path, link])
      await assert.rejects(openSeries([path, again]), (error: Error) => {
        assert.ok(error instanceof SeriesError);
        return /: one file is given twice, got /.test(error.message);
      });
  });

  it('may begin with blank lines, and say so where they end lines with carriage returns alone or are no UTF-8', async () => {
    assert.equal((await openSeries([file(`\n\n${csv}`)])).source.metrics().length, 1);
    const refused = (content: string | Buffer, message: RegExp): Promise<void> =>
      assert.rejects(
        openSeries([file(content)]),
        (error) => error instanceof SeriesError && message.test(error.message),
      );
    await refused(csv.replaceAll('\n', '\r'), /:1: the lines do not end as .* got a carriage return alone/);
    await refused(Buffer.from(csv.replace('Latency', 'Lät'), 'latin1'), /:2: no text in UTF-8/);
    await refused(Buffer.from(JSON.stringify({ ä: 1 }), 'latin1'), /no text in UTF-8/);
    await refused(`\u001b[31m${'x'.repeat(300)}`, /got '\\u001b\[31mx{50,60}\.\.\.', expected/);
  });

  it('are known by their content, and make one source together', async () => {
    let recording = '';
    const recorder = createRecorder((line) => {
      recording += line;
    });
    recorder.ticked(monday);
    recorder.arrived(datum(monday, [9]), monday + 240_000);
    const paths = [
      file(csv),
      file({ MetricDataQueries: [query], MetricDataResults: results }),
      file(prometheus),
      file(recording),
    ];
    const { source, files, recorded, notices } = await openSeries(paths, { namespace: 'Prom' });
    assert.deepEqual(described(source), [
      '0: App Latency {service=a} 1',
      '1+59.999s: App Sums {} 2',
      '3: Prom up {} 3',
      '0+240s: App Latency {service=a} 9',
    ]);
    assert.deepEqual(
      files,
      ['CSV', 'CloudWatch get-metric-data', 'Prometheus range', 'recording'].map((format, index) => ({
        file: paths[index],
        format,
      })),
    );
    assert.deepEqual(
      recorded.map(({ statistics }) => statistics),
      [['Sum']],
    );
    assert.deepEqual(notices, []);
  });

  it('take queries and mappings out of files of their own', async () => {
    const queries = file({ MetricDataQueries: [query] });
    const mapping = file('metrics: [{ prometheus: up, metric: Up, namespace: X }]');
    const { source } = await openSeries([file({ MetricDataResults: results }), file(prometheus)], {
      queries,
      mapping,
    });
    assert.deepEqual(described(source), ['1+59.999s: App Sums {} 2', '3: X Up {} 3']);
  });

  it('are read whole, however large', async () => {
    const rows = Array.from({ length: 20_000 }, (_, index) => {
      const time = new Date(monday + index * 1000).toISOString();
      return `${time},App,Latency,service=é${index % 7},${index}\n`;
    });
    const { source } = await openSeries([
      file(`timestamp,namespace,metric,dimensions,value\n${rows.join('')}`),
    ]);
    const values = [...source.arrivals()].map((arrival) => arrival.datum.values[0]);
    assert.deepEqual(
      values,
      rows.map((_, index) => index),
    );
    assert.equal(source.metrics().length, 7);
  });

  const refusals: readonly [string, string | Buffer | object, RegExp][] = [
    [
      'other text',
      'hello\nworld',
      /the format is not known, got 'hello', expected CSV with the header timestamp,.*get-metric-data.*Prometheus.*recording/,
    ],
    ['nothing', '', /the format is not known, got ''/],
    ['UTF-16', Buffer.from(`\ufeff${csv}`, 'utf16le'), /got binary data or UTF-16.*in UTF-8/],
    ['other JSON', { Metrics: [], NextToken: 'x' }, /got JSON: an object with Metrics, NextToken/],
    ['a list', [1], /got JSON: a list/],
    ['broken JSON', '{"MetricDataResults": [', /: no JSON, got/],
    [
      'a header with a mistake in it',
      'time,namespace,metric,dimensions,value\n',
      /:1: the header has an unknown column, got 'time'/,
    ],
    ['recordings of another version', '{"vigia":"recording","version":9}\n', /recorded by another version/],
  ];
  for (const [what, content, message] of refusals) {
    it(`refuses ${what}, and says what it takes`, async () => {
      await assert.rejects(
        openSeries([file(content)]),
        (error) => error instanceof SeriesError && message.test(error.message),
      );
    });
  }

  it('must be there', async () => {
    await assert.rejects(openSeries([join(directory, 'none')]), /cannot be read, got no such file/);
    await assert.rejects(openSeries([directory]), /cannot be read, got a directory/);
    await assert.rejects(openSeries([file(csv)], { queries: join(directory, 'none') }), SeriesError);
  });
});
