import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RemediationPolicy } from '../../../lambda/remediation/contract';
import { askGuards, dayMs, type GuardInput } from '../../../lambda/remediation/guards';
import {
  emptyRecord,
  type GuardName,
  type Incident,
  type PastAction,
} from '../../../lambda/remediation/record';
import { acting, minutes, policy, seconds, start, verifying } from './fixtures';

const incident: Incident = {
  id: 'INC-0009',
  lane: 'page',
  openedAt: start,
  status: { state: 'opened' },
  alarms: [],
  actions: [],
  entries: [],
  promised: false,
};

const past = (change: Partial<PastAction>): PastAction => ({
  id: 'INC-0001/1',
  incident: 'INC-0001',
  at: start - minutes(90),
  commandId: 'c',
  ended: true,
  lockedUntil: start - minutes(80),
  ...change,
});

const given = (change: Partial<GuardInput> = {}): GuardInput => ({
  record: emptyRecord(),
  incident,
  now: start,
  policy,
  curableOn: 1,
  symptomsKnown: true,
  rung: 'restartService',
  ...change,
});

function verdictOf(guard: GuardName, input: GuardInput) {
  const found = askGuards(input).find((one) => one.guard === guard);
  assert.ok(found);
  return found;
}

const withActions = (...actions: PastAction[]) => ({ ...emptyRecord(), actions });
const deploying = (until: number) => ({
  ...emptyRecord(),
  releases: {
    deploying: [{ commandId: 'c-7', release: 'abcdef012345', startedAt: start - minutes(1), until }],
    switched: null,
    ended: [],
  },
});
const other = acting().record.open.page;
const otherVerifying = verifying().record.open.page;

const table: [string, GuardName, GuardInput, 'allow' | 'dry-run' | 'refuse', RegExp][] = [
  ['mode on', 'mode', given(), 'allow', /^on$/],
  ['mode dry-run', 'mode', given({ policy: { ...policy, mode: 'dry-run' } }), 'dry-run', /dry-run/],
  ['a curable alarm is on', 'symptom', given(), 'allow', /1 on/],
  ['no curable alarm is on', 'symptom', given({ curableOn: 0 }), 'refuse', /0 on/],
  ['CloudWatch cannot be asked', 'symptom', given({ symptomsKnown: false }), 'refuse', /unknown/],
  ['nothing else runs', 'lock', given(), 'allow', /free/],
  [
    'the other lane acts',
    'lock',
    given({ record: { ...emptyRecord(), open: { page: null, ticket: other } } }),
    'refuse',
    /INC-0001/,
  ],
  [
    'a page that verifies, for a ticket',
    'lock',
    given({
      record: { ...emptyRecord(), open: { page: otherVerifying, ticket: null } },
      incident: { ...incident, lane: 'ticket' },
    }),
    'refuse',
    /INC-0001/,
  ],
  [
    'a ticket that is only watched, for a page',
    'lock',
    given({
      record: {
        ...emptyRecord(),
        open: { page: null, ticket: otherVerifying && { ...otherVerifying, lane: 'ticket' } },
      },
    }),
    'allow',
    /free/,
  ],
  ['no deployment', 'deploying', given(), 'allow', /none/],
  ['a deployment is under way', 'deploying', given({ record: deploying(start + 1) }), 'refuse', /c-7/],
  [
    'a deployment whose end nobody told is over',
    'deploying',
    given({ record: deploying(start) }),
    'allow',
    /none/,
  ],
  ['a rung is left', 'ladder', given(), 'allow', /restartService/],
  ['no rung is left', 'ladder', given({ rung: null }), 'refuse', /none left/],
  [
    'an earlier command may still run',
    'lock',
    given({ record: withActions(past({ ended: false, lockedUntil: start + 1 })) }),
    'refuse',
    /INC-0001\/1/,
  ],
  [
    'an earlier command can no longer run',
    'lock',
    given({ record: withActions(past({ ended: false, lockedUntil: start })) }),
    'allow',
    /free/,
  ],
  ['no earlier incident', 'cooldown', given(), 'allow', /none/],
  [
    'cooldown over to the millisecond',
    'cooldown',
    given({ record: withActions(past({ at: start - minutes(30) })) }),
    'allow',
    /30 of 30/,
  ],
  [
    'cooldown not over by a millisecond',
    'cooldown',
    given({ record: withActions(past({ at: start - minutes(30) + 1 })) }),
    'refuse',
    /29 of 30/,
  ],
  [
    'the same incident does not cool itself down',
    'cooldown',
    given({ record: withActions(past({ at: start - seconds(5), incident: 'INC-0009' })) }),
    'allow',
    /none/,
  ],
  [
    'a clean-up for a ticket cools no page down',
    'cooldown',
    given({ record: withActions(past({ at: start - minutes(5), lane: 'ticket' })) }),
    'allow',
    /none/,
  ],
  [
    'the repair of a page cools a ticket down',
    'cooldown',
    given({
      record: withActions(past({ at: start - minutes(5), lane: 'page' })),
      incident: { ...incident, lane: 'ticket' },
    }),
    'refuse',
    /5 of 30/,
  ],
  ['attempts left', 'attemptCap', given(), 'allow', /0 of 2/],
  [
    'attempts used',
    'attemptCap',
    given({ incident: { ...incident, actions: [...(other?.actions ?? []), ...(other?.actions ?? [])] } }),
    'refuse',
    /2 of 2/,
  ],
  [
    'no attempt allowed at all',
    'attemptCap',
    given({ policy: { ...policy, maxAttemptsPerIncident: 0 } }),
    'refuse',
    /0 of 0/,
  ],
  ['actions left today', 'dailyCap', given({ record: withActions(past({}), past({})) }), 'allow', /2 of 3/],
  [
    'actions used up',
    'dailyCap',
    given({ record: withActions(past({}), past({}), past({})) }),
    'refuse',
    /3 of 3/,
  ],
  [
    'clean-ups for tickets use up nothing of a page',
    'dailyCap',
    given({
      record: withActions(past({ lane: 'ticket' }), past({ lane: 'ticket' }), past({ lane: 'page' })),
    }),
    'allow',
    /1 of 3/,
  ],
  [
    'a ticket counts everything',
    'dailyCap',
    given({
      record: withActions(past({ lane: 'ticket' }), past({ lane: 'page' }), past({})),
      incident: { ...incident, lane: 'ticket' },
    }),
    'refuse',
    /3 of 3/,
  ],
  [
    'a day is rolling: 24 h ago is over',
    'dailyCap',
    given({ record: withActions(past({}), past({}), past({ at: start - dayMs })) }),
    'allow',
    /2 of 3/,
  ],
];

for (const [name, guard, input, verdict, value] of table) {
  test(`guard ${guard}: ${name} means ${verdict}`, () => {
    const answer = verdictOf(guard, input);
    assert.equal(answer.verdict, verdict);
    assert.match(answer.value, value);
    assert.notEqual(answer.reason, '');
  });
}

test('an unreadable policy makes every guard refuse, with the reason', () => {
  const verdicts = askGuards(given({ policy: 'policy is not JSON, got null' }));
  assert.deepEqual([...new Set(verdicts.map((one) => one.verdict))], ['refuse']);
  assert.match(verdicts[0]?.reason ?? '', /not JSON/);
});

test('a guard that fails itself refuses instead of throwing', () => {
  const broken = { ...emptyRecord(), actions: null as unknown as PastAction[] };
  const verdicts = askGuards(given({ record: broken }));
  assert.equal(verdicts.find((one) => one.guard === 'dailyCap')?.verdict, 'refuse');
  assert.match(verdicts.find((one) => one.guard === 'dailyCap')?.reason ?? '', /guard itself failed/);
});

test('all eight guards answer each time, allowed or not', () => {
  const rules: RemediationPolicy = { ...policy, maxActionsPerDay: 0, maxAttemptsPerIncident: 0 };
  assert.equal(askGuards(given()).length, 8);
  assert.equal(askGuards(given({ policy: rules, curableOn: 0 })).length, 8);
});
