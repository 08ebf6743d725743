/** The alarms that a test needs and that cannot be tested: all of them are named at once, not one a run. */
import { defineAnyAlarm } from '../../cloudwatch/alarm-definitions';
import { NotRehearsable } from '../../not-rehearsable';
import type { PlayOptions } from '../playback';
import type { AlarmBook } from './alarm-book';
import { splitInput } from './inputs';
import { AlarmTestError, type ReadTest } from './read';
import { findAt } from './resolve';

/** @throws AlarmTestError with a line for each alarm that is not there, or that the template reader refused */
export function refuseUntestable(path: string, test: ReadTest, book: AlarmBook): void {
  const placed = (lines: readonly number[], index: number): string => `${path}:${lines[index] ?? test.line}`;
  const fromSeries = test.series.flatMap((entry, index) => {
    const asked = 'input' in entry ? entry.input : 'supply' in entry ? entry.supply : undefined;
    const place = placed(test.seriesLines, index);
    return asked === undefined ? [] : [() => splitInput(asked, (each) => findAt(place, book, each))];
  });
  const fromExpectations = test.expect.flatMap(({ alarms, mails = [], quiet = [] }, index) => {
    const names = [
      ...Object.keys(alarms),
      ...mails.map(({ alarm }) => alarm),
      ...(quiet === 'all' ? [] : quiet),
    ];
    return names.map((asked) => () => findAt(placed(test.expectationLines, index), book, asked));
  });
  const mistakes = [...fromSeries, ...fromExpectations].flatMap((find) => messageOf(find, AlarmTestError));
  if (mistakes.length > 0) throw new AlarmTestError(distinct(mistakes).join('\n'));
}

/** @throws AlarmTestError, or NotRehearsable where it is one alarm alone, that no rehearsal can evaluate */
export function refuseUnplayable({ resources, place, supplied }: PlayOptions): void {
  const mistakes = resources.flatMap((resource) =>
    messageOf(() => defineAnyAlarm(resource, place, supplied), NotRehearsable),
  );
  // One alone is told by the run itself, in its own words.
  if (mistakes.length > 1) throw new AlarmTestError(distinct(mistakes).join('\n'));
}

function messageOf(run: () => unknown, kind: new (...args: never[]) => Error): string[] {
  try {
    run();
    return [];
  } catch (error) {
    if (error instanceof kind) return [error.message];
    throw error;
  }
}

/** An alarm that is asked for twice is told once, where it is asked for first. */
function distinct(messages: readonly string[]): string[] {
  const withoutPlace = (message: string): string => message.replace(/^.*?:\d+: /, '');
  const known = new Set<string>();
  return messages.filter((message) => {
    const isNew = !known.has(withoutPlace(message));
    known.add(withoutPlace(message));
    return isNew;
  });
}
