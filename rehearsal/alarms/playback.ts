/** Plays data through the alarms of a template on a virtual clock: the same engine as the rehearsal's, without its processes. */
import { createCloudWatch } from '../cloudwatch/engine';
import type { Evaluation } from '../cloudwatch/evaluation';
import type { EvaluationSettings } from '../cloudwatch/settings';
import type { Supplied } from '../cloudwatch/supplied';
import type { AlarmAct, AlarmRecord } from '../cloudwatch/types';
import type { Emit } from '../events';
import type { Place, Resource } from '../resources';
import type {
  ActionRun,
  ActionsWithheld,
  AlarmPlayback,
  Arrival,
  ForcedState,
  Notice,
  Playback,
  Transition,
} from './types';
import { createVirtualClock } from './virtual-clock';

export interface PlayOptions {
  /** With resolved properties; what is neither alarm nor mute rule is passed over. */
  readonly resources: readonly Resource[];
  readonly place: Place;
  /** In order of arrival. What arrived before `start` is known to the alarms when they are created. */
  readonly source: Iterable<Arrival>;
  /** When the alarms are created. They are evaluated first at the next whole minute, or ten seconds where one needs them. */
  readonly start: number;
  /** The last tick is the last one not after this. */
  readonly end: number;
  readonly settings?: Partial<EvaluationSettings>;
  /** States that somebody sets by hand, in order of time. */
  readonly forced?: readonly ForcedState[];
  /** Which of the data stands for what only AWS can compute; `suppliedIn` finds it. */
  readonly supplied?: Supplied;
  /** Called for each evaluation of each metric alarm; costs nothing when absent. */
  readonly onEvaluation?: (evaluation: Evaluation) => void;
}

/** @throws NotRehearsable for an alarm that cannot be evaluated */
export function play(options: PlayOptions): Playback {
  const { resources, place, source, start, end, settings, supplied, onEvaluation } = options;
  const clock = createVirtualClock(start);
  const lives = new Map<string, Life>();
  const notices: Notice[] = [];
  const cloudwatch = createCloudWatch({
    resources,
    place,
    clock,
    emit: recorder(lives, notices, () => clock.now()),
    act: actRecorder(lives, () => clock.now()),
    // Nothing but the alarms reads the data: it is kept no longer than the longest of them looks back.
    retentionMs: 0,
    ...(settings === undefined ? {} : { settings }),
    ...(supplied === undefined ? {} : { supplied }),
    ...(onEvaluation === undefined ? {} : { onEvaluation }),
  });
  const records = cloudwatch.alarms();
  for (const { name } of records) lives.set(name, { transitions: [], actions: [], withheld: [] });

  for (const { at, name, state, reason } of options.forced ?? []) {
    if (at >= start) clock.after(at - start, () => cloudwatch.setAlarmState(name, state, reason));
  }

  const tickMs = cloudwatch.tickSeconds * 1000;
  const arrivals = source[Symbol.iterator]();
  let next = arrivals.next();
  for (let tick = (Math.floor(start / tickMs) + 1) * tickMs; tick <= end; tick += tickMs) {
    // What is stamped with the tick itself belongs to the period that begins there.
    for (; next.done !== true && next.value.arrivedAt < tick; next = arrivals.next()) {
      cloudwatch.put([next.value.datum]);
    }
    clock.advanceTo(tick);
    cloudwatch.evaluate(tick);
  }
  clock.advanceTo(end);
  return { start, end, alarms: records.map((record) => toPlayback(record, resources, lives)), notices };
}

interface Life {
  readonly transitions: Transition[];
  readonly actions: ActionRun[];
  readonly withheld: ActionsWithheld[];
}

/** Folds what the engine tells into the lives of the alarms. */
function recorder(lives: ReadonlyMap<string, Life>, notices: Notice[], now: () => number): Emit {
  return (event) => {
    if (event.kind === 'notice') notices.push({ at: now(), subject: event.subject, text: event.text });
    if (event.kind === 'withheld') {
      lives.get(event.alarm)?.withheld.push({ at: now(), state: event.state, by: event.by });
    }
    if (event.kind !== 'alarm') return;
    const { from, to, reason, value } = event;
    lives.get(event.name)?.transitions.push({ at: now(), from, to, reason, reasonData: '', value });
  };
}

/** Every action works here: whether its target exists is for the rehearsal to find out. */
function actRecorder(lives: ReadonlyMap<string, Life>, now: () => number): AlarmAct {
  return (arn, { alarmName, state, subject, message }) => {
    lives.get(alarmName)?.actions.push({ at: now(), arn, state, subject, message });
  };
}

function toPlayback(
  record: AlarmRecord,
  resources: readonly Resource[],
  lives: ReadonlyMap<string, Life>,
): AlarmPlayback {
  const { name, arn, kind } = record;
  const resource = resources.find(({ properties }) => properties === record.properties);
  return {
    name,
    arn,
    kind,
    logicalId: resource?.logicalId ?? name,
    initial: record.state,
    transitions: [],
    actions: [],
    withheld: [],
    ...lives.get(name),
  };
}
