/** Whole tests, from their text to their failures. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AlarmTestError } from '../../../../rehearsal/alarms/scenario/read';
import type { Resource } from '../../../../rehearsal/resources';
import { failuresOf, orders, ordersFail, queueGrows, runText, shop } from './shop';

const none: readonly string[] = [];

describe('expectations of states', () => {
  const values = '0x3 20x3 0x3';

  it('hold at a moment, with all that happened then', () => {
    assert.deepEqual(
      failuresOf(orders(values, '{ at: 4m, ordersFail: OK }', '{ at: 5m, ordersFail: ALARM }')),
      none,
    );
    assert.deepEqual(failuresOf(orders(values, '{ at: 5m, ordersFail: OK }')), [
      'state shop-ordersFail@300s: OK | ALARM, since 5m',
    ]);
  });

  it('hold in intervals with both ends, and tell the first moment that breaks them', () => {
    assert.deepEqual(failuresOf(orders(values, '{ from: 1m, until: 4m59s, ordersFail: OK }')), none);
    assert.deepEqual(failuresOf(orders(values, '{ from: 1m, until: 5m, ordersFail: not ALARM }')), [
      'state shop-ordersFail@300s: not ALARM, from 1m to 5m | ALARM, since 5m',
    ]);
    assert.deepEqual(failuresOf(orders(values, '{ until: 2m, ordersFail: [OK, ALARM] }')), [
      'state shop-ordersFail@0s: not INSUFFICIENT_DATA, from 0s to 2m | INSUFFICIENT_DATA since the start',
    ]);
  });

  it('hold throughout where no time is named', () => {
    assert.deepEqual(failuresOf(orders('5x9', '{ ordersFail: not ALARM }')), none);
    assert.deepEqual(failuresOf(orders(values, '{ ordersFail: not ALARM }')), [
      'state shop-ordersFail@300s: not ALARM, from 0s to 9m | ALARM, since 5m',
    ]);
  });
});

describe('exact lists', () => {
  const values = '0x3 20x3 0x3';
  const transitions = 'INSUFFICIENT_DATA -> OK at 1m, OK -> ALARM at 5m, ALARM -> OK at 8m';

  it('hold when nothing is missing and nothing too much', () => {
    const lists = `{ ordersFail: { transitions: [${transitions}], actions: [{ at: 5m, to: page }], withheld: [] } }`;
    assert.deepEqual(failuresOf(orders(values, lists)), none);
  });

  it('tell what is missing and what came instead', () => {
    const late = transitions.replace('ALARM at 5m', 'ALARM at 6m');
    assert.deepEqual(failuresOf(orders(values, `{ ordersFail: { transitions: [${late}] } }`)), [
      'transitions shop-ordersFail@300s: OK -> ALARM at 6m | OK -> ALARM at 5m',
    ]);
    assert.deepEqual(failuresOf(orders(values, '{ ordersFail: { actions: [] } }')), [
      'actions shop-ordersFail@300s: none | to shop-page for ALARM at 5m',
    ]);
    assert.deepEqual(failuresOf(orders(values, '{ ordersFail: { actions: [{ at: 5m, to: ticket }] } }')), [
      'actions shop-ordersFail@300s: to ticket at 5m | to shop-page for ALARM at 5m',
    ]);
  });

  it('know targets by ARN, by name, and by the end of the name', () => {
    for (const to of ['page', 'shop-page', 'arn:aws:sns:us-east-1:000000000000:shop-page'])
      assert.deepEqual(
        failuresOf(orders(values, `{ ordersFail: { actions: [{ at: 5m, to: "${to}" }] } }`)),
        none,
      );
    assert.equal(failuresOf(orders(values, '{ ordersFail: { actions: [{ at: 5m, to: age }] } }')).length, 1);
  });

  it('of mails follow the subscriptions of the topics', () => {
    const mail = (to: string): string => `{ mails: [{ at: 5m, to: ${to}, alarm: ordersFail }] }`;
    assert.deepEqual(failuresOf(orders(values, mail('oncall@example.com'))), none);
    assert.deepEqual(failuresOf(orders(values, mail('boss@example.com'))), [
      'mails -@300s: to boss@example.com about shop-ordersFail at 5m | to oncall@example.com about shop-ordersFail for ALARM at 5m',
    ]);
  });

  it('of mails leave out what a filter policy refuses, because alarms send no attributes', () => {
    const filtered: Resource[] = shop.map((resource) =>
      resource.type === 'AWS::SNS::Subscription'
        ? { ...resource, properties: { ...resource.properties, FilterPolicy: { urgency: ['page'] } } }
        : resource,
    );
    assert.deepEqual(
      failuresOf(orders(values, '{ mails: [] }', '{ at: 5m, ordersFail: ALARM }'), filtered),
      none,
    );
  });

  it('quiet means that no action for ALARM ran', () => {
    assert.deepEqual(failuresOf(orders('5x9', '{ quiet: [ordersFail] }')), none);
    assert.deepEqual(failuresOf(orders(values, '{ quiet: [ordersFail] }')), [
      'quiet shop-ordersFail@300s: no action for ALARM | one, the first to shop-page at 5m',
    ]);
    assert.deepEqual(failuresOf(orders(values, '{ from: 5m1s, quiet: all }')), none);
  });
});

describe('series', () => {
  it('by the identity of the metric count only when they match exactly', () => {
    const text = (site: string): string =>
      [
        'tests:',
        '  - name: a',
        '    series:',
        `      - { namespace: Shop, metric: FailedOrders, dimensions: { Site: ${site} }, unit: Count, step: 30s, values: 6x12${site === 'eu' ? '' : ', unread: true'} }`,
        '    expect: [{ at: 6m, ordersFail: ALARM }]',
      ].join('\n');
    assert.deepEqual(failuresOf(text('eu')), none);
    assert.equal(failuresOf(text('us')).length, 1);
  });

  it('by the input of an alarm take name, unit, resolution and period from it', () => {
    const text = [
      'tests:',
      '  - name: a',
      '    series:',
      '      - { input: queueGrows.sent, values: 5x6 }',
      '      - { input: queueGrows.taken, values: 5x3 4x3 }',
      '    expect: [{ at: 50s, queueGrows: OK }, { at: 1m, queueGrows: ALARM }]',
    ].join('\n');
    assert.deepEqual(failuresOf(text), none);
  });

  it('may come late, more than once, and from before the test', () => {
    const late = orders('20x5, delay: 2m', '{ at: 3m, ordersFail: OK }', '{ at: 4m, ordersFail: ALARM }');
    assert.deepEqual(failuresOf(`${late}\n    for: 6m`), none);
    assert.deepEqual(failuresOf(orders('3x5, count: 4', '{ at: 2m, ordersFail: ALARM }')), none);
    assert.deepEqual(failuresOf(orders('20x6, start: -2m', '{ at: 1m, ordersFail: ALARM }')), none);
  });

  it('last until the end of the longest one where the test says nothing else', () => {
    assert.equal(
      runText(orders('0x3 _x4', '{ ordersFail: not ALARM }')).tests[0]?.span.end,
      Date.UTC(2026, 0, 5, 0, 7),
    );
  });
});

describe('what cannot be meant', () => {
  const refused = (text: string): string => {
    try {
      runText(text);
    } catch (error) {
      assert.ok(error instanceof AlarmTestError, String(error));
      return error.message;
    }
    return '';
  };

  it('is refused with its line: an alarm, an input, a moment that the test does not reach', () => {
    assert.match(
      refused(orders('0x3', '{ ordersFial: OK }')),
      /^shop\.yaml:6: alarm: .*'ordersFial'.*shop-ordersFail/,
    );
    assert.match(
      refused(orders('0x3', '{ at: 4m, ordersFail: OK }')),
      /^shop\.yaml:6: the test is over by then, got 4m, expected at most 3m/,
    );
    const input = orders('0x3', '{ ordersFail: OK }').replace('input: ordersFail', 'input: queueGrows.lost');
    assert.match(
      refused(input),
      /^shop\.yaml:4: input: not there, got 'queueGrows.lost', expected .*sent, taken/,
    );
  });

  it('is refused where the notation is wrong, or the test has no length or no alarm', () => {
    assert.match(refused(orders('0y3', '{ ordersFail: OK }')), /^shop\.yaml:4: series, line 1, column 2/);
    assert.match(refused('tests: [{ name: a, expect: [{ ordersFail: OK }] }]'), /neither for nor a series/);
    assert.match(refused('tests: [{ name: a, for: 5m, expect: [{ mails: [] }] }]'), /names no alarm/);
  });
});

describe('a test', () => {
  it('plays only what it names and what that depends on, so that other alarms need not be playable', () => {
    const unplayable: Resource = {
      ...queueGrows,
      logicalId: 'Sql',
      properties: {
        ...queueGrows.properties,
        AlarmName: 'sql',
        Metrics: [{ Id: 'q', Expression: 'SELECT AVG(x) FROM y', Period: 60 }],
      },
    };
    const resources = [...shop, unplayable];
    assert.deepEqual(failuresOf(orders('0x3', '{ ordersFail: not ALARM }'), resources), none);
    assert.throws(() => failuresOf(orders('0x3', '{ sql: OK }'), resources), { name: 'NotRehearsable' });
    assert.throws(() => failuresOf(orders('0x3', '{ quiet: all }'), resources), { name: 'NotRehearsable' });
  });

  it('can supply what only AWS computes', () => {
    const sql: Resource = {
      ...ordersFail,
      logicalId: 'Sql',
      properties: {
        AlarmName: 'sql',
        Metrics: [{ Id: 'q', Expression: 'SELECT AVG(x) FROM y', Period: 60 }],
        ComparisonOperator: 'GreaterThanThreshold',
        Threshold: 10,
        EvaluationPeriods: 2,
      },
    };
    const text =
      'tests: [{ name: a, series: [{ supply: sql.q, values: 5x2 20x3 }], expect: [{ at: 3m, sql: OK }, { at: 4m, sql: ALARM }] }]';
    assert.deepEqual(failuresOf(text, [...shop, sql]), none);
  });

  it('of a composite alarm plays its children', () => {
    const text = [
      'tests:',
      '  - name: a',
      '    series:',
      '      - { input: ordersFail, values: 20x4 }',
      '      - { input: queueGrows.sent, values: 5x24 }',
      '      - { input: queueGrows.taken, values: 5x17 4x7 }',
      '    expect: [{ at: 3m10s, everything: OK }, { at: 3m20s, everything: ALARM }]',
    ].join('\n');
    assert.deepEqual(failuresOf(text), none);
  });

  it('is judged by the settings of its file', () => {
    const text = orders('20x2 _x4', '{ at: 4m, ordersFail: ALARM }', '{ at: 5m, ordersFail: OK }');
    assert.deepEqual(failuresOf(`settings: { evaluationRangeExtraPeriods: 1 }\n${text}`), none);
    assert.equal(failuresOf(text).length, 1);
  });
});
