/** The mail that ends an incident: what is well again, what was done, and the proof. Causes are not guessed. */
import { dayMs } from '../guards';
import type { Incident } from '../record';
import type { Block } from './layout';
import { duration } from './times';
import { actionLine, actionsCounted, heldMails, links, readingNow, resultLines, type View } from './view';
import { capital, goodSentence, goodSymptom, recentValues } from './words';

type Ending = 'gone' | 'helped' | 'failed' | 'unknown' | 'after-asking' | 'by-itself';

function endingOf({ incident, step }: View): Ending {
  if (step.kind === 'closed' && step.gone) return 'gone';
  if (wasEscalated(incident)) return 'after-asking';
  const phase = incident.actions.at(-1)?.phase;
  if (phase?.kind === 'ended') return phase.outcome.status === 'Success' ? 'helped' : 'failed';
  return phase === undefined || phase.kind === 'refused' ? 'by-itself' : 'unknown';
}

function wasEscalated(incident: Incident): boolean {
  return incident.entries.some((entry) => entry.kind === 'transition' && entry.to === 'escalated');
}

/** What is well again and how, for the subject. */
export function fixedSymptom(view: View): string {
  const good = goodSymptom(view.wording, view.reading);
  const what = actionsCounted(view, view.incident.actions);
  switch (endingOf(view)) {
    case 'gone':
      return 'alarm removed, nothing left to watch';
    case 'helped':
      return `${good} after ${what}`;
    case 'failed':
      return `${good}, though ${what} failed`;
    case 'unknown':
      return `${good}, unknown if ${what} ran`;
    case 'after-asking':
      return `${good}, by itself or by you`;
    case 'by-itself':
      return `${good}, by itself`;
  }
}

function howItEnded(view: View): string {
  const { incident } = view;
  const last = incident.actions.at(-1);
  const noun = last === undefined ? 'action' : view.catalog.remedies[last.remedy].noun;
  const status = last?.phase.kind === 'ended' ? last.phase.outcome.status : 'unknown';
  switch (endingOf(view)) {
    case 'gone':
      return 'Nothing can be said about the symptom any more.';
    case 'helped':
      return `It recovered after the ${noun}, judged by the alarm itself.`;
    case 'failed':
      return `It recovered; the ${noun} itself reported ${status}.`;
    case 'unknown':
      return `It recovered; whether the ${noun} ran is unknown.`;
    case 'after-asking':
      return 'It recovered after you were asked: by itself or by you.';
    case 'by-itself':
      return 'It recovered by itself, before anything was done.';
  }
}

/** The text. */
export function fixedBlocks(view: View): readonly Block[] {
  const gone = endingOf(view) === 'gone';
  return [
    {
      lines: [
        gone ? 'The alarm no longer exists in CloudWatch.' : goodSentence(view.wording, view.reading),
        howItEnded(view),
        gone ? 'Nothing to do if you removed it.' : 'Nothing to do now.',
        'This incident is closed. No further mail.',
      ],
      rank: 0,
    },
    inShort(view),
    proof(view),
    { heading: 'FOR THE MORNING', lines: forTheMorning(view), rank: 1 },
    heldMails(view.record),
    links(view),
  ];
}

function inShort(view: View): Block {
  const { incident, seen, times } = view;
  const start = Math.min(...incident.alarms.map((alarm) => alarm.raisedAt));
  const ends = incident.alarms.map(({ key }) =>
    seen.symptoms.kind === 'seen' ? seen.symptoms.alarms[key]?.changedAt : undefined,
  );
  const end = Math.max(...ends.map((at) => at ?? Number.NaN));
  const over = Number.isFinite(end)
    ? [`Alarm off since ${times.hourMinute(end)}; it was on for ${duration(end - start)}.`]
    : ['When it ended is unknown.'];
  const first = incident.actions[0];
  const reaction =
    first === undefined ? [] : [`${capital(duration(first.intendedAt - start))} from alarm to command.`];
  return {
    heading: 'IN SHORT',
    lines: [
      `Alarm on since ${times.full(start)}.`,
      ...over,
      ...reaction,
      ...waited(incident),
      ...incident.actions.map((action) => actionLine(view, action)),
      ...incident.actions.slice(-1).flatMap(resultLines),
    ],
    rank: 0,
  };
}

/** Why nothing was done for a while. */
function waited({ entries }: Incident): string[] {
  return entries.flatMap((entry) =>
    entry.kind === 'guard' && entry.guard === 'deploying' && entry.verdict === 'refuse'
      ? [`Vigia waited: ${entry.reason}.`]
      : [],
  );
}

function proof(view: View): Block {
  const { incident, seen, times, now } = view;
  if (seen.symptoms.kind === 'unavailable') return { heading: 'PROOF', lines: [], rank: 1 };
  const { alarms } = seen.symptoms;
  const states = incident.alarms.map(({ key }) => {
    const symptom = alarms[key];
    const state =
      symptom === undefined ? 'gone' : `${symptom.state} since ${times.hourMinute(symptom.changedAt)}`;
    return `- ${view.catalog.alarms[key].reading.noun}: ${state}`;
  });
  const values = incident.alarms.flatMap(({ key }) =>
    recentValues(view.catalog.alarms[key].reading, readingNow(view, key)),
  );
  return {
    heading: 'PROOF',
    lines: [`CloudWatch, asked at ${times.hourMinute(now)}:`, ...states, ...values],
    rank: 1,
  };
}

function forTheMorning(view: View): string[] {
  const recent = view.record.actions.filter((action) => view.now - action.at < dayMs).length;
  const actions = recent === 0 ? [] : [`Actions in the last 24 h: ${recent}.`];
  const isRolledBack = view.incident.actions.some(
    ({ remedy, phase }) =>
      view.catalog.remedies[remedy].onlyAfterRelease &&
      phase.kind === 'ended' &&
      phase.outcome.status === 'Success',
  );
  const release = isRolledBack
    ? ['The release that was left is marked bad.', 'Find its fault, then deploy a corrected one.']
    : [];
  return ['Not known: why it happened.', ...release, ...actions];
}
