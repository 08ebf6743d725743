/** Where every alarm stands, and what a change of state sets off: history, event, actions. */
import type { Clock } from '../clock';
import type { AlarmState, Emit } from '../events';
import type { Place } from '../resources';
import { ActionGate } from './action-gate';
import { createActionRunner } from './action-runner';
import { stateChangeEvent } from './alarm-event';
import {
  type Definition,
  type Held,
  type Occasion,
  type StateSnapshot,
  snapshotOf,
  suppressedReason,
} from './held-alarm';
import type { TriggeringChild } from './message';
import type { MuteRule } from './mute-rule';
import { initialReason } from './reason';
import { unsuppressed } from './suppressor';
import type { AlarmAct, AlarmEvent, AlarmHistoryItem, AlarmRecord } from './types';

export type { Held } from './held-alarm';

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
  readonly clock: Clock;
  readonly emit: Emit;
  readonly act: AlarmAct;
  readonly muteRules: readonly MuteRule[];
  /** Told of each change of state; costs nothing when absent. */
  readonly publish?: ((event: AlarmEvent) => void) | undefined;
}

/** CloudWatch keeps an alarm's history for two weeks. */
const historyMs = 14 * 86_400_000;

export class AlarmBoard {
  private readonly items: AlarmHistoryItem[] = [];
  private readonly byName = new Map<string, Held>();
  /** By the name of the suppressor: the composite alarms that it suppresses. */
  private readonly suppressed = new Map<string, Held[]>();
  private readonly gate: ActionGate;

  constructor(private readonly options: BoardOptions) {
    const note = this.note.bind(this);
    this.gate = new ActionGate({ ...options, note, run: createActionRunner({ ...options, note }) });
  }

  /** A new alarm has no data yet. */
  hold<D extends Definition>(definition: D): Held<D> {
    const at = this.options.clock.now();
    this.note(definition.name, 'ConfigurationUpdate', `Alarm "${definition.name}" created`);
    const held: Held<D> = {
      definition,
      configuredAt: at,
      // Only an alarm on a PromQL query starts in OK: there, no data is good news.
      state:
        definition.kind === 'metric' && definition.limit.kind === 'presence' ? 'OK' : 'INSUFFICIENT_DATA',
      reason: initialReason,
      reasonData: '',
      updatedAt: at,
      warmingUp: definition.kind === 'metric' && definition.warmUp !== undefined,
      suppression: unsuppressed,
    };
    this.byName.set(definition.name, held);
    const suppressor = definition.kind === 'composite' ? definition.suppressor?.name : undefined;
    if (suppressor !== undefined)
      this.suppressed.set(suppressor, [...(this.suppressed.get(suppressor) ?? []), held]);
    return held;
  }

  /** Moves the alarm and sets off what follows; does nothing and says false when it already stands there. */
  change(held: Held, change: Change): boolean {
    const { definition, state: from } = held;
    const { to, reason, reasonData } = change;
    if (from === to) return false;
    const previous = snapshotOf(held);
    Object.assign(held, { state: to, reason, reasonData, updatedAt: this.options.clock.now() });
    this.note(definition.name, 'StateUpdate', `Alarm updated from ${from} to ${to}`);
    this.tell(held, from, change);
    this.tellSuppressed(held, from);
    this.act(held, previous, change.children ?? []);
    return true;
  }

  history(alarmName?: string): AlarmHistoryItem[] {
    return this.items.filter((item) => alarmName === undefined || item.alarmName === alarmName);
  }

  /** To be called once a minute at least: Auto Scaling actions of a state that stays run again. */
  repeatActions(): void {
    this.gate.repeat();
  }

  /** Lets go of every timer. */
  stop(): void {
    this.gate.stop();
  }

  private tell({ definition }: Held, from: AlarmState, { to, reason, value }: Change): void {
    this.options.emit({
      kind: 'alarm',
      name: definition.name,
      from,
      to,
      reason,
      ...(value === undefined ? {} : { value }),
      ...(definition.kind === 'metric' && definition.limit.kind === 'threshold'
        ? { threshold: definition.limit.threshold }
        : {}),
    });
  }

  private tellSuppressed({ definition, state }: Held, from: AlarmState): void {
    if (state !== 'ALARM' && from !== 'ALARM') return;
    const kind = state === 'ALARM' ? 'suppressor entered ALARM' : 'suppressor left ALARM';
    for (const composite of this.suppressed.get(definition.name) ?? [])
      this.gate.suppressorChanged(composite, kind);
  }

  private act(held: Held, previous: StateSnapshot, children: readonly TriggeringChild[]): void {
    const { definition } = held;
    const suppressor = definition.kind === 'composite' ? definition.suppressor?.name : undefined;
    const suppressorInAlarm = suppressor !== undefined && this.byName.get(suppressor)?.state === 'ALARM';
    const occasion = (state: StateSnapshot): Occasion => ({
      from: previous.value,
      state,
      previous,
      children,
      afterMuteWindow: false,
    });
    const mute = this.gate.changed(held, occasion(snapshotOf(held)), suppressorInAlarm);
    this.options.publish?.(stateChangeEvent(definition, occasion(snapshotOf(held)), mute));
  }

  private note(alarmName: string, type: AlarmHistoryItem['type'], summary: string): void {
    const at = this.options.clock.now();
    this.items.push({ alarmName, at, type, summary });
    while ((this.items[0]?.at ?? at) < at - historyMs) this.items.shift();
  }
}

/** The alarm as DescribeAlarms shows it. */
export function recordOf(held: Held): AlarmRecord {
  const { kind, name, arn, properties } = held.definition;
  const { by } = held.suppression;
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
    ...(by === undefined ? {} : { suppressedBy: by, suppressedReason: suppressedReason(by) }),
  };
}
