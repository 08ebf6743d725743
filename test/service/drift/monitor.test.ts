/** Days of predictions through the monitor: seasons of a day, drift that lasts, drift that does not, and a restart between. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRandom } from '../../../rehearsal/traffic';
import { baselineProblems } from '../../../service/drift/baseline';
import { baselineOf } from '../../../service/drift/baseline-from-columns';
import { Monitor } from '../../../service/drift/monitor';
import { bell } from './samples';

const model = {
  features: [
    { name: 'amount', type: 'number' },
    { name: 'age', type: 'number' },
    { name: 'hour_of_day', type: 'integer' },
    { name: 'channel', type: 'category', categories: ['web', 'app'] },
  ],
  classes: ['good', 'bad'],
};
const hours = 24;
const rowsAnHour = 60;

/** Amounts are larger at night, and more answers are bad then. */
function rowOf(hour: number, random: () => number): Float32Array {
  return Float32Array.of(
    50 + 20 * bell(random) + (hour < 8 ? 40 : 0),
    40 + 10 * bell(random),
    hour,
    random() < 0.7 ? 0 : 1,
  );
}

const classOf = (row: Float32Array): string => ((row[0] ?? 0) > 80 ? 'bad' : 'good');
const placeOf = (name: string): number => model.classes.indexOf(name);
const confidenceOf = (random: () => number): number => Math.max(random(), random());

function makeBaseline() {
  const random = seededRandom(1);
  const rows = Array.from({ length: 6000 }, (_, index) => rowOf(index % hours, random));
  const column = (index: number) => Float64Array.from(rows, (row) => row[index] ?? Number.NaN);
  return baselineOf(
    {
      source: 'a test',
      columns: [
        { name: 'amount', kind: 'number', values: column(0) },
        { name: 'age', kind: 'number', values: column(1) },
        { name: 'hour_of_day', kind: 'number', values: column(2) },
        { name: 'channel', kind: 'category', values: rows.map((row) => (row[3] === 0 ? 'web' : 'app')) },
      ],
      calendar: [],
      answers: {
        classes: { name: 'class', kind: 'category', values: rows.map(classOf) },
        confidence: {
          name: 'confidence',
          kind: 'number',
          values: Float64Array.from(rows, () => confidenceOf(random)),
        },
      },
    },
    model,
  );
}

const baseline = makeBaseline();
const plan = { windowMs: 3_600_000, windows: hours };
const firstHour = 480_000;

type Change = (row: Float32Array, random: () => number) => void;

/** Lets hours pass; `hour` counts on from the monitor's first. */
function play(
  monitor: Monitor,
  from: number,
  count: number,
  change: Change = () => {},
  rows = rowsAnHour,
): void {
  const random = seededRandom(1000 + from);
  for (let hour = from; hour < from + count; hour++) {
    for (let index = 0; index < rows; index++) {
      const row = rowOf(hour % hours, random);
      change(row, random);
      monitor.observe(row, placeOf(classOf(row)), confidenceOf(random));
    }
    monitor.turn(firstHour + hour + 1);
  }
}

const fresh = (): Monitor => new Monitor(baseline, model, plan, firstHour);
const verdictOf = (monitor: Monitor): string | undefined => monitor.state().judgement?.verdict;
const driftedOf = (monitor: Monitor): string[] =>
  monitor.state().judgement?.features.flatMap(({ name, drifted }) => (drifted ? [name] : [])) ?? [];

describe('a baseline', () => {
  it('knows the model it was made for, and what says when rows are from', () => {
    assert.deepEqual(baselineProblems(baseline, model), []);
    assert.deepEqual(baseline.calendar, ['hour_of_day']);
  });
});

describe('the monitor', () => {
  it('says nothing before a whole day has passed, however odd its hours are', () => {
    const monitor = fresh();
    play(monitor, 0, 24, (row) => {
      row[1] = 400;
    });
    assert.deepEqual(
      [monitor.state().judgement, monitor.state().windowsSeen, monitor.state().windowsNeeded],
      [undefined, 23, 24],
    );
  });

  it('finds no drift in days that are like the baseline, though no hour is', () => {
    const monitor = fresh();
    play(monitor, 0, 25);
    for (let hour = 25; hour < 73; hour++) {
      play(monitor, hour, 1);
      assert.deepEqual([verdictOf(monitor), driftedOf(monitor)], ['none', []], `hour ${hour}`);
    }
    const time = monitor.state().judgement?.features.find(({ name }) => name === 'hour_of_day');
    assert.match(time?.reason ?? '', /says when a row is from/);
  });

  it('finds drift that lasts after three agreeing windows, and that it is over', () => {
    const monitor = fresh();
    play(monitor, 0, 48);
    const older: Change = (row) => {
      row[1] = (row[1] ?? 0) + 15;
    };
    let hour = 48;
    const found: number[] = [];
    for (; hour < 72; hour++) {
      play(monitor, hour, 1, older);
      if (driftedOf(monitor).includes('age')) found.push(hour - 47);
    }
    const [first = 0] = found;
    assert.ok(first >= 5 && first <= 16, `after ${first} hours`);
    assert.equal(verdictOf(monitor), 'investigate');
    assert.equal(found.length, 24 - first + 1, 'it does not flap');
    play(monitor, hour, 30);
    assert.equal(verdictOf(monitor), 'none');
  });

  it('does not take one odd hour for drift', () => {
    const monitor = fresh();
    play(monitor, 0, 48);
    play(monitor, 48, 1, (row) => {
      row[1] = 400;
    });
    for (let hour = 49; hour < 72; hour++) {
      play(monitor, hour, 1);
      assert.deepEqual(driftedOf(monitor), [], `hour ${hour}`);
    }
  });

  it('says how many windows agree while they are too few', () => {
    const monitor = fresh();
    play(monitor, 0, 25, (row) => {
      row[1] = 400;
    });
    const age = monitor.state().judgement?.features.find(({ name }) => name === 'age');
    assert.match(age?.reason ?? '', /so far at the end of 1 of the last 4 windows, 3 are needed\.$/);
    assert.equal(verdictOf(monitor), 'none');
  });

  it('cannot tell from a handful of rows a day', () => {
    const monitor = fresh();
    play(
      monitor,
      0,
      40,
      (row) => {
        row[1] = 400;
      },
      2,
    );
    assert.equal(verdictOf(monitor), 'cannot tell');
  });

  it('sees that answers moved although no input did', () => {
    const monitor = fresh();
    const random = seededRandom(9);
    for (let hour = 0; hour < 30; hour++) {
      for (let index = 0; index < rowsAnHour; index++)
        monitor.observe(rowOf(hour % hours, random), placeOf('bad'), 0.51);
      monitor.turn(firstHour + hour + 1);
    }
    assert.equal(verdictOf(monitor), 'investigate');
    assert.match(
      monitor.state().judgement?.reason ?? '',
      /^The answers moved \(\(class\), \(confidence\)\) and no input/,
    );
  });

  it("does not count what a fallback answered as the model's answers", () => {
    const monitor = fresh();
    const random = seededRandom(9);
    for (let hour = 0; hour < 30; hour++) {
      for (let index = 0; index < rowsAnHour; index++) {
        const row = rowOf(hour % hours, random);
        monitor.observe(row, placeOf(classOf(row)), confidenceOf(random));
        monitor.observe(rowOf(hour % hours, random), undefined, 0.51);
      }
      monitor.turn(firstHour + hour + 1);
    }
    assert.equal(verdictOf(monitor), 'none');
  });

  it('goes on after a restart as if there had been none', () => {
    const whole = fresh();
    play(whole, 0, 60, (row) => {
      row[1] = (row[1] ?? 0) + 15;
    });
    const first = fresh();
    const change: Change = (row) => {
      row[1] = (row[1] ?? 0) + 15;
    };
    play(first, 0, 31, change);
    // The same rows need the same beginnings of their random numbers.
    const replayed = new Monitor(baseline, model, plan, firstHour + 31);
    assert.ok(replayed.restore(JSON.parse(JSON.stringify(first.snapshot()))));
    assert.deepEqual(replayed.state().judgement, first.state().judgement);
    play(first, 31, 20, change);
    play(replayed, 31, 20, change);
    assert.deepEqual(replayed.state().judgement, first.state().judgement);
    assert.deepEqual(driftedOf(replayed), driftedOf(whole));
  });

  it('takes no more memory over a million predictions', () => {
    const monitor = fresh();
    const row = rowOf(3, seededRandom(2));
    const observe = (count: number): void => {
      for (let index = 0; index < count; index++) monitor.observe(row, placeOf('good'), 0.9);
    };
    observe(100_000);
    const before = process.memoryUsage().heapUsed;
    observe(1_000_000);
    // One object a prediction would be sixteen megabytes.
    assert.ok(process.memoryUsage().heapUsed - before < 8_000_000);
    assert.equal(monitor.state().rowsNow, 1_100_000);
  });
});
