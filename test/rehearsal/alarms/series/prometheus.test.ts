import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addPrometheus } from '../../../../rehearsal/alarms/series/prometheus';
import { parsePrometheusMapping, plainMapping } from '../../../../rehearsal/alarms/series/prometheus-mapping';
import { createSampleTable } from '../../../../rehearsal/alarms/series/sample-table';
import { SeriesError } from '../../../../rehearsal/alarms/series/series-error';
import { described, monday } from './fixture';

const seconds = monday / 1000;
const series = (metric: Record<string, string>, values: [number, string][]) => ({ metric, values });
const answer = (...result: unknown[]) => ({ status: 'success', data: { resultType: 'matrix', result } });

function read(document: unknown, mapping = plainMapping('Prom')): { samples: string[]; notices: string[] } {
  const table = createSampleTable();
  const notices = addPrometheus(document, 'p.json', mapping, table);
  return { samples: described(table.toSource()), notices };
}

describe('the answer to a range query', () => {
  it('keeps names and labels where nothing maps them', () => {
    const { samples, notices } = read(
      answer(
        series({ __name__: 'up', job: 'api', empty: '' }, [
          [seconds, '1'],
          [seconds + 60.5, '0.5'],
        ]),
      ),
    );
    assert.deepEqual(samples, ['0: Prom up {job=api} 1', '1.0083333333333333: Prom up {job=api} 0.5']);
    assert.deepEqual(notices, []);
  });

  it('has gaps where points are NaN or infinite, and says how many', () => {
    const { samples, notices } = read(
      answer(
        series({ __name__: 'up' }, [
          [seconds, 'NaN'],
          [seconds + 60, '+Inf'],
          [seconds + 120, '-Inf'],
          [seconds + 180, '3e-1'],
        ]),
      ),
    );
    assert.deepEqual(samples, ['3: Prom up {} 0.3']);
    assert.deepEqual(notices, ['3 points are NaN or infinite: gaps, as CloudWatch takes neither']);
  });

  it('is doubted where it counts up for ever', () => {
    const { notices } = read(answer(series({ __name__: 'errors_total' }, [[seconds, '7']])));
    assert.match(notices[0] ?? '', /increase\(errors_total\[1m\]\)$/);
  });

  it('is refused at the point whose time no data can be of', () => {
    for (const time of [-1e300, -1, seconds * 1000])
      assert.throws(
        () =>
          read(
            answer(
              series({ __name__: 'up' }, [
                [seconds, '1'],
                [time, '1'],
              ]),
            ),
          ),
        (error) =>
          error instanceof SeriesError &&
          /series up\{\}, values\[1\]: no data is of this time/.test(error.message),
      );
  });

  it('may be the data alone', () => {
    assert.equal(
      read({ resultType: 'matrix', result: [series({ __name__: 'up' }, [[seconds, '1']])] }).samples.length,
      1,
    );
  });

  const refusals: readonly [string, unknown, RegExp][] = [
    [
      'an instant query',
      { status: 'success', data: { resultType: 'vector', result: [] } },
      /resultType vector.*query_range/,
    ],
    [
      'an error of Prometheus',
      { status: 'error', errorType: 'bad_data', error: 'parse error' },
      /'parse error'/,
    ],
    [
      'histograms',
      answer({ metric: { __name__: 'h' }, histograms: [[seconds, {}]] }),
      /series h\{\}: a histogram.*histogram_quantile/,
    ],
    [
      'words for numbers',
      answer(series({ __name__: 'up', job: 'a' }, [[seconds, 'x']])),
      /series up\{job="a"\}: no number, got 'x'/,
    ],
    [
      'another structure',
      { status: 'success', data: { resultType: 'matrix', result: [{ values: [] }] } },
      /query_range as it is/,
    ],
    [
      'a series without a name',
      answer(series({ job: 'a' }, [])),
      /series \{job="a"\}: the series has no name.*--mapping FILE/,
    ],
  ];
  for (const [what, document, message] of refusals) {
    it(`refuses ${what}`, () => {
      assert.throws(
        () => read(document),
        (error) => error instanceof SeriesError && message.test(error.message),
      );
    });
  }

  it('needs a namespace from somewhere', () => {
    assert.throws(
      () => read(answer(series({ __name__: 'up' }, [])), plainMapping(undefined)),
      /namespace is not known.*--namespace NAME/,
    );
  });
});

describe('a mapping', () => {
  const mapping = parsePrometheusMapping(
    `
namespace: Vigia
metrics:
  - prometheus: latency_seconds
    where: { quantile: '0.99' }
    metric: Latency
    dimensions: { service: inference, path: 'p{handler}' }
    unit: Seconds
    resolution: 1
  - prometheus: up
    namespace: Hosts
    without: [instance, job]
  - where: { job: ratio }
    metric: ErrorRatio
`,
    'map.yaml',
  );
  const one = (metric: Record<string, string>): string[] =>
    read(answer(series(metric, [[seconds, '1']])), mapping).samples;

  it('names metric, dimensions, unit and resolution; the first rule that fits holds', () => {
    assert.deepEqual(one({ __name__: 'latency_seconds', quantile: '0.99', handler: '/x' }), [
      '0: Vigia Latency {service=inference, path=p/x} 1 Seconds 1s',
    ]);
    assert.deepEqual(one({ __name__: 'up', instance: 'i', job: 'ratio', zone: 'z' }), [
      '0: Hosts up {zone=z} 1',
    ]);
    assert.deepEqual(one({ job: 'ratio' }), ['0: Vigia ErrorRatio {job=ratio} 1']);
    assert.deepEqual(one({ __name__: 'latency_seconds', quantile: '0.5' }), [
      '0: Vigia latency_seconds {quantile=0.5} 1',
    ]);
  });

  it('refuses a label that the series lacks, and what it does not know', () => {
    assert.throws(() => one({ __name__: 'latency_seconds', quantile: '0.99' }), /lacks the label handler/);
    const parse = (text: string) => () => parsePrometheusMapping(text, 'map.yaml');
    assert.throws(
      parse('metrics: [{ scale: 2 }]'),
      /^SeriesError: map\.yaml: metrics\.0: not usable, got unknown key scale/,
    );
    assert.throws(parse('metrics: [{ unit: ms }]'), /metrics\.0\.unit/);
    assert.throws(parse('a: [\n'), /no mapping/);
    assert.throws(parse(''), SeriesError);
  });
});
