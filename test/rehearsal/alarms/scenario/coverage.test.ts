/** Coverage: what counts as a case, and what does not. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type CoverageCase, measureCoverage } from '../../../../rehearsal/alarms/scenario/coverage';
import { describeCoverage } from '../../../../rehearsal/alarms/scenario/coverage-text';
import { orders, ordersFail, runText, shop, shopBook } from './shop';

function covered(text: string, alarm = 'shop-ordersFail', resources = shop): CoverageCase[] {
  const file = runText(text, { keepEvaluations: true, resources });
  const { alarms } = measureCoverage(shopBook(resources), [file]);
  const has = alarms.find(({ name }) => name === alarm)?.has;
  return (['fires', 'staysQuiet', 'missingData'] as const).filter((each) => has?.[each] === true);
}

describe('a case in which it fires', () => {
  it('is an expectation that only ALARM fulfils, and that held', () => {
    assert.deepEqual(covered(orders('20x5', '{ at: 5m, ordersFail: ALARM }')), ['fires']);
    assert.deepEqual(
      covered(
        orders('20x5', '{ ordersFail: { transitions: [INSUFFICIENT_DATA -> OK at 1m, OK -> ALARM at 2m] } }'),
      ),
      ['fires'],
    );
  });

  it('is none that OK would fulfil as well, or that failed', () => {
    assert.deepEqual(covered(orders('20x5', '{ at: 5m, ordersFail: [OK, ALARM] }')), []);
    assert.deepEqual(covered(orders('0x5', '{ at: 5m, ordersFail: ALARM }')), []);
  });
});

describe('a case in which it stays quiet', () => {
  it('is one over a whole test with data that says something', () => {
    assert.deepEqual(covered(orders('9x5', '{ ordersFail: not ALARM }')), ['staysQuiet']);
    assert.deepEqual(
      covered(orders('9x5', '{ ordersFail: { transitions: [INSUFFICIENT_DATA -> OK at 1m] } }')),
      ['staysQuiet'],
    );
  });

  it('is none where the alarm had data at less than half of its evaluations, or for less than it needs to fire', () => {
    assert.deepEqual(covered(orders('9x2 _x20', '{ ordersFail: not ALARM }')), ['missingData']);
    assert.deepEqual(covered(`${orders('9x2', '{ ordersFail: not ALARM }')}\n    for: 1h`), ['missingData']);
    assert.deepEqual(covered(orders('9', '{ ordersFail: not ALARM }')), []);
    assert.deepEqual(covered(orders('9x2', '{ ordersFail: not ALARM }')), ['staysQuiet']);
  });

  it('is none with zeros alone, or over a part of the test', () => {
    assert.deepEqual(covered(orders('0x5', '{ ordersFail: not ALARM }')), []);
    assert.deepEqual(covered(orders('9x5', '{ from: 1m, ordersFail: not ALARM }')), []);
  });

  it('may have zeros where any other value would fire', () => {
    const touchy = {
      ...ordersFail,
      properties: { ...ordersFail.properties, Threshold: 0, DatapointsToAlarm: 1, EvaluationPeriods: 1 },
    };
    assert.deepEqual(covered(orders('0x5', '{ ordersFail: not ALARM }'), 'shop-ordersFail', [touchy]), [
      'staysQuiet',
    ]);
  });
});

describe('a case with missing data', () => {
  it('is an expectation at a moment at which a newest period has none', () => {
    assert.deepEqual(covered(orders('1x3 _x3', '{ at: 5m, ordersFail: OK }')), ['missingData']);
    assert.deepEqual(covered(orders('1x3 _ 1x3', '{ from: 4m, ordersFail: OK }')), ['missingData']);
  });

  it('is none where nothing is said of the state', () => {
    assert.deepEqual(covered(orders('1x3 _x3', '{ ordersFail: { withheld: [] } }')), []);
    assert.deepEqual(covered(orders('1x3 _x3', '{ ordersFail: { actions: [] } }')), []);
  });

  it('is none before the first datapoint, or at another moment', () => {
    assert.deepEqual(covered(orders('_x3 1x3', '{ at: 3m, ordersFail: OK }')), []);
    assert.deepEqual(covered(orders('1x3 _x3', '{ at: 3m, ordersFail: OK }')), []);
  });
});

describe('a composite alarm', () => {
  it('is covered through its children', () => {
    const both = [
      'tests:',
      '  - name: both',
      '    series:',
      '      - { input: ordersFail, values: 20x3 _x3 }',
      '      - { input: queueGrows.sent, values: 5x36 }',
      '      - { input: queueGrows.taken, values: 4x36 }',
      '    expect: [{ at: 5m, everything: ALARM }]',
    ].join('\n');
    assert.deepEqual(covered(both, 'shop-everything'), ['fires', 'missingData']);
    assert.deepEqual(covered(orders('20x5', '{ everything: not ALARM }'), 'shop-everything'), ['staysQuiet']);
  });
});

describe('the table', () => {
  it('says what is lacking, with an example that can be pasted', () => {
    const file = runText(orders('20x5', '{ at: 5m, ordersFail: ALARM }'), { keepEvaluations: true });
    const coverage = measureCoverage(shopBook(), [file]);
    assert.equal(coverage.isComplete, false);
    const lines = describeCoverage(coverage, { useUnicode: true, paint: (_, text) => text });
    assert.ok(
      lines.some((line) => /^ {2}shop-ordersFail +✓ +✗ +✗$/.test(line)),
      lines.join('\n'),
    );
    const from = lines.findIndex((line) => line.includes('shop-ordersFail lacks'));
    const to = lines.findIndex((line) => line.includes('shop-queueGrows lacks'));
    const example = lines
      .slice(from, to)
      .filter((line) => line.startsWith('    - ') || line.startsWith('      '));
    const pasted = runText(`tests:\n${example.map((line) => line.slice(2)).join('\n')}`, {
      keepEvaluations: true,
    });
    assert.deepEqual(
      pasted.tests.map(({ failures }) => failures.length),
      [0, 0],
    );
  });

  it('names alarms of which nothing can be tested', () => {
    const coverage = {
      alarms: [],
      refused: [{ name: 'x', logicalId: 'X', reason: 'it needs AWS' }],
      isComplete: false,
    };
    const lines = describeCoverage(coverage, { useUnicode: false, paint: (_, text) => text });
    assert.ok(lines.some((line) => /x +cannot be tested: it needs AWS/.test(line)));
  });
});
