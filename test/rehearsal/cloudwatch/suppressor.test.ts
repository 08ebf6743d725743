import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type Suppression,
  type SuppressionInput,
  suppress,
  unsuppressed,
} from '../../../rehearsal/cloudwatch/suppressor';
import '../../seed';

/** What the composite alarm and its suppressor do at a moment of the documentation's time axis. */
type Happening = 'composite changes' | 'suppressor ALARM' | 'suppressor OK';

interface Story {
  /** Moments at which actions ran. */
  readonly ran: number[];
  /** What held the actions, from which moment on. */
  readonly held: string[];
  readonly last: Suppression;
}

/** Plays happenings second by second; periods end before what happens at the same moment. */
function play(
  happenings: Readonly<Record<number, Happening>>,
  { wait = 2, extension = 3, suppressorInAlarm = false } = {},
): Story {
  const periods = { waitMs: wait, extensionMs: extension };
  const ran: number[] = [];
  const held: string[] = [];
  let suppression: Suppression = suppressorInAlarm ? { ...unsuppressed, by: 'Alarm' } : unsuppressed;
  let inAlarm = suppressorInAlarm;
  const step = (input: SuppressionInput, now: number): void => {
    const { by } = suppression;
    const next = suppress(suppression, input, now, periods);
    suppression = next.suppression;
    if (next.runs) ran.push(now);
    if (suppression.by !== undefined && (suppression.by !== by || input.kind === 'composite changed'))
      held.push(`t${now} ${suppression.by}`);
  };
  for (let now = 0; now <= 20; now++) {
    step({ kind: 'period ended' }, now);
    const happening = happenings[now];
    if (happening === 'composite changes')
      step({ kind: 'composite changed', suppressorInAlarm: inAlarm }, now);
    else if (happening !== undefined) {
      inAlarm = happening === 'suppressor ALARM';
      step({ kind: inAlarm ? 'suppressor entered ALARM' : 'suppressor left ALARM' }, now);
    }
  }
  return { ran, held, last: suppression };
}

describe('alarm-suppression, with a wait of 2 and an extension of 3', () => {
  it('example 1: actions are not suppressed after WaitPeriod', () => {
    const { ran, held } = play({ 2: 'composite changes' });
    assert.deepEqual(ran, [4]);
    assert.deepEqual(held, ['t2 WaitPeriod']);
  });

  it('example 2: actions are suppressed by alarm before WaitPeriod expires', () => {
    const { ran, held, last } = play({ 2: 'composite changes', 3: 'suppressor ALARM' });
    assert.deepEqual(ran, []);
    assert.deepEqual(held, ['t2 WaitPeriod', 't3 Alarm']);
    assert.deepEqual(last, { by: 'Alarm', until: undefined, holds: true });
  });

  it('example 3: state transition when actions are suppressed by WaitPeriod', () => {
    const { ran, held } = play({ 2: 'composite changes', 3: 'composite changes' });
    assert.deepEqual(ran, [5]);
    assert.deepEqual(held, ['t2 WaitPeriod', 't3 WaitPeriod']);
  });

  it('example 4: state transition when actions are suppressed by alarm', () => {
    const { ran, held } = play({ 2: 'composite changes' }, { suppressorInAlarm: true });
    assert.deepEqual(ran, []);
    assert.deepEqual(held, ['t2 Alarm']);
  });

  it('example 5: actions are not suppressed after ExtensionPeriod', () => {
    const { ran, held } = play({ 2: 'composite changes', 3: 'suppressor ALARM', 6: 'suppressor OK' });
    assert.deepEqual(ran, [9]);
    assert.deepEqual(held, ['t2 WaitPeriod', 't3 Alarm', 't6 ExtensionPeriod']);
  });

  it('example 6: state transition when actions are suppressed by ExtensionPeriod', () => {
    const { ran, held } = play({
      2: 'composite changes',
      3: 'suppressor ALARM',
      6: 'suppressor OK',
      7: 'composite changes',
    });
    assert.deepEqual(ran, [9]);
    assert.deepEqual(held, ['t2 WaitPeriod', 't3 Alarm', 't6 ExtensionPeriod', 't7 WaitPeriod']);
  });
});

describe('what the documentation leaves open', () => {
  it('an extension that ends with nothing held runs nothing', () => {
    const { ran, last } = play({ 2: 'composite changes', 6: 'suppressor ALARM', 8: 'suppressor OK' });
    assert.deepEqual(ran, [4]);
    assert.deepEqual(last, unsuppressed);
  });

  it('a suppressor that goes back to ALARM ends the extension, and what is held stays held', () => {
    const { ran } = play({
      2: 'composite changes',
      3: 'suppressor ALARM',
      6: 'suppressor OK',
      8: 'suppressor ALARM',
      12: 'suppressor OK',
    });
    assert.deepEqual(ran, [15]);
  });

  it('a wait of nothing holds nothing, an extension of nothing lets go at once', () => {
    assert.deepEqual(play({ 2: 'composite changes' }, { wait: 0 }).ran, [2]);
    const story = { 2: 'composite changes', 3: 'suppressor ALARM', 6: 'suppressor OK' } as const;
    assert.deepEqual(play(story, { extension: 0 }).ran, [6]);
  });

  it('a suppressor that leaves a state that is not ALARM starts nothing', () => {
    const waiting: Suppression = { by: 'WaitPeriod', until: 4, holds: true };
    const periods = { waitMs: 2, extensionMs: 3 };
    assert.deepEqual(suppress(waiting, { kind: 'suppressor left ALARM' }, 3, periods), {
      suppression: waiting,
      runs: false,
    });
  });

  it('after a mute window the actions run where nothing suppresses, and are held where something does', () => {
    const periods = { waitMs: 2, extensionMs: 3 };
    assert.deepEqual(suppress(unsuppressed, { kind: 'mute ended' }, 9, periods), {
      suppression: unsuppressed,
      runs: true,
    });
    const idle: Suppression = { by: 'Alarm', until: undefined, holds: false };
    assert.deepEqual(suppress(idle, { kind: 'mute ended' }, 9, periods), {
      suppression: { ...idle, holds: true },
      runs: false,
    });
  });

  it('a period that has not ended yet goes on', () => {
    const waiting: Suppression = { by: 'WaitPeriod', until: 4, holds: true };
    const periods = { waitMs: 2, extensionMs: 3 };
    assert.equal(suppress(waiting, { kind: 'period ended' }, 3, periods).runs, false);
  });
});

/** When the actions of each change run, read off the whole story instead of played through it. */
function expected(happenings: readonly (Happening | undefined)[], wait: number, extension: number): number[] {
  const end = 20;
  const nextAfter = (moment: number, what: (happening: Happening) => boolean): number => {
    for (let now = moment + 1; now <= end; now++) {
      const happening = happenings[now];
      if (happening !== undefined && what(happening)) return now;
    }
    return Number.POSITIVE_INFINITY;
  };
  const entersAfter = (moment: number): number => nextAfter(moment, (what) => what === 'suppressor ALARM');
  const leavesAfter = (moment: number): number => nextAfter(moment, (what) => what === 'suppressor OK');
  const ran: number[] = [];
  for (let change = 0; change <= end; change++) {
    if (happenings[change] !== 'composite changes') continue;
    const inAlarm =
      happenings.slice(0, change).findLast((what) => what?.startsWith('suppressor')) === 'suppressor ALARM';
    let from = change;
    let runs = inAlarm || entersAfter(change) < change + wait ? Number.POSITIVE_INFINITY : change + wait;
    // Each time the suppressor lets go, the extension must pass without it coming back.
    while (runs === Number.POSITIVE_INFINITY && from <= end) {
      from = leavesAfter(from);
      if (entersAfter(from) >= from + extension) runs = from + extension;
    }
    if (runs <= end && runs <= nextAfter(change, (what) => what === 'composite changes')) ran.push(runs);
  }
  return ran;
}

describe('the machine of the suppressor', () => {
  it('runs the actions of any story when a look at the whole story says so', () => {
    const happening = fc.constantFrom<(Happening | undefined)[]>(
      undefined,
      'composite changes',
      'suppressor ALARM',
      'suppressor OK',
    );
    const story = fc.array(happening, { minLength: 20, maxLength: 20 }).map(alternating);
    const length = fc.integer({ min: 1, max: 5 });
    fc.assert(
      fc.property(story, length, length, (happenings, wait, extension) => {
        const { ran } = play({ ...happenings } as Record<number, Happening>, { wait, extension });
        assert.deepEqual(ran, expected(happenings, wait, extension));
      }),
      { numRuns: 5000 },
    );
  });
});

/** A suppressor enters ALARM only from outside, and leaves it only from inside. */
function alternating(story: readonly (Happening | undefined)[]): (Happening | undefined)[] {
  let inAlarm = false;
  return story.map((happening) => {
    if (happening === 'composite changes') return happening;
    if (happening === (inAlarm ? 'suppressor OK' : 'suppressor ALARM')) {
      inAlarm = !inAlarm;
      return happening;
    }
    return undefined;
  });
}
