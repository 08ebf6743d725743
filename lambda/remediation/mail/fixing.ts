/** The mail that automation has begun: nobody needs to act, and the next mail is promised. */

import type { Action } from '../record';
import type { Block } from './layout';
import { duration, nextMinute } from './times';
import { actionsCounted, heldMails, links, outputCommand, thatRan, type View, whatHurts } from './view';
import { badSentence, badSymptom, stillBad } from './words';

/** Two rounds of the re-check schedule: one sees that the end message is lost, one that the deadline is over. */
const roundsMs = 120_000;

/** What hurts, for the subject; longest first, for where space is short. */
export function fixingSymptoms(view: View): readonly string[] {
  const { incident, wording, reading } = view;
  const before = ranBefore(view);
  const action = incident.actions.at(-1);
  if (before.length === 0 || action === undefined) return [badSymptom(wording, reading)];
  const still = stillBad(wording, reading);
  const attempt = `attempt ${action.attempt} of ${action.maxAttempts}`;
  return [`${still} after ${actionsCounted(view, before)}, ${attempt}`, `${still}, ${attempt}`, still];
}

/** What ran before the action that the mail tells of. */
function ranBefore({ incident }: View): readonly Action[] {
  return thatRan(incident.actions.slice(0, -1));
}

/** The text; the incident's last action is the one that has just been sent. */
export function fixingBlocks(view: View): readonly Block[] {
  const { catalog, incident, times, wording, reading } = view;
  const action = incident.actions.at(-1);
  if (action === undefined)
    throw new Error(`incident ${incident.id}: a mail tells of an action, but there is none`);
  const remedy = catalog.remedies[action.remedy];
  const lastMoment = action.giveUpAt + action.verifySeconds * 1000;
  const promised = times.zoned(nextMinute(lastMoment + roundsMs));
  const guards = incident.entries.filter(
    (entry) => entry.kind === 'guard' && entry.attempt === action.attempt,
  );
  const before = ranBefore(view);
  const isRepeated = before.some((one) => one.remedy === action.remedy);
  return [
    {
      lines: [
        badSentence(wording, reading),
        before.length === 0
          ? `Vigia is ${remedy.doing} now.`
          : `${didNotHelp(view, before)} Vigia ${remedy.verbs} ${isRepeated ? 'once more' : 'now'}.`,
        'You do not need to act yet.',
        `Next mail by ${promised}, or treat it as NOT FIXED.`,
      ],
      rank: 0,
    },
    whatHurts(view),
    {
      heading: 'WHAT VIGIA DOES',
      lines: [
        `1 ${remedy.action}. Sent ${times.hourMinute(action.intendedAt)}.`,
        ...newRelease(view, action),
        `2 Watch the alarm for at least ${duration(action.verifySeconds * 1000)} after the ${remedy.noun}.`,
        `Attempt ${action.attempt} of ${action.maxAttempts}. All ${guards.length} safety checks allowed it.`,
      ],
      rank: 0,
    },
    heldMails(view.record),
    links(view),
    { heading: 'READ THE COMMAND', lines: outputCommand(view), rank: 3 },
  ];
}

/** `The restart before did not help.`; more than that has no room in one line. */
function didNotHelp(view: View, before: readonly Action[]): string {
  const counted = actionsCounted(view, before);
  if (new Set(before.map(({ remedy }) => remedy)).size > 1) return 'What was tried did not help.';
  return `${before.length === 1 ? `The ${counted}` : counted} before did not help.`;
}

/** Why a release is suspected: it is new. */
function newRelease({ catalog, record, now }: View, { remedy }: Action): string[] {
  const { switched } = record.releases;
  if (!catalog.remedies[remedy].onlyAfterRelease || switched === null) return [];
  return [
    `Release ${switched.release ?? 'unknown'} came ${duration(now - switched.at)} ago.`,
    'The release before it comes back.',
  ];
}
