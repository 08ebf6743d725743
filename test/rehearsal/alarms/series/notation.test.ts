import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  generateSeries,
  type SeriesDefinition,
  seriesDurationMs,
} from '../../../../rehearsal/alarms/series/notation/generate';
import { parseNotation } from '../../../../rehearsal/alarms/series/notation/parse';
import { printNotation } from '../../../../rehearsal/alarms/series/notation/print';
import {
  type Item,
  type Notation,
  sizeOf,
  stepsOf,
} from '../../../../rehearsal/alarms/series/notation/shapes';
import { SeriesError } from '../../../../rehearsal/alarms/series/series-error';
import { described, latency, minute, monday } from './fixture';

/** `_` for steps without data; several samples of one step with a bar between. */
function steps(values: string, more: Partial<SeriesDefinition> = {}): string {
  const definition = { ...latency, ...more, values };
  const found = new Map<number, string>();
  for (const { datum } of generateSeries(definition, monday).arrivals()) {
    const samples = datum.values.map(
      (value, index) => `${value}${(datum.counts?.[index] ?? 1) === 1 ? '' : `*${datum.counts?.[index]}`}`,
    );
    found.set((datum.at - monday) / minute, samples.join('|'));
  }
  const length = seriesDurationMs(definition) / minute;
  return Array.from({ length }, (_, step) => found.get(step) ?? '_').join(' ');
}

describe('the notation of series', () => {
  const examples: readonly [string, string][] = [
    ['5', '5'],
    ['5x3 -1.5 2e2', '5 5 5 -1.5 200'],
    ['1 _ _x2 2', '1 _ _ _ 2'],
    ['0..100x5', '0 25 50 75 100'],
    ['3..-3x3', '3 0 -3'],
    ['0+10x4', '0 10 20 30'],
    ['100-5x4', '100 95 90 85'],
    ['0+0.1x4 0.1..0.4x4', '0 0.1 0.2 0.3 0.1 0.2 0.3 0.4'],
    ['5 -3 5-3x2', '5 -3 5 2'],
    ['(5x2 50)x2 1', '5 5 50 5 5 50 1'],
    ['((1 _)x2 2)x2', '1 _ 1 _ 2 1 _ 1 _ 2'],
    ['(0+1x2)x2', '0 1 0 1'],
    ['[1 2 3.5]x2 [1*95 400*5]', '1|2|3.5 1|2|3.5 1*95|400*5'],
    ['\n  1x2\n\t2\n', '1 1 2'],
    ['( 1  2 )x2 [ 1  2 ]', '1 2 1 2 1|2'],
  ];
  for (const [text, expected] of examples) {
    it(`reads ${JSON.stringify(text)}`, () => {
      assert.equal(steps(text), expected);
    });
  }

  it('has days: the peak at noon or when it is told, level at both ends, the same tomorrow', () => {
    assert.equal(
      steps('day(20..200)x5', { stepMs: 6 * 3_600_000 }).replaceAll(/( _)+/g, ''),
      '20 110 200 110 20',
    );
    const hours = [
      ...generateSeries(
        { ...latency, values: 'day(20..200@18:30)x48', stepMs: minute * 60 },
        monday + 30 * minute,
      ).arrivals(),
    ].map(({ datum }) => datum.values[0] ?? 0);
    assert.equal(hours[18], 200);
    assert.equal(hours[6], 20);
    assert.deepEqual(hours.slice(0, 24), hours.slice(24));
    const cosine = hours.map((_, hour) => 110 + 90 * Math.cos(((hour - 18) / 12) * Math.PI));
    hours.forEach((value, hour) => {
      assert.ok(Math.abs(value - (cosine[hour] ?? 0)) < 2, `hour ${hour}`);
    });
  });

  it('has noise that is the same for the same seed and on every machine', () => {
    const noisy = (seed?: number): number[] =>
      [
        ...generateSeries(
          { ...latency, values: '100~5x4000', ...(seed === undefined ? {} : { seed }) },
          monday,
        ).arrivals(),
      ].map(({ datum }) => datum.values[0] ?? 0);
    const values = noisy(7);
    assert.deepEqual(values.slice(0, 3), [95.39817871525884, 97.04806893598288, 105.54915432818234]);
    assert.deepEqual(noisy(7), values);
    assert.notDeepEqual(noisy(8), values);
    assert.deepEqual(noisy(), noisy());
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    assert.ok(Math.abs(mean - 100) < 0.3, `mean ${mean}`);
    assert.ok(Math.abs(deviation - 5) < 0.3, `deviation ${deviation}`);
    const within = values.filter((value) => Math.abs(value - 100) < 10).length / values.length;
    assert.ok(Math.abs(within - 0.954) < 0.02, `within two deviations ${within}`);
  });

  it('gives two metrics different noise, and each its own start, step, unit, count and delay', () => {
    const source = generateSeries(
      [
        { ...latency, values: '1~1' },
        { ...latency, name: 'Other', values: '1~1' },
        {
          ...latency,
          name: 'Late',
          values: '1 2',
          start: '5m',
          stepMs: 10_000,
          storageResolutionSeconds: 1,
          unit: 'Count',
          count: 3,
          delayMs: 90_000,
        },
        { ...latency, name: 'Early', values: '[1*2]', start: '-1m30s', count: 3 },
        { ...latency, name: 'Dated', values: '1', start: '2026-01-05T00:01:00Z' },
      ],
      monday,
    );
    const all = described(source);
    assert.equal(all[0], '-1.5: App Early {service=a} 1*6');
    assert.deepEqual(all.slice(3), [
      '1: App Dated {service=a} 1',
      '5+90s: App Late {service=a} 1*3 Count 1s',
      '5.166666666666667+90s: App Late {service=a} 2*3 Count 1s',
    ]);
    assert.notEqual(all[1]?.split(' ').at(-1), all[2]?.split(' ').at(-1));
    assert.throws(
      () => generateSeries({ ...latency, values: '1', start: 'soon' }, monday),
      /^SeriesError: start of App Latency: no moment, got 'soon'/,
    );
  });

  it('shows where it is wrong', () => {
    const complaint = (text: string): string => {
      try {
        parseNotation(text);
      } catch (error) {
        assert.ok(error instanceof SeriesError);
        return error.message;
      }
      return assert.fail(`${text} was taken`);
    };
    assert.equal(
      complaint('5x3\n1 2 (3 q)x2 4'),
      "series, line 2, column 8: no item, got 'q', expected a number, _, day(..), [..] or (..); correct the series\n" +
        '  1 2 (3 q)x2 4\n' +
        '         ^',
    );
    assert.match(complaint(`${'1 '.repeat(100)}?${' 1'.repeat(100)}`), /\n {2}(1 ){20}\?( 1)+ ?\n {42}\^$/);
    const wrong: readonly [string, RegExp][] = [
      ['', /column 1: no item, got the end/],
      ['5x', /column 3: no number of times, got the end/],
      ['5x0', /column 3: no number of times/],
      ['5 x3', /column 3: no item, got 'x'/],
      ['5y', /column 2: the item goes on, got 'y'/],
      ['0..5', /column 5: the number of samples is not told/],
      ['0..5x1', /column 6: a ramp reaches both its ends/],
      ['0+5', /number of samples is not told/],
      ['_~5', /column 2: the item goes on, got '~'/],
      ['(1 2', /column 5: parentheses are not closed/],
      ['1)', /column 2: nothing to close/],
      ['()', /column 2: no item/],
      ['[]', /column 1: no sample/],
      ['[1,2]', /column 3: the samples go on, got ','/],
      ['[1', /column 3: the samples go on, got the end/],
      ['day(1)x3', /column 6: the day has one value/],
      ['day(1..2@25:00)x3', /column 10: no time of day/],
      ['1e999', /column 1: the number is too large/],
      ['1 3e108', /column 3: the number is too large/],
      ['1x99999999', /no number of times/],
      ['(1x9999)x9999', /column 1: more than 10000000 samples/],
      ['(1x9000000) 1x9000000', /column 1: more than 10000000 samples/],
      [`${'('.repeat(100_000)}1`, /more than 20 parentheses/],
    ];
    for (const [text, message] of wrong) assert.match(complaint(text), message, text.slice(0, 40));
  });
});

/** Records as programs write them. */
const plain = <T>(members: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record(members, { noNullPrototype: true }) as fc.Arbitrary<T>;
const number = fc
  .oneof(fc.integer({ min: -1000, max: 1000 }), fc.double({ noNaN: true, min: -1e100, max: 1e100 }))
  .map((value) => value + 0);
const magnitude = number.map(Math.abs);
const count = fc.integer({ min: 1, max: 20 });
const noise = fc.oneof(fc.constant(0), magnitude);
const run = fc.oneof(
  plain({ shape: fc.constant({ kind: 'gap' as const }), noise: fc.constant(0), count }),
  plain({ shape: plain({ kind: fc.constant('constant' as const), value: number }), noise, count }),
  plain({
    shape: plain({ kind: fc.constant('ramp' as const), from: number, to: number }),
    noise,
    count: count.map((each) => each + 1),
  }),
  plain({
    shape: plain({ kind: fc.constant('steps' as const), from: number, by: number }),
    noise,
    count,
  }),
  plain({
    shape: plain({
      kind: fc.constant('day' as const),
      low: number,
      high: number,
      peakMinute: fc.integer({ min: 0, max: 1439 }),
    }),
    noise,
    count,
  }),
  plain({
    shape: fc.array(fc.tuple(number, count), { minLength: 1, maxLength: 4 }).map((pairs) => ({
      kind: 'samples' as const,
      values: pairs.map(([value]) => value),
      counts: pairs.map(([, times]) => times),
    })),
    noise: fc.constant(0),
    count,
  }),
);
const { items } = fc.letrec<{ item: Item; items: Notation }>((tie) => ({
  item: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'group' },
    run.map((each) => ({ kind: 'run' as const, ...each })),
    plain({
      kind: fc.constant('group' as const),
      items: tie('items'),
      count: fc.integer({ min: 1, max: 4 }),
    }),
  ),
  items: fc.array(tie('item'), { minLength: 1, maxLength: 4, depthIdentifier: 'group' }),
}));

describe('any series', () => {
  it('is printed so that it is read back as it was', () => {
    fc.assert(
      fc.property(items, (notation) => {
        assert.deepEqual(parseNotation(printNotation(notation)), notation);
      }),
      { numRuns: 500 },
    );
  });

  it('makes as many samples as its items say', () => {
    fc.assert(
      fc.property(
        items.filter((notation) => sizeOf(notation) < 5000),
        (notation) => {
          const countOf = (each: Notation): number =>
            each.reduce((sum, item) => {
              if (item.kind === 'group') return sum + item.count * countOf(item.items);
              const { shape } = item;
              const perStep =
                shape.kind === 'gap'
                  ? 0
                  : shape.kind === 'samples'
                    ? shape.counts.reduce((total, times) => total + times, 0)
                    : 1;
              return sum + item.count * perStep;
            }, 0);
          const definition = { ...latency, values: notation };
          const { span, arrivals } = generateSeries(definition, monday);
          let made = 0;
          for (const { datum } of arrivals())
            made += datum.values.reduce((sum, _, index) => sum + (datum.counts?.[index] ?? 1), 0);
          assert.equal(made, countOf(notation));
          assert.equal(seriesDurationMs(definition), stepsOf(notation) * minute);
          assert.ok(
            span === undefined || (span.start >= monday && span.end <= monday + stepsOf(notation) * minute),
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  it('is a series or a SeriesError, whatever the text', () => {
    const alphabet = fc.constantFrom(...'0123456789.-+xe_~()[]*@: \nday', 'day(', '..', 'x5');
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: alphabet, maxLength: 40 }), fc.string({ unit: 'binary' })),
        (text) => {
          try {
            assert.deepEqual(parseNotation(printNotation(parseNotation(text))), parseNotation(text));
          } catch (error) {
            assert.ok(error instanceof SeriesError, String(error));
          }
        },
      ),
      { numRuns: 5000 },
    );
  });
});
