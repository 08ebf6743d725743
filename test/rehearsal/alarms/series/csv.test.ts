import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readCsv, writeCsv } from '../../../../rehearsal/alarms/series/csv';
import { parseDimensions, printDimensions } from '../../../../rehearsal/alarms/series/dimensions-text';
import { parseInstant } from '../../../../rehearsal/alarms/series/instant';
import { createSampleTable } from '../../../../rehearsal/alarms/series/sample-table';
import { SeriesError } from '../../../../rehearsal/alarms/series/series-error';
import type { SeriesSource } from '../../../../rehearsal/alarms/types';
import { datum, described, latency, minute, monday, sourceOf } from './fixture';

async function read(chunks: string | readonly string[]): Promise<SeriesSource> {
  const table = createSampleTable();
  await readCsv(typeof chunks === 'string' ? [chunks] : chunks, table, 'a.csv');
  return table.toSource();
}

const header = 'timestamp,namespace,metric,dimensions,value';
const row = '2026-01-05T00:00:00Z,App,Latency,service=a,1.5';

describe('CSV', () => {
  it('is read by the plainest header, one row a sample, in any order', async () => {
    const source = await read(`${header}\n2026-01-05T00:02:00Z,App,Latency,service=a,2\n${row}\n`);
    assert.deepEqual(described(source), ['0: App Latency {service=a} 1.5', '2: App Latency {service=a} 2']);
  });

  it('takes columns in any order, unit and resolution, a BOM, CRLF, blank lines and no line end at the end', async () => {
    const text =
      '\ufeffvalue,unit,resolution,metric,namespace,dimensions,timestamp\r\n' +
      '-2e-1,Percent,1,Load,CWAgent,host=h;path=/,2026-01-05T01:00:00+01:00\r\n\r\n' +
      '3,,,Up,App,,2026-01-05T00:01:00.000Z';
    assert.deepEqual(described(await read(text)), [
      '0: CWAgent Load {host=h, path=/} -0.2 Percent 1s',
      '1: App Up {} 3',
    ]);
  });

  it('takes quoted cells, with commas, quotes and line breaks in them', async () => {
    const text = `"timestamp","namespace","metric","dimensions","value"\n"2026-01-05T00:00:00Z","A, ""B""","x\ny","a=1;b=\\;",7\n`;
    assert.deepEqual(
      [...(await read(text)).arrivals()].map((arrival) => arrival.datum),
      [datum(monday, [7], { namespace: 'A, "B"', name: 'x\ny', dimensions: { a: '1', b: ';' } })],
    );
  });

  it('may end after the header', async () => {
    assert.equal((await read(`${header}\n`)).span, undefined);
  });

  const refusals: readonly [string, string, RegExp][] = [
    [
      'an unknown column',
      `${header},host\n`,
      /^a\.csv:1: the header has an unknown column, got 'host', expected timestamp,/,
    ],
    [
      'a missing column',
      'timestamp,metric,value\n',
      /^a\.csv:1: the header lacks namespace, dimensions, got/,
    ],
    [
      'a column that comes twice',
      `${header},value\n`,
      /^a\.csv:1: the header has a column twice, got 'value'/,
    ],
    [
      'a short row',
      `${header}\n${row}\n1,2\n`,
      /^a\.csv:3, the row: another number of cells .*got 2, expected 5/,
    ],
    [
      'a time without a zone',
      `${header}\n2026-01-05T00:00:00,A,b,,1\n`,
      /^a\.csv:2, timestamp: .*'2026-01-05T00:00:00'.* with Z or an offset$/,
    ],
    ['a day that does not exist', `${header}\n2026-02-30T00:00:00Z,A,b,,1\n`, /^a\.csv:2, timestamp/],
    ['words for numbers', `${header}\n\n\n2026-01-05T00:00:00Z,A,b,,NaN\n`, /^a\.csv:4, value: .*'NaN'/],
    ['hexadecimal', `${header}\n2026-01-05T00:00:00Z,A,b,,0x10\n`, /^a\.csv:2, value: .*'0x10'/],
    ['an empty value', `${header}\n2026-01-05T00:00:00Z,A,b,,\n`, /^a\.csv:2, value: .*''/],
    [
      'more than CloudWatch takes',
      `${header}\n2026-01-05T00:00:00Z,A,b,,1e200\n`,
      /^a\.csv:2, value: .*2\^360/,
    ],
    ['an empty namespace', `${header}\n2026-01-05T00:00:00Z,,b,,1\n`, /^a\.csv:2, namespace/],
    ['a reserved namespace', `${header}\n2026-01-05T00:00:00Z,:x,b,,1\n`, /^a\.csv:2, namespace/],
    ['an empty metric', `${header}\n2026-01-05T00:00:00Z,A,,,1\n`, /^a\.csv:2, metric/],
    [
      'dimensions without =',
      `${header}\n2026-01-05T00:00:00Z,A,b,c,1\n`,
      /^a\.csv:2, dimensions: 'c' has no =/,
    ],
    ['another unit', `${header},unit\n2026-01-05T00:00:00Z,A,b,,1,ms\n`, /^a\.csv:2, unit: .*'ms'/],
    [
      'another resolution',
      `${header},resolution\n2026-01-05T00:00:00Z,A,b,,1,10\n`,
      /^a\.csv:2, resolution: .*1 or 60/,
    ],
    [
      'mistakes behind quoted cells',
      `${header}\n${row}\n2026-01-05T00:00:00Z,"A\n",b,,1\n2026-01-05T00:00:00Z,A,"b",,x\n`,
      /^a\.csv:5, value/,
    ],
    [
      'a quote that is never closed',
      `${header}\n${row}\n2026-01-05T00:00:00Z,"A,b,,1\n`,
      /^a\.csv:\d: no CSV, got a quote/,
    ],
    ['a line without end', `${header}\n${'x'.repeat(70_000)}`, /^a\.csv:2: the row does not end/],
  ];
  for (const [what, text, message] of refusals) {
    it(`refuses ${what}, by line and column`, async () => {
      await assert.rejects(
        read(text),
        (error) => error instanceof SeriesError && message.test(error.message),
      );
    });
  }

  it('takes series under the name of what only AWS can compute', async () => {
    const source = await read(`${header}\n2026-01-05T00:00:00Z,:supplied,high,Query=ad1;Band=upper,1\n`);
    assert.deepEqual(described(source), ['0: :supplied high {Query=ad1, Band=upper} 1']);
  });

  it('reads the same in pieces of any size, with quotes and without', async () => {
    const plain = `${header}\r\n${row}\r\n2026-01-05T00:01:00Z,App,Up,,2\r\n`;
    for (const text of [plain, `${plain}2026-01-05T00:02:00Z,"App",Up,,3\r\n${row}`]) {
      const whole = described(await read(text));
      for (const size of [1, 2, 3, 7, 50]) {
        const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, index) =>
          text.slice(index * size, (index + 1) * size),
        );
        assert.deepEqual(described(await read(pieces)), whole, `in pieces of ${size}`);
      }
    }
  });

  it('is refused at the line of what is no UTF-8, and of a year that no data is of', async () => {
    const refused = async (lines: string, message: RegExp): Promise<void> =>
      assert.rejects(
        read(`${header}\n${lines}\n`),
        (error) => error instanceof SeriesError && message.test(error.message),
      );
    await refused(`${row}\n2026-01-05T00:01:00Z,App,Lat\ufffdncy,,1`, /^a\.csv:3: no text in UTF-8/);
    await refused(`${row}\n"2026-01-05T00:01:00Z",App,Lat\u0000ncy,,1`, /^a\.csv:3: .*a zero byte/);
    for (const year of ['0001', '1969', '2100', '9999'])
      await refused(
        `${year}-06-01T00:00:00Z,App,Latency,,1`,
        /^a\.csv:2, timestamp: no data is of this time.*1970 to 2099/,
      );
    assert.equal((await read(`\n\r\n${header}\n1970-01-01T00:00:00Z,A,b,,1\n`)).metrics().length, 1);
  });

  it('is written so that it is read as the same samples', async () => {
    const text = fc
      .string({ minLength: 1, maxLength: 8, unit: 'binary' })
      .filter((each) => !['\u0000', '\ufffd'].some((none) => each.includes(none)));
    const any = fc.record({
      at: fc.integer({ min: -3, max: 3 }).map((minutes) => monday + minutes * minute + 7),
      namespace: text.filter((each) => !each.startsWith(':')),
      name: text,
      dimensions: fc.dictionary(text, text, { maxKeys: 3 }),
      unit: fc.constantFrom(undefined, 'Count', 'Bytes/Second'),
      storageResolutionSeconds: fc.constantFrom(1 as const, 60 as const),
      values: fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e100, max: 1e100 }), {
        minLength: 1,
        maxLength: 3,
      }),
      count: fc.integer({ min: 1, max: 3 }),
    });
    const flat = (source: SeriesSource): string[] =>
      [...source.arrivals()]
        .flatMap(({ datum: { values, counts, ...identity } }) =>
          values.flatMap((value, index) =>
            Array<string>(counts?.[index] ?? 1).fill(JSON.stringify([identity, value])),
          ),
        )
        .sort();
    await fc.assert(
      fc.asyncProperty(fc.array(any, { maxLength: 8 }), async (data) => {
        const source = sourceOf(
          data.map(({ unit, count, ...rest }) => ({
            arrivedAt: rest.at,
            datum: { ...rest, counts: rest.values.map(() => count), ...(unit === undefined ? {} : { unit }) },
          })),
        );
        let written = '';
        writeCsv(source, (lines) => {
          written += lines;
        });
        const back = await read(written);
        assert.deepEqual(flat(back), flat(source));
      }),
      { numRuns: 200 },
    );
  });

  it('is not written for what rows cannot hold', () => {
    const write = (more: Parameters<typeof datum>[2]) => () =>
      writeCsv(sourceOf([{ arrivedAt: monday, datum: datum(monday, [1], more) }]), () => {});
    const statisticValues = { sampleCount: 4, sum: 10, minimum: 1, maximum: 5 };
    assert.throws(write({ counts: [1.5] }), /1\.5 times, .*keep it as a recording$/);
    assert.throws(write({ values: [], statisticValues }), SeriesError);
  });
});

describe('dimensions in one cell', () => {
  it('come back as they were written, whatever is in them', () => {
    const text = fc.string({
      minLength: 1,
      maxLength: 6,
      unit: fc.constantFrom('a', ';', '=', '\\', 'é', ' '),
    });
    fc.assert(
      fc.property(fc.dictionary(text, text, { maxKeys: 5, noNullPrototype: true }), (dimensions) => {
        const reading = parseDimensions(printDimensions(dimensions));
        assert.deepEqual(reading, { ok: true, dimensions });
      }),
    );
  });

  it('never throw, and take a = in a value as it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', ';', '=', '\\') }),
        (text) => void parseDimensions(text),
      ),
    );
    assert.deepEqual(parseDimensions('q=a=b'), { ok: true, dimensions: { q: 'a=b' } });
    for (const wrong of ['a', 'a=', '=b', 'a=b;', 'a=1;a=2', 'a\\b=1', 'a=1\\'])
      assert.equal(parseDimensions(wrong).ok, false, wrong);
    assert.deepEqual(latency.dimensions, { service: 'a' });
  });
});

describe('a time', () => {
  it('is read as Date reads it, to the millisecond and in any zone', () => {
    for (const text of ['2026-01-05T12:34:56.789Z', '2024-02-29T23:59:00-03:30', '2026-01-05T00:00+14:00'])
      assert.equal(parseInstant(text), Date.parse(text));
    assert.equal(parseInstant('2026-01-05T00:00:00.1234567Z'), monday + 123);
  });

  it('is nothing else', () => {
    for (const text of [
      '',
      '2026-01-05',
      '2026-01-05 00:00:00Z',
      '2026-13-01T00:00:00Z',
      '2026-01-05T24:00:00Z',
      '2023-02-29T00:00:00Z',
      '1767571200',
      '2026-01-05T00:00:00+25:00',
    ])
      assert.equal(parseInstant(text), undefined, text);
  });
});
