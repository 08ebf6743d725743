/** The mail that asks a person: what is wrong, what was tried or refused and why, and where to begin. */

import { dayMs } from '../guards';
import type { Block } from './layout';
import { duration } from './times';
import {
  actionLine,
  actionsCounted,
  heldMails,
  links,
  nounOf,
  otherAlarms,
  outputCommand,
  resultLines,
  thatRan,
  type View,
  whatHurts,
} from './view';
import {
  amount,
  ascii,
  badSentence,
  badSymptom,
  badSymptomShort,
  capital,
  cut,
  lineLength,
  stillBad,
} from './words';

/** What hurts and why it is a person's turn, for the subject. */
export function needsYouSymptom(view: View): string {
  const { step, wording, reading } = view;
  const actions = view.incident.actions;
  if (step.kind === 'joined') return `also ${badSymptom(wording, reading)}`;
  if (step.kind !== 'escalated') return badSymptom(wording, reading);
  const { escalation } = step;
  switch (escalation.kind) {
    case 'no-remedy':
    case 'remains':
      return badSymptom(wording, reading);
    case 'dry-run':
      return badSymptom(wording, reading);
    case 'refused': {
      if (actions.length > 0) return `${stillBad(wording, reading)} after ${actionsCounted(view, actions)}`;
      const guard = escalation.guards[0]?.guard ?? 'guard';
      return `${badSymptomShort(wording, reading)}, automation refused (${guard})`;
    }
    case 'not-sent':
      return `${badSymptomShort(wording, reading)}, ${actionsCounted(view, actions.slice(-1))} was not possible`;
    case 'cannot-tell': {
      const last = actionsCounted(view, actions.slice(-1));
      if (escalation.what === 'symptom') return `cannot tell if ${wording.noun} is fixed, no data`;
      const doubt =
        escalation.what === 'sent'
          ? `cannot tell whether the ${last} ran`
          : `cannot tell how the ${last} ended`;
      return doubt;
    }
    default:
      return escalation satisfies never;
  }
}

/** The second line: what Vigía did, or why it did not. */
function whatVigiaDid(view: View): string {
  const { step, catalog, incident } = view;
  const last = incident.actions.at(-1);
  const noun = last === undefined ? 'action' : catalog.remedies[last.remedy].noun;
  if (step.kind === 'joined') {
    const busy = incident.status.state === 'acting' || incident.status.state === 'verifying';
    return busy
      ? `Vigia works on ${incident.id}, but has no remedy for this.`
      : 'It joined an incident that waits for you.';
  }
  if (step.kind !== 'escalated') return '';
  const { escalation } = step;
  const tried = incident.actions.some((action) => action.phase.kind !== 'refused');
  switch (escalation.kind) {
    case 'no-remedy':
      return 'Vigia has no remedy for this alarm. Nothing was done.';
    case 'remains':
      return 'Vigia did what it can; for the rest it has no remedy.';
    case 'dry-run':
      return `Vigia would be ${catalog.remedies[escalation.remedy].doing}. Nothing ${tried ? 'more ' : ''}was done.`;
    case 'refused': {
      const ran = thatRan(incident.actions);
      if (ran.length > 0) {
        const counted = actionsCounted(view, ran);
        const told = ran.length === 1 ? `1 ${counted}` : capital(counted);
        const words = `${told} did not help. Vigia has stopped.`;
        return words.length <= lineLength ? words : 'What was tried did not help. Vigia has stopped.';
      }
      return incident.actions.length === 0
        ? 'Vigia refused to act. Nothing was done.'
        : 'Vigia has stopped. It will not try again by itself.';
    }
    case 'not-sent':
      return `The ${noun} was not accepted. ${tried ? 'What was tried did not help.' : 'Nothing was done.'}`;
    case 'cannot-tell':
      if (escalation.what === 'symptom') return 'The result is unknown. Vigia has stopped.';
      return `Vigia cannot tell about the ${noun} and will not repeat it.`;
    default:
      return escalation satisfies never;
  }
}

/** The text, for handing over, for a dry run and for an alarm that joins. */
export function needsYouBlocks(view: View): readonly Block[] {
  const { incident, wording, reading } = view;
  const unclear = view.step.kind === 'escalated' && view.step.escalation.kind === 'cannot-tell';
  // Without data the last number would be told as if it were true now.
  const first =
    unclear && view.standings.unclear.includes(view.key)
      ? `${nounOf(view, view.key)}: the state of the alarm is unknown.`
      : persists(view)
        ? `${capital(stillBad(wording, reading))}. Limit ${amount(reading?.limit ?? null, wording)}.`
        : badSentence(wording, reading);
  const hurts = whatHurts(view);
  return [
    {
      lines: [
        first,
        whatVigiaDid(view),
        incident.lane === 'page' ? 'Please look now.' : 'Please look in office hours.',
        'Next mail when it is over, or when another alarm joins.',
      ],
      rank: 0,
    },
    doThisFirst(view),
    { ...hurts, lines: [...hurts.lines, ...lastRelease(view)] },
    whatWasTried(view),
    { heading: 'WHY AUTOMATION STOPPED', lines: refusals(view), rank: 0 },
    otherAlarms(view),
    lastOutput(view),
    heldMails(view.record),
    links(view),
  ];
}

/** Where a release came not long before, it is the first suspect of a person too. */
function lastRelease({ record, now }: View): string[] {
  const { switched } = record.releases;
  if (switched === null || now - switched.at >= dayMs) return [];
  return [`Release ${switched.release ?? 'unknown'} came ${duration(now - switched.at)} ago.`];
}

/** Something was done and it did not help: the first line then says "still". */
function persists({ step, incident, wording }: View): boolean {
  const refused = step.kind === 'escalated' && step.escalation.kind === 'refused';
  return refused && incident.actions.length > 0 && !wording.words;
}

function doThisFirst(view: View): Block {
  const command = outputCommand(view);
  const read = command.length === 0 ? [] : ['3 Read what the command printed:', ...command];
  const lines = [
    '1 Open the live view: is it still so?',
    '2 Follow the runbook from its first step.',
    ...read,
  ];
  return { heading: 'DO THIS FIRST', lines, rank: 0 };
}

function whatWasTried(view: View): Block {
  const { incident, times } = view;
  const actions = incident.actions.map((action) => ({
    at: action.intendedAt,
    line: [actionLine(view, action), ...resultLines(action)].join(' '),
  }));
  const checks = incident.entries.flatMap((entry) =>
    entry.kind === 'verification'
      ? [
          {
            at: entry.at,
            line: `${times.hourMinute(entry.at)} Checked: ${entry.verdict}, ${inNouns(view, entry.detail)}.`,
          },
        ]
      : [],
  );
  const last = incident.actions.at(-1);
  const kinds = new Set(incident.actions.map(({ remedy }) => remedy));
  // What has failed for good is judged at once.
  const watched =
    last?.phase.kind === 'ended' && (checks.at(-1)?.at ?? 0) >= last.phase.endedAt + last.verifySeconds * 1000
      ? [
          `Watched for at least ${duration(last.verifySeconds * 1000)} after ${kinds.size === 1 ? 'each' : 'the last'} ${view.catalog.remedies[last.remedy].noun}.`,
        ]
      : [];
  // Checks first: of one moment, the check is what led to the action.
  // The newest matter; an incident of many attempts must still fit.
  const lines = [...checks, ...actions]
    .sort((a, b) => a.at - b.at)
    .map(({ line }) => line)
    .slice(-6);
  return {
    heading: 'WHAT WAS TRIED',
    lines: lines.length === 0 ? ['Nothing.'] : [...lines, ...watched],
    rank: 1,
  };
}

/** The timeline names alarms by key; a person knows them by what they measure. */
function inNouns({ incident, catalog }: View, detail: string): string {
  return incident.alarms.reduce(
    (text, { key }) => text.replaceAll(key, catalog.alarms[key].reading.noun),
    detail,
  );
}

function refusals({ step }: View): string[] {
  if (step.kind !== 'escalated') return [];
  const { escalation } = step;
  if (escalation.kind === 'refused') {
    return escalation.guards.slice(0, 6).map((guard) => `- ${guard.guard}: ${cut(ascii(guard.reason), 130)}`);
  }
  if (escalation.kind === 'cannot-tell') return [cut(ascii(escalation.why), 200)];
  if (escalation.kind === 'not-sent') return [cut(ascii(escalation.error), 200)];
  return [];
}

/** The last lines only, each cut: a mail leaves the account, and a log line may be long. */
function lastOutput({ incident }: View): Block {
  const phase = incident.actions.at(-1)?.phase;
  const text = phase?.kind === 'ended' ? phase.outcome.output : '';
  const lines = text
    .split('\n')
    .map((line) => cut(ascii(line), 64))
    .filter((line) => line !== '')
    .slice(-5);
  return { heading: 'LAST OUTPUT OF THE COMMAND', lines, rank: 1 };
}
