/** Built cases, each with the verdict that a careful analyst would give, and the rules behind them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRandom } from '../../../rehearsal/traffic';
import type { Column } from '../../../service/drift/columns';
import { compareSamples, type Samples } from '../../../service/drift/compare-samples';
import { compareCounts } from '../../../service/drift/comparison';
import { holm, judge } from '../../../service/drift/judge';
import { isCalendarName } from '../../../service/drift/season';
import { conclude } from '../../../service/drift/verdict';
import { bell, bellDeviation } from './samples';

interface Row {
  /** 0 to 23. */
  readonly hour: number;
  readonly amount: number;
  readonly age: number;
  readonly ratio: number;
  readonly visits: number;
  readonly score: number;
  readonly channel: string | null;
}

const channels = ['web', 'web', 'web', 'web', 'web', 'app', 'app', 'app', 'pos', 'pos'];

/** A small shop: nights have larger amounts, everything else is the same all day. */
function rows(
  seed: number,
  count: number,
  change: (row: Row, random: () => number) => Row = (row) => row,
): Row[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const hour = index % 24;
    return change(
      {
        hour,
        amount: 50 + 20 * (bell(random) / bellDeviation) + (hour < 6 ? 30 : 0),
        age: 40 + 10 * (bell(random) / bellDeviation),
        ratio: random() * random(),
        visits: Math.floor(random() * random() * 6),
        score: random(),
        channel: channels[Math.floor(random() * 10)] ?? null,
      },
      random,
    );
  });
}

const numbers = ['hour', 'amount', 'age', 'ratio', 'visits', 'score'] as const;

function columns(from: readonly Row[], without: readonly string[] = []): Column[] {
  const all: Column[] = [
    ...numbers.map((name) => ({
      name,
      kind: 'number' as const,
      values: Float64Array.from(from, (row) => row[name]),
    })),
    { name: 'channel', kind: 'category', values: from.map(({ channel }) => channel) },
  ];
  return all.filter(({ name }) => !without.includes(name));
}

const reference = rows(1, 12_000);

function verdictOf(current: readonly Row[], more: Partial<Samples> = {}) {
  const judgement = compareSamples({
    reference: columns(reference),
    current: columns(current),
    seasons: [],
    calendar: new Set(),
    ...more,
  });
  const drifted = judgement.features.filter((feature) => feature.drifted).map(({ name }) => name);
  return { ...judgement, drifted };
}

const about = (judgement: { readonly features: readonly { name: string; reason: string }[] }, name: string) =>
  judgement.features.find((feature) => feature.name === name)?.reason ?? assert.fail(`no feature ${name}`);

describe('eight cases', () => {
  it('none: other rows of the same world are no drift, for fifty draws', () => {
    for (let seed = 100; seed < 150; seed++) {
      const found = verdictOf(rows(seed, 1500));
      assert.deepEqual(
        [found.verdict, found.drift, found.driftShare, found.drifted],
        ['none', false, 0, []],
        String(seed),
      );
    }
  });

  it('shift: two features moved by their deviation are investigated, most features are retrained for', () => {
    const two = verdictOf(rows(2, 2400, (row) => ({ ...row, amount: row.amount + 25, age: row.age + 10 })));
    assert.deepEqual(
      [two.verdict, two.drift, two.drifted.toSorted()],
      ['investigate', true, ['age', 'amount']],
    );
    assert.match(two.reason, /^2 features of 7 drifted \(amount, age\), 2 far/);
    assert.match(
      about(two, 'age'),
      /^PSI \d\.\d+, not by chance \(p < 1e-9\): \d+ % are above [\d.]+, 10 % in the reference\.$/,
    );
    const most = verdictOf(
      rows(3, 2400, (row) => ({
        ...row,
        amount: row.amount * 1.8,
        age: row.age - 12,
        ratio: row.ratio / 3,
        score: row.score ** 2,
      })),
    );
    assert.deepEqual([most.verdict, most.drifted.length], ['retrain', 4]);
    assert.ok(Math.abs(most.driftShare - 4 / 7) < 1e-9);
  });

  it('scale: a feature whose middle stays and whose spread doubles has drifted', () => {
    const found = verdictOf(rows(4, 2400, (row) => ({ ...row, age: 40 + (row.age - 40) * 2 })));
    assert.deepEqual([found.verdict, found.drifted], ['investigate', ['age']]);
  });

  it('one feature: a little is monitored, much is investigated', () => {
    const little = verdictOf(rows(5, 2400, (row) => ({ ...row, age: row.age + 4 })));
    assert.deepEqual([little.verdict, little.drift, little.drifted], ['monitor', true, ['age']]);
    const much = verdictOf(rows(6, 2400, (row) => ({ ...row, age: row.age * 12 })));
    assert.deepEqual([much.verdict, much.drifted], ['investigate', ['age']]);
  });

  it('seasonal: rows of the night are compared with nights, and nothing has drifted', () => {
    const night = rows(7, 9600).filter(({ hour }) => hour < 6);
    const found = verdictOf(night);
    assert.deepEqual([found.verdict, found.drift, found.drifted], ['monitor', false, []]);
    assert.match(found.reason, /cover only a part of hour; .* same part nothing drifted/);
    assert.match(
      about(found, 'amount'),
      /beside the reference's rows of the same hour, .* a season, no drift/,
    );
    assert.match(about(found, 'hour'), /says when they are from, not how they are/);
  });

  it('seasonal: what drifts at night beside other nights is drift', () => {
    const night = rows(8, 9600, (row) => ({ ...row, age: row.age + 10 })).filter(({ hour }) => hour < 6);
    assert.deepEqual(verdictOf(night).drifted, ['age']);
  });

  it('seasonal: times beside the features do the same, and without any nobody can know', () => {
    const night = rows(7, 9600).filter(({ hour }) => hour < 6);
    const without = { reference: columns(reference, ['hour']), current: columns(night, ['hour']) };
    const hours = (from: readonly Row[]): string[] => from.map(({ hour }) => String(hour));
    const season = { name: 'the hours of at', reference: hours(reference), current: hours(night) };
    assert.deepEqual(verdictOf(night, { ...without, seasons: [season] }).verdict, 'monitor');
    assert.deepEqual(verdictOf(night, without).drifted, ['amount']);
  });

  it('tiny sample: fifteen rows tell nothing, however far apart they look', () => {
    const found = verdictOf(rows(9, 15, (row) => ({ ...row, age: row.age + 10 })));
    assert.deepEqual([found.verdict, found.drift, found.driftShare], ['cannot tell', false, 0]);
    assert.match(found.reason, /^Too few to tell: 15 rows, at least 100 are needed/);
    const small = compareSamples({
      reference: columns(rows(10, 80)),
      current: columns(rows(11, 5000)),
      seasons: [],
      calendar: new Set(),
    });
    assert.match(small.reason, /80 rows in the reference/);
  });

  it('tiny sample: a hundred rows of the same world look like drift to a fixed limit, and not here', () => {
    let aboveLimit = 0;
    for (let seed = 300; seed < 340; seed++) {
      const found = verdictOf(rows(seed, 120));
      aboveLimit += found.features.filter(({ psi }) => psi >= 0.1).length;
      assert.equal(found.drift, false, String(seed));
    }
    assert.ok(aboveLimit > 20, `only ${aboveLimit} were above the limit: the test proves nothing`);
  });

  it('new category: it is named, and how the data is made is investigated', () => {
    const found = verdictOf(
      rows(12, 2400, (row, random) => (random() < 0.05 ? { ...row, channel: 'crypto' } : row)),
    );
    assert.deepEqual([found.verdict, found.drifted], ['investigate', ['channel']]);
    assert.match(found.reason, /^There are categories that the model never saw in channel/);
    assert.match(about(found, 'channel'), /of a category \("crypto"\) that the reference does not have/);
    const few = verdictOf(
      rows(13, 2400, (row, random) => (random() < 0.003 ? { ...row, channel: 'odd' } : row)),
    );
    assert.equal(few.drift, false, 'a typing error now and then is no drift');
  });

  it('missing values: of a number and of a category, they are no drift of the world but of the source', () => {
    const found = verdictOf(
      rows(14, 2400, (row, random) => ({
        ...row,
        age: random() < 0.2 ? Number.NaN : row.age,
        channel: random() < 0.2 ? null : row.channel,
      })),
    );
    assert.deepEqual([found.verdict, found.drifted.toSorted()], ['investigate', ['age', 'channel']]);
    assert.match(found.reason, /^Values are missing in (age, channel|channel, age): how the data is made/);
    assert.match(
      found.todo,
      /^Ask whoever fills (age and channel|channel and age) what changed; correct it there\. /,
    );
    assert.match(about(found, 'age'), /(19|2\d)(\.\d)? % are missing, 0 % in the reference/);
    const all = verdictOf(rows(15, 2400, (row) => ({ ...row, age: Number.NaN })));
    assert.deepEqual([all.drifted, all.features[0]?.ks], [['age'], null]);
  });
});

describe('the judgement', () => {
  it('does not call a trivial difference drift, however many rows make it certain', () => {
    const tenths = new Array<number>(10).fill(1_000_000);
    const other = tenths.map((count, bin) => count * (bin < 5 ? 1.02 : 0.98));
    const [found] = judge([
      compareCounts(
        'x',
        { kind: 'number', edges: [1, 2, 3, 4, 5, 6, 7, 8, 9] },
        [...tenths, 0],
        [...other, 0],
      ),
    ]);
    assert.ok((found?.comparison.pValue ?? 1) < 1e-9);
    assert.equal(found?.drifted, false);
    assert.match(found?.reason ?? '', /a real difference, and too small to matter/);
  });

  it('asks for stronger evidence the more features are asked about', () => {
    assert.deepEqual(holm([0.01, 0.04, 0.03]), [0.03, 0.06, 0.06]);
    assert.deepEqual(holm([]), []);
  });

  it('ranks what drifted first, and the rest by how far it moved', () => {
    const found = verdictOf(rows(6, 2400, (row) => ({ ...row, age: row.age * 12 })));
    const order = found.features.map(({ psi }) => psi);
    assert.equal(found.features[0]?.name, 'age');
    assert.deepEqual(
      order.slice(1),
      order.slice(1).toSorted((a, b) => b - a),
    );
  });

  it('says retrain when labels show that accuracy fell, even when no input moved', () => {
    const quiet = verdictOf(rows(16, 1500)).features;
    const found = conclude(quiet, { accuracyFell: 'Accuracy fell from 86 % to 74 % over 500 labels' });
    assert.equal(found.verdict, 'retrain');
    assert.match(found.reason, /^Accuracy fell .* and no input drifted\.$/);
  });
});

describe('names that say when a row is from', () => {
  for (const name of ['hour', 'hour_of_day', 'txHour', 'day_of_week', 'Weekday', 'is_weekend', 'month'])
    it(name, () => assert.ok(isCalendarName(name)));
  for (const name of [
    'payments_last_hour',
    'minutes_since_last_payment',
    'days',
    'account_age_days',
    'count_per_day',
  ])
    it(`not ${name}`, () => assert.ok(!isCalendarName(name)));
});
