/** Tests that would pass whatever the alarms do: they are refused, and nothing else is. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AlarmTestError } from '../../../../rehearsal/alarms/scenario/read';
import type { Resource } from '../../../../rehearsal/resources';
import { everything, orders, ordersFail, queueGrows, runText, shop } from './shop';

function refused(text: string, resources: readonly Resource[] = shop): string {
  try {
    runText(text, { resources });
  } catch (error) {
    assert.ok(error instanceof AlarmTestError, String(error));
    return error.message;
  }
  return '';
}

const changed = (resource: Resource, properties: Readonly<Record<string, unknown>>): Resource => ({
  ...resource,
  properties: { ...resource.properties, ...properties },
});

/** A test with the series as they are written, of ten minutes. */
const reading = (series: string, expect = '{ ordersFail: not ALARM }'): string =>
  [
    'tests:',
    '  - name: a',
    '    for: 10m',
    '    series:',
    `      - ${series}`,
    `    expect: [${expect}]`,
  ].join('\n');
const withoutSeries = (expect: string): string => `tests: [{ name: a, for: 5m, expect: [${expect}] }]`;

describe('an expectation before the first evaluation', () => {
  it('is refused, at a moment and up to one', () => {
    assert.equal(
      refused(orders('1x5', '{ at: 59s, ordersFail: not ALARM }')),
      'shop.yaml:6: shop-ordersFail is not evaluated before 1m and is in INSUFFICIENT_DATA until then, got 59s, expected 1m or later; name a later time',
    );
    assert.match(refused(orders('1x5', '{ until: 0s, ordersFail: not ALARM }')), /not evaluated before 1m/);
    assert.match(refused(orders('1x5', '{ until: 59s, quiet: [ordersFail] }')), /not evaluated before 1m/);
    assert.equal(refused(orders('1x5', '{ at: 1m, ordersFail: OK }')), '');
  });

  it('counts ten seconds where an alarm is evaluated that often, and for what stands on it', () => {
    const grows = (expect: string): string => reading('{ input: queueGrows.sent, values: 5x60 }', expect);
    assert.equal(refused(grows('{ at: 10s, queueGrows: INSUFFICIENT_DATA }')), '');
    assert.match(refused(grows('{ at: 9s, queueGrows: INSUFFICIENT_DATA }')), /not evaluated before 10s/);
    assert.equal(refused(grows('{ at: 10s, everything: not ALARM }')), '');
    assert.match(refused(grows('{ at: 9s, everything: not ALARM }')), /not evaluated before 10s/);
  });

  it('counts up to an hour where it is evaluated by the hour', () => {
    const daily = changed(ordersFail, { Period: 86_400, EvaluationPeriods: 2 });
    const text = reading('{ input: ordersFail, values: 1 }', '{ at: 9m, ordersFail: OK }');
    assert.equal(refused(text, [daily]), '');
    assert.match(refused(text.replace('9m', '2m'), [daily]), /not evaluated before 3m/);
  });
});

describe('quiet', () => {
  it('is refused of an alarm without actions for ALARM, and of all where none has any', () => {
    const mute = changed(queueGrows, { AlarmActions: [] });
    const off = changed(ordersFail, { ActionsEnabled: false });
    assert.match(
      refused(orders('1x5', '{ quiet: [queueGrows] }'), [ordersFail, mute]),
      /^shop\.yaml:6: quiet: it can never fail, got shop-queueGrows without actions/,
    );
    assert.match(
      refused(orders('1x5', '{ quiet: [ordersFail] }'), [off]),
      /got shop-ordersFail without actions/,
    );
    assert.match(refused(orders('1x5', '{ quiet: all }'), [off, mute]), /got alarms without actions/);
    assert.equal(refused(orders('1x5', '{ quiet: all }'), [ordersFail, mute]), '');
  });

  it('of all is refused without any series, unless an alarm takes silence for an alarm', () => {
    assert.match(refused(withoutSeries('{ quiet: all }'), [ordersFail]), /got a test without series/);
    const silent = changed(ordersFail, { TreatMissingData: 'breaching', EvaluationPeriods: 60 });
    assert.equal(refused(withoutSeries('{ quiet: all }'), [silent]), '');
    const nothingElse = changed(everything, { AlarmRule: 'NOT OK("shop-ordersFail")' });
    assert.equal(refused(withoutSeries('{ quiet: all }'), [ordersFail, nothingElse]), '');
  });
});

describe('a series that no alarm reads', () => {
  const series = (rest: string): string => `{ namespace: Shop, step: 1m, values: 99x10, ${rest} }`;
  const right = 'metric: FailedOrders, dimensions: { Site: eu }, unit: Count';

  it('is refused with the nearest that one reads: its dimensions, its unit, its name, its resolution', () => {
    assert.equal(
      refused(reading(series('metric: FailedOrders, unit: Count'))),
      'shop.yaml:5: no alarm reads this series, got Shop FailedOrders {} in Count, expected Shop FailedOrders {Site=eu}, which shop-ordersFail reads; correct it, or write unread: true where that is meant',
    );
    assert.match(
      refused(reading(series('metric: FailedOrders, dimensions: { Site: eu }'))),
      /without a unit, expected the unit Count, which shop-ordersFail reads: CloudWatch converts no units/,
    );
    assert.match(
      refused(reading(series('metric: send'))),
      /expected Shop sent \{\}, which shop-queueGrows reads/,
    );
    assert.match(
      refused(reading(series('metric: sent'))),
      /expected resolution: 1, because shop-queueGrows reads periods of 10 s/,
    );
    assert.equal(refused(reading(series(right))), '');
    assert.equal(refused(reading(series('metric: sent, resolution: 1'))), '');
  });

  it('passes where the test says that it means it, and only there', () => {
    assert.equal(refused(reading(series('metric: FailedOrders, unread: true'))), '');
    assert.match(
      refused(reading(series(`${right}, unread: true`))),
      /^shop\.yaml:5: unread: an alarm reads it, .*take it away, because shop-ordersFail reads/,
    );
  });

  it('is also one that is supplied for a query that needs no such help', () => {
    assert.match(
      refused(reading('{ supply: queueGrows.growth, values: 1x9 }')),
      /^shop\.yaml:5: supply: shop-queueGrows has no such query .* got 'growth', expected nothing/,
    );
  });
});

describe('a test that is too long', () => {
  it('is refused before its samples are written out', () => {
    assert.match(
      refused(orders('1x600000', '{ ordersFail: OK }')),
      /^shop\.yaml:4: the test would be too long, got 416d16h, expected at most 400d, because a year/,
    );
  });
});

describe('mistakes in a notation', () => {
  it('are shown without anything that a terminal would obey, the caret still in its place', () => {
    const told = refused(orders('"5 \\e[31m"', '{ ordersFail: OK }'));
    assert.match(told, /\n {2}5 \u{FFFD}\[31m\n {4}\^$/u);
  });
});

describe('alarms that cannot be tested', () => {
  const sql = (name: string): Resource =>
    changed(
      { ...queueGrows, logicalId: name },
      { AlarmName: name, Metrics: [{ Id: 'q', Expression: 'SELECT AVG(x) FROM y', Period: 60 }] },
    );

  it('are all named at once, those of one test and those of several', () => {
    const one = withoutSeries('{ one: OK, two: OK }');
    const told = refused(one, [sql('one'), sql('two'), sql('three')]);
    assert.match(
      told,
      /one\.Metrics\[q\]: not evaluated locally.*\n.*two\.Metrics\[q\]: not evaluated locally/,
    );
    assert.doesNotMatch(told, /three/);
    const both = `tests: [{ name: a, for: 5m, expect: [{ one: OK }] }, { name: b, for: 5m, expect: [{ two: OK }] }]`;
    assert.equal(refused(both, [sql('one'), sql('two')]).split('\n').length, 2);
  });

  it('and alarms that are not there are named in one list, each once', () => {
    const lines = refused(
      orders('1x5', '{ ordersFail: OK }', '{ gone: OK, lost: OK }', '{ gone: ALARM }'),
    ).split('\n');
    assert.deepEqual(
      lines.map((line) => /^(\S+) alarm: .*got '(\w+)'/.exec(line)?.slice(1)),
      [
        ['shop.yaml:7:', 'gone'],
        ['shop.yaml:7:', 'lost'],
      ],
    );
  });
});
