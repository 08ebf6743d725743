/** Runs an alarm's actions: what each target is sent, and what history and event log say of it. */
import type { AlarmState, Emit } from '../events';
import type { Place } from '../resources';
import { lambdaEvent } from './alarm-event';
import type { Definition, Held, Occasion } from './held-alarm';
import { alarmSubject, compositeAlarmMessage, metricAlarmMessage } from './message';
import type { AlarmAct, AlarmHistoryItem } from './types';

export interface ActionRunnerOptions {
  readonly place: Place;
  readonly emit: Emit;
  readonly act: AlarmAct;
  readonly note: (alarmName: string, type: AlarmHistoryItem['type'], summary: string) => void;
}

/** Runs these of the alarm's actions. */
export type RunActions = (held: Held, targets: readonly string[], occasion: Occasion) => void;

export function createActionRunner({ place, emit, act, note }: ActionRunnerOptions): RunActions {
  /** A failing action is CloudWatch's to record; it must not keep the others from running. */
  const run = (target: string, state: AlarmState, notification: Parameters<AlarmAct>[1]): void => {
    const { alarmName: alarm, subject, message } = notification;
    try {
      act(target, notification);
    } catch (cause) {
      const error = cause instanceof Error ? cause.message : String(cause);
      note(alarm, 'Action', `Failed to execute action ${target}. Received error: "${error}"`);
      emit({ kind: 'action', alarm, target, state, subject, message, error });
      return;
    }
    note(alarm, 'Action', `Successfully executed action ${target}`);
    emit({ kind: 'action', alarm, target, state, subject, message });
  };
  return (held, targets, occasion) => {
    const { definition } = held;
    const { name: alarmName, arn: alarmArn } = definition;
    const state = occasion.state.value;
    const subject = alarmSubject(state, alarmName, place.region);
    const message = messageOf(definition, held.configuredAt, place, occasion);
    const notification = {
      alarmName,
      alarmArn,
      state,
      subject,
      message,
      // Only functions are sent it.
      get event() {
        return lambdaEvent(definition, place, occasion);
      },
    };
    for (const target of targets) run(target, state, notification);
  };
}

function messageOf(definition: Definition, configuredAt: number, place: Place, occasion: Occasion): string {
  const { from, state, children, afterMuteWindow } = occasion;
  const transition = {
    from,
    to: state.value,
    reason: state.reason,
    at: state.at,
    configuredAt,
    afterMuteWindow,
  };
  return definition.kind === 'metric'
    ? metricAlarmMessage(definition, place, transition)
    : compositeAlarmMessage(definition, place, transition, children);
}
