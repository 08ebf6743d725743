import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decide } from '../../../rehearsal/cloudwatch/decide';
import type { AlarmState } from '../../../rehearsal/events';
import { seed } from '../../seed';
import { decideSlowly } from './decide-slowly';
import { tableRows, treatments } from './tables';

/** `0` fine, `X` breaching, `-` missing; newest right. */
function pattern(text: string): (boolean | undefined)[] {
  return text.split(' ').map((point) => (point === '-' ? undefined : point === 'X'));
}

describe('decide follows the tables that AWS publishes', () => {
  for (const row of tableRows) {
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
    fc.assert(
      fc.property(question, (asked) => assert.equal(decide(asked).state, decideSlowly(asked))),
      { numRuns: 20_000, seed },
    );
  });
});
