/** Where every alarm stands, and what a change of state sets off: history, event, actions. */
import type { AlarmState, Emit } from '../events';
import type { Place } from '../resources';
import type { AlarmDefinition } from './alarm-definition';
import type { CompositeDefinition } from './composite-definition';
import {
  alarmSubject,
  compositeAlarmMessage,
  metricAlarmMessage,
  type Transition,
  type TriggeringChild,
} from './message';
import { initialReason } from './reason';
import type { AlarmAct, AlarmHistoryItem, AlarmRecord } from './types';

/** One alarm and where it stands. Only the board changes it. */
export interface Held<
  D extends AlarmDefinition | CompositeDefinition = AlarmDefinition | CompositeDefinition,
> {
  readonly definition: D;
  readonly configuredAt: number;
  state: AlarmState;
  reason: string;
  reasonData: string;
  updatedAt: number;
  /** Still warming up: it takes no actions. */
  warmingUp: boolean;
}

export interface Change {
  readonly to: AlarmState;
  readonly reason: string;
  readonly reasonData: string;
  readonly value?: number | undefined;
  /** For a composite alarm: the children that changed. */
  readonly children?: readonly TriggeringChild[];
}

export interface BoardOptions {
  readonly place: Place;
  readonly now: () => number;
  readonly emit: Emit;
  readonly act: AlarmAct;
}

/** CloudWatch keeps an alarm's history for two weeks. */
const historyMs = 14 * 86_400_000;

export class AlarmBoard {
  private readonly items: AlarmHistoryItem[] = [];

  constructor(private readonly options: BoardOptions) {}

  /** A new alarm has no data yet. */
  hold<D extends AlarmDefinition | CompositeDefinition>(definition: D): Held<D> {
    const at = this.options.now();
    this.note(definition.name, 'ConfigurationUpdate', `Alarm "${definition.name}" created`);
    const warmingUp = definition.kind === 'metric' && definition.warmUp !== undefined;
    return {
      definition,
      configuredAt: at,
      state: 'INSUFFICIENT_DATA',
      reason: initialReason,
      reasonData: '',
      updatedAt: at,
      warmingUp,
    };
  }

  /** Moves the alarm and sets off what follows; does nothing and says false when it already stands there. */
  change(held: Held, change: Change): boolean {
    const { definition, state: from } = held;
    const { to, reason, reasonData, value } = change;
    if (from === to) return false;
    const at = this.options.now();
    Object.assign(held, { state: to, reason, reasonData, updatedAt: at });
    this.note(definition.name, 'StateUpdate', `Alarm updated from ${from} to ${to}`);
    this.options.emit({
      kind: 'alarm',
      name: definition.name,
      from,
      to,
      reason,
      ...(value === undefined ? {} : { value }),
      ...(definition.kind === 'metric' ? { threshold: definition.threshold } : {}),
    });
    const transition = { from, to, reason, at, configuredAt: held.configuredAt };
    if (definition.actionsEnabled && !held.warmingUp)
      this.runActions(definition, transition, change.children ?? []);
    return true;
  }

  history(alarmName?: string): AlarmHistoryItem[] {
    return this.items.filter((item) => alarmName === undefined || item.alarmName === alarmName);
  }

  private runActions(
    definition: AlarmDefinition | CompositeDefinition,
    transition: Transition,
    children: readonly TriggeringChild[],
  ): void {
    const { place } = this.options;
    const { name: alarmName, arn: alarmArn } = definition;
    const targets = definition.actions[transition.to];
    if (targets.length === 0) return;
    const subject = alarmSubject(transition.to, alarmName, place.region);
    const message =
      definition.kind === 'metric'
        ? metricAlarmMessage(definition, place, transition)
        : compositeAlarmMessage(definition, place, transition, children);
    for (const target of targets) this.runAction(target, { alarmName, alarmArn, subject, message });
  }

  /** A failing action is CloudWatch's to record; it must not keep the others from running. */
  private runAction(target: string, notification: Parameters<AlarmAct>[1]): void {
    const { alarmName: alarm } = notification;
    try {
      this.options.act(target, notification);
    } catch (cause) {
      const error = cause instanceof Error ? cause.message : String(cause);
      this.note(alarm, 'Action', `Failed to execute action ${target}. Received error: "${error}"`);
      this.options.emit({ kind: 'action', alarm, target, error });
      return;
    }
    this.note(alarm, 'Action', `Successfully executed action ${target}`);
    this.options.emit({ kind: 'action', alarm, target });
  }

  private note(alarmName: string, type: AlarmHistoryItem['type'], summary: string): void {
    const at = this.options.now();
    this.items.push({ alarmName, at, type, summary });
    while ((this.items[0]?.at ?? at) < at - historyMs) this.items.shift();
  }
}

/** The alarm as DescribeAlarms shows it. */
export function recordOf(held: Held): AlarmRecord {
  const { kind, name, arn, properties } = held.definition;
  return {
    kind,
    name,
    arn,
    properties,
    state: held.state,
    stateReason: held.reason,
    stateReasonData: held.reasonData,
    stateUpdatedAt: held.updatedAt,
    configuredAt: held.configuredAt,
  };
}
