/** Judging: what matches what, when it counts as met, and when no later event can change it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RehearsalEvent } from '../../rehearsal/events';
import { inWords, isNamed, judge, matches } from '../../rehearsal/expectations';
import type { Happening, Must, Scenario } from '../../rehearsal/scenario';
import { alarm, closingLoop, command, faultAt, incident, invocation, mail, scenario } from './story';

describe('a short name', () => {
  it('means the name itself or the end of a longer one after a hyphen', () => {
    assert.ok(isNamed('errorRateHigh', 'errorRateHigh'));
    assert.ok(isNamed('errorRateHigh', 'fraud-scorer-dev-errorRateHigh'));
    assert.ok(!isNamed('RateHigh', 'fraud-scorer-dev-errorRateHigh'));
    assert.ok(!isNamed('fraud', 'fraud-scorer'));
  });
});

describe('a happening', () => {
  const errorMail = { ...mail(1, 'FIXING: error rate'), error: 'no such mailbox' } as RehearsalEvent;
  const cases: readonly [Happening, RehearsalEvent, boolean][] = [
    [{ alarm: 'x', to: 'ALARM' }, alarm(1, 'a-x', 'OK', 'ALARM'), true],
    [{ alarm: 'x', to: 'OK' }, alarm(1, 'a-x', 'OK', 'ALARM'), false],
    [{ alarm: 'x', to: 'ALARM' }, alarm(1, 'a-y', 'OK', 'ALARM'), false],
    [{ mail: 'FIXING' }, mail(1, 'FIXING: error rate'), true],
    [{ mail: '' }, mail(1, 'anything'), true],
    [{ mail: 'FIXED' }, mail(1, 'FIXING: error rate'), false],
    [{ mail: 'error' }, mail(1, 'FIXING: error rate'), false],
    [{ mail: 'FIXING', about: 'error rate' }, mail(1, 'FIXING: error rate'), true],
    [{ mail: 'FIXING', about: 'text' }, mail(1, 'FIXING: error rate'), true],
    [{ mail: 'FIXING', about: 'latency' }, mail(1, 'FIXING: error rate'), false],
    [{ mail: 'FIXING', to: 'boss@example.com' }, mail(1, 'FIXING: error rate'), false],
    [{ mail: 'FIXING' }, errorMail, false],
    [{ command: 'restart-service', status: 'Success' }, command(1, 'Success'), true],
    [{ command: 'restart-service', status: 'Failed' }, command(1, 'Success'), false],
    [{ incident: 'opened' }, incident(1, 'none', 'opened'), true],
    [{ incident: 'opened' }, incident(1, 'opened', 'verifying'), false],
    [{ incident: 'closed' }, incident(1, 'verifying', 'closed'), true],
    [{ function: 'remediation', fails: true }, invocation(1, 'broken'), true],
    [{ function: 'remediation', fails: true }, invocation(1), false],
    [{ alarm: 'x', to: 'ALARM' }, mail(1, 'x'), false],
  ];
  for (const [what, event, expected] of cases) {
    it(`${inWords(what)}: ${expected ? 'is' : 'is not'} ${JSON.stringify(event).slice(28, 110)}`, () => {
      assert.equal(matches(what, event), expected);
    });
  }
});

const judged = (
  part: Partial<Scenario>,
  events: readonly RehearsalEvent[],
  seconds: number,
  over = false,
) => {
  const [outcome] = judge({ ...scenario, ...part }, events, { faultAt, now: faultAt + seconds * 1000, over });
  assert.ok(outcome !== undefined);
  return outcome;
};
const verdict = (must: Omit<Must, 'what'>, seconds: readonly number[], now: number, over = false) => {
  const events = seconds.map((each) => alarm(each, 'x', 'OK', 'ALARM'));
  const { met, decided } = judged(
    { must: [{ what: { alarm: 'x', to: 'ALARM' }, ...must }] },
    events,
    now,
    over,
  );
  return `${met ? 'met' : 'not met'}${decided ? ', decided' : ''}`;
};

describe('what must happen', () => {
  const cases: readonly [string, Omit<Must, 'what'>, number[], number, boolean, string][] = [
    ['has not yet', {}, [], 10, false, 'not met'],
    ['never did', {}, [], 10, true, 'not met, decided'],
    ['did', {}, [5], 10, false, 'met, decided'],
    ['did before the fault only', {}, [-5], 10, false, 'not met'],
    ['did exactly at the fault', {}, [0], 10, false, 'met, decided'],
    ['did exactly in time', { withinSeconds: 45 }, [45], 50, false, 'met, decided'],
    ['did too late', { withinSeconds: 45 }, [45.001], 50, false, 'not met, decided'],
    ['may still in time', { withinSeconds: 45 }, [], 44, false, 'not met'],
    ['once, and did once so far', { times: 1 }, [5], 10, false, 'met'],
    ['once, and did once in all', { times: 1 }, [5], 10, true, 'met, decided'],
    ['once, and did twice', { times: 1 }, [5, 6], 10, false, 'not met, decided'],
    ['twice, and did once so far', { times: 2 }, [5], 10, false, 'not met'],
    [
      'once in time, and did again later',
      { times: 1, withinSeconds: 45 },
      [5, 60],
      61,
      false,
      'not met, decided',
    ],
    ['once in time, and did so', { times: 1, withinSeconds: 45 }, [5], 100, true, 'met, decided'],
  ];
  for (const [name, must, seconds, now, over, expected] of cases) {
    it(`${name}: ${expected}`, () => assert.equal(verdict(must, seconds, now, over), expected));
  }

  it('is said in words, with when it happened', () => {
    const must = [{ what: { mail: 'FIXING', about: 'error rate' }, withinSeconds: 45, times: 2 } as const];
    const outcome = judged({ must }, closingLoop, 70, true);
    assert.equal(outcome.words, 'mail FIXING about error rate 2 times within 45 s');
    assert.equal(outcome.detail, 'it happened 22.5 s after the fault');
    assert.equal(judged({ must }, [], 70, true).detail, 'it did not happen');
    const twice = [mail(1, 'FIXING: error rate'), mail(2.04, 'FIXING: error rate')];
    assert.equal(judged({ must }, twice, 70).detail, 'it happened 2 times, first 1.0 s after the fault');
  });
});

describe('what must not happen', () => {
  const mustNot = [
    { what: { command: 'restart-service', status: 'Pending' }, because: 'it would harm' } as const,
  ];

  it('is met as long as it does not, decided when the run is over', () => {
    assert.deepEqual(judged({ mustNot }, [], 50), {
      words: 'never: command restart-service ends Pending, because it would harm',
      met: true,
      decided: false,
      detail: 'it did not happen',
    });
    assert.ok(judged({ mustNot }, [], 50, true).decided);
  });

  it('is decided at once when it does', () => {
    const { met, decided, detail } = judged({ mustNot }, closingLoop, 50);
    assert.deepEqual([met, decided, detail], [false, true, 'it happened 23.0 s after the fault']);
  });
});
