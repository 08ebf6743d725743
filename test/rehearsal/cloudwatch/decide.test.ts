import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decide, type TreatMissingData } from '../../../rehearsal/cloudwatch/decide';
import type { AlarmState } from '../../../rehearsal/events';
import { decideSlowly } from './decide-slowly';

const treatments: readonly TreatMissingData[] = ['missing', 'ignore', 'breaching', 'notBreaching'];

/** `0` fine, `X` breaching, `-` missing; newest right. */
function pattern(text: string): (boolean | undefined)[] {
  return text.split(' ').map((point) => (point === '-' ? undefined : point === 'X'));
}

interface Row {
  readonly source: string;
  readonly m: number;
  readonly points: string;
  /** missing, ignore, breaching, notBreaching */
  readonly states: readonly string[];
  readonly filled?: number;
}

const rows: readonly Row[] = [
  { source: 'table A 1', m: 3, points: '0 - X - X', filled: 0, states: ['OK', 'OK', 'OK', 'OK'] },
  { source: 'table A 2', m: 3, points: '0 - - - -', filled: 2, states: ['OK', 'OK', 'OK', 'OK'] },
  {
    source: 'table A 3',
    m: 3,
    points: '- - - - -',
    filled: 3,
    states: ['INSUFFICIENT_DATA', 'keep', 'ALARM', 'OK'],
  },
  { source: 'table A 4', m: 3, points: '0 X X - X', filled: 0, states: ['ALARM', 'ALARM', 'ALARM', 'ALARM'] },
  { source: 'table A 5', m: 3, points: '- - X - -', filled: 2, states: ['ALARM', 'keep', 'ALARM', 'OK'] },
  { source: 'table B 1', m: 2, points: '0 - X - X', filled: 0, states: ['ALARM', 'ALARM', 'ALARM', 'ALARM'] },
  { source: 'table B 2', m: 2, points: '0 0 X 0 X', filled: 0, states: ['ALARM', 'ALARM', 'ALARM', 'ALARM'] },
  { source: 'table B 3', m: 2, points: '0 - X - -', filled: 1, states: ['OK', 'OK', 'ALARM', 'OK'] },
  { source: 'table B 4', m: 2, points: '- - - - 0', filled: 2, states: ['OK', 'OK', 'ALARM', 'OK'] },
  { source: 'table B 5', m: 2, points: '- - - X -', filled: 2, states: ['ALARM', 'keep', 'ALARM', 'OK'] },
  {
    source: 'table C 1 (2019)',
    m: 3,
    points: '- - - - X',
    states: ['INSUFFICIENT_DATA', 'keep', 'ALARM', 'OK'],
  },
  { source: 'table C 2 (2019)', m: 3, points: 'X - - - -', states: ['ALARM', 'keep', 'ALARM', 'OK'] },
  {
    source: 'table C 3 (2019)',
    m: 2,
    points: '- - - - X',
    states: ['INSUFFICIENT_DATA', 'keep', 'ALARM', 'OK'],
  },
];

describe('decide follows the tables that AWS publishes', () => {
  for (const row of rows) {
    treatments.forEach((treatMissingData, column) => {
      const expected = row.states[column];
      it(`${row.source}: ${row.m} of 3, ${row.points}, ${treatMissingData} gives ${expected}`, () => {
        for (const previous of ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const) {
          const verdict = decide({
            breaching: pattern(row.points),
            evaluationPeriods: 3,
            datapointsToAlarm: row.m,
            treatMissingData,
            previous,
          });
          assert.equal(verdict.state, expected === 'keep' ? previous : expected);
          if (row.filled !== undefined) assert.equal(verdict.filled, row.filled);
        }
      });
    });
  }

  it('turns row 2 of table A into ALARM once the lone good point has left the range, with breaching', () => {
    const verdict = decide({
      breaching: pattern('- - - - -'),
      evaluationPeriods: 3,
      datapointsToAlarm: 3,
      treatMissingData: 'breaching',
      previous: 'OK',
    });
    assert.equal(verdict.state, 'ALARM');
  });

  it('marks an ALARM on too few points as premature and no other', () => {
    const ask = (points: string): boolean =>
      decide({
        breaching: pattern(points),
        evaluationPeriods: 3,
        datapointsToAlarm: 3,
        treatMissingData: 'missing',
        previous: 'OK',
      }).premature;
    assert.equal(ask('- - X - -'), true);
    assert.equal(ask('0 X X - X'), false);
  });

  it('judges the newest points only: two old breaches behind three good points are no alarm', () => {
    const verdict = decide({
      breaching: pattern('X X 0 0 0'),
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      treatMissingData: 'missing',
      previous: 'ALARM',
    });
    assert.equal(verdict.state, 'OK');
    assert.deepEqual(verdict.judged, [2, 3, 4]);
  });
});

describe('decide', () => {
  it('agrees with the slow formulation for every range', () => {
    const question = fc
      .record({
        n: fc.integer({ min: 1, max: 6 }),
        extra: fc.integer({ min: 0, max: 4 }),
        treatMissingData: fc.constantFrom(...treatments),
        previous: fc.constantFrom<AlarmState>('OK', 'ALARM', 'INSUFFICIENT_DATA'),
      })
      .chain(({ n, extra, ...rest }) =>
        fc.record({
          evaluationPeriods: fc.constant(n),
          datapointsToAlarm: fc.integer({ min: 1, max: n }),
          breaching: fc.array(fc.constantFrom(true, false, undefined), {
            minLength: n + extra,
            maxLength: n + extra,
          }),
          treatMissingData: fc.constant(rest.treatMissingData),
          previous: fc.constant(rest.previous),
        }),
      );
    const seed = Number(process.env.FC_SEED ?? 20261114);
    console.log(`fast-check seed ${seed} (FC_SEED)`);
    fc.assert(
      fc.property(question, (asked) => assert.equal(decide(asked).state, decideSlowly(asked))),
      { numRuns: 20_000, seed },
    );
  });
});
