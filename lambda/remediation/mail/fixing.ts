/** The mail that automation has begun: nobody needs to act, and the next mail is promised. */
import type { Block } from './layout';
import { duration, nextMinute } from './times';
import { actionsCounted, heldMails, links, outputCommand, type View, whatHurts } from './view';
import { badSentence, badSymptom } from './words';

/** Two rounds of the re-check schedule: one sees that the end message is lost, one that the deadline is over. */
const roundsMs = 120_000;

/** What hurts, for the subject. */
export function fixingSymptom(view: View): string {
  return badSymptom(view.wording, view.reading);
}

/** The text; the incident's last action is the one that has just been sent. */
export function fixingBlocks(view: View): readonly Block[] {
  const { catalog, incident, times, wording, reading } = view;
  const action = incident.actions.at(-1);
  if (action === undefined)
    throw new Error(`incident ${incident.id}: a mail tells of an action, but there is none`);
  const remedy = catalog.remedies[action.remedy];
  const lastMoment = action.giveUpAt + action.verifySeconds * 1000;
  const promised = times.hourMinute(nextMinute(lastMoment + roundsMs));
  const guards = incident.entries.filter(
    (entry) => entry.kind === 'guard' && entry.attempt === action.attempt,
  );
  const before = incident.actions.slice(0, -1);
  const again = before.length === 0 ? [] : [`${actionsCounted(view, before)} before did not help.`];
  return [
    {
      lines: [
        badSentence(wording, reading),
        `Vigia is ${remedy.doing} now.`,
        'You do not need to act yet.',
        `Next mail by ${promised}. If none comes, treat this as NOT FIXED.`,
      ],
      rank: 0,
    },
    whatHurts(view),
    {
      heading: 'WHAT VIGIA DOES',
      lines: [
        `1 ${remedy.action}. Sent ${times.hourMinute(action.intendedAt)}.`,
        `2 Watch the alarm for ${duration(action.verifySeconds * 1000)} after the ${remedy.noun}.`,
        `Attempt ${action.attempt} of ${action.maxAttempts}. All ${guards.length} safety checks allowed it.`,
        ...again.map((line) => line.replace(/^restart /, 'The restart ')),
      ],
      rank: 0,
    },
    heldMails(view.record),
    links(view),
    { heading: 'READ THE COMMAND', lines: outputCommand(incident), rank: 3 },
  ];
}
