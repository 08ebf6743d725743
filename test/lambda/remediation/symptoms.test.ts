import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goodSentence, goodSymptom } from '../../../lambda/remediation/mail/words';
import { readingOf } from '../../../lambda/remediation/symptoms';
import { alarms } from '../../../lib/catalog/alarms';
import { seconds, start } from './fixtures';

const periodMs = seconds(10);
/** Values of the last minutes, the newest stamped `agoMs` before now. */
const series = (agoMs: number) =>
  [0.1, 40, 62].map((value, index) => ({ at: start - agoMs - (2 - index) * periodMs, value }));

const ages: [string, number, number | null][] = [
  ['of the last whole period', seconds(10), 62],
  ['delivered one period late', seconds(20), 62],
  ['a millisecond short of three periods after its start', seconds(30) - 1, 62],
  ['two periods past its end', seconds(30), null],
  ['of ten minutes ago', seconds(600), null],
];
for (const [name, agoMs, latest] of ages) {
  test(`a newest point ${name} reads ${latest ?? 'unknown'}`, () => {
    const reading = readingOf(series(agoMs), 5, periodMs, start);
    assert.equal(reading.latest, latest);
    assert.deepEqual(reading.recent, latest === null ? [] : [0.1, 40, 62]);
    assert.equal(reading.knownUntil, start - agoMs + periodMs);
  });
}

test('dropped points do not count as known', () => {
  const dropped = { at: start - seconds(10), value: Number.NaN };
  const reading = readingOf([...series(seconds(60)), dropped], 5, periodMs, start);
  assert.deepEqual([reading.latest, reading.knownUntil], [null, start - seconds(50)]);
  assert.equal(readingOf([], 5, periodMs, start).knownUntil, null);
});

test('a recovery by silence is told without the number that breached', () => {
  const wording = alarms.errorRateHigh.reading;
  const reading = readingOf(series(seconds(60)), 5, periodMs, start);
  assert.equal(goodSymptom(wording, reading), 'error rate alarm is OK');
  assert.equal(goodSentence(wording, reading), 'The alarm on error rate is OK again.');
});
