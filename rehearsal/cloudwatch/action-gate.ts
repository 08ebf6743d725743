/** What stands between a change of state and its actions: switched-off actions, mute rules, a suppressor. Nothing is held back unseen. */
import type { Clock } from '../clock';
import type { Emit } from '../events';
import type { RunActions } from './action-runner';
import { targetKind } from './action-target';
import type { CompositeDefinition } from './composite-definition';
import { type Held, type Occasion, suppressedReason } from './held-alarm';
import { type Mute, type MuteRule, muteOf } from './mute-rule';
import { type SuppressionInput, suppress } from './suppressor';
import type { AlarmHistoryItem } from './types';

export interface ActionGateOptions {
  readonly clock: Clock;
  readonly emit: Emit;
  readonly muteRules: readonly MuteRule[];
  readonly run: RunActions;
  readonly note: (alarmName: string, type: AlarmHistoryItem['type'], summary: string) => void;
}

/** Auto Scaling actions run again once a minute while the state stays. */
const repeatMs = 60_000;
/** The longest that setTimeout waits; what is further away is waited for in several goes. */
const longestWaitMs = 2 ** 31 - 1;

export class ActionGate {
  /** Changes whose actions are held back. */
  private readonly pending = new Map<Held, Occasion>();
  private readonly periodEnds = new Map<Held, () => void>();
  private readonly muteEnds = new Map<Held, () => void>();
  private readonly repeating = new Map<Held, { occasion: Occasion; ranAt: number }>();

  constructor(private readonly options: ActionGateOptions) {}

  /** Runs the actions of a change or holds them back. Answers what mutes the alarm. */
  changed(held: Held, occasion: Occasion, suppressorInAlarm: boolean): Mute | undefined {
    const { definition } = held;
    this.forget(held);
    const runs =
      suppressorOf(held) === undefined || this.step(held, { kind: 'composite changed', suppressorInAlarm });
    const mute = this.muteNow(held);
    if (!definition.actionsEnabled) this.withhold(held, 'ActionsEnabled');
    else if (held.warmingUp) this.withhold(held, 'warm-up');
    else {
      const state = { ...occasion.state, suppressedBy: held.suppression.by };
      this.pending.set(held, { ...occasion, state, afterMuteWindow: mute !== undefined });
      if (mute !== undefined) this.mute(held, mute);
      else if (runs) this.run(held);
      else this.tellSuppression(held);
    }
    return mute;
  }

  /** The suppressor of this composite alarm went to ALARM or left it. */
  suppressorChanged(held: Held, kind: 'suppressor entered ALARM' | 'suppressor left ALARM'): void {
    const { by } = held.suppression;
    if (this.step(held, { kind })) this.release(held);
    else if (held.suppression.by !== by && !this.muteEnds.has(held)) this.tellSuppression(held);
  }

  /** To be called once a minute at least: Auto Scaling actions of a state that stays run again. */
  repeat(): void {
    if (this.repeating.size === 0) return;
    const now = this.options.clock.now();
    for (const [held, last] of this.repeating) {
      // On a real clock a tick comes some milliseconds sooner or later.
      const sinceMs = Math.round((now - last.ranAt) / 1000) * 1000;
      if (sinceMs < repeatMs || this.muteNow(held) !== undefined) continue;
      last.ranAt = now;
      this.options.run(held, scalingTargets(held), last.occasion);
    }
  }

  /** Lets go of every timer. */
  stop(): void {
    for (const cancel of [...this.periodEnds.values(), ...this.muteEnds.values()]) cancel();
    this.periodEnds.clear();
    this.muteEnds.clear();
  }

  private forget(held: Held): void {
    this.pending.delete(held);
    this.repeating.delete(held);
    this.muteEnds.get(held)?.();
    this.muteEnds.delete(held);
  }

  private run(held: Held): void {
    const waiting = this.pending.get(held);
    if (waiting === undefined) return;
    this.pending.delete(held);
    const now = this.options.clock.now();
    const occasion = released(waiting, now);
    const targets = held.definition.actions[held.state];
    if (targets.length > 0) this.options.run(held, targets, occasion);
    if (scalingTargets(held).length > 0) this.repeating.set(held, { occasion, ranAt: now });
  }

  /** The suppressor lets the actions go; a mute rule may still stand in front. */
  private release(held: Held): void {
    const occasion = this.pending.get(held);
    if (occasion === undefined || this.muteEnds.has(held)) return;
    const mute = this.muteNow(held);
    if (mute === undefined) this.run(held);
    else {
      this.pending.set(held, { ...occasion, afterMuteWindow: true });
      this.mute(held, mute);
    }
  }

  private mute(held: Held, mute: Mute, before?: MuteRule): void {
    // A rule whose windows overlap holds on; that is no news.
    if (mute.rule !== before) this.withhold(held, `mute rule ${mute.rule.name}`);
    this.muteEnds.set(
      held,
      this.ringAt(mute.end, () => this.muteEnded(held, mute.rule)),
    );
  }

  private muteEnded(held: Held, rule: MuteRule): void {
    this.muteEnds.delete(held);
    const next = this.muteNow(held);
    if (next !== undefined) this.mute(held, next, rule);
    else if (suppressorOf(held) === undefined || this.step(held, { kind: 'mute ended' })) this.run(held);
    else this.tellSuppression(held);
  }

  private muteNow({ definition }: Held): Mute | undefined {
    return muteOf(this.options.muteRules, definition.name, this.options.clock.now());
  }

  /** One step of the suppressor's machine, with its timer; true when the actions may run. */
  private step(held: Held, input: SuppressionInput): boolean {
    const suppressor = suppressorOf(held);
    if (suppressor === undefined) return true;
    const { until } = held.suppression;
    const { suppression, runs } = suppress(held.suppression, input, this.options.clock.now(), suppressor);
    held.suppression = suppression;
    this.rememberSuppression(held);
    if (suppression.until === until) return runs;
    this.periodEnds.get(held)?.();
    this.periodEnds.delete(held);
    if (suppression.until !== undefined) {
      const cancel = this.ringAt(suppression.until, () => {
        if (this.step(held, { kind: 'period ended' })) this.release(held);
      });
      this.periodEnds.set(held, cancel);
    }
    return runs;
  }

  /** What runs later tells what held it back last. */
  private rememberSuppression(held: Held): void {
    const occasion = this.pending.get(held);
    const { by } = held.suppression;
    if (occasion === undefined || by === undefined) return;
    this.pending.set(held, { ...occasion, state: { ...occasion.state, suppressedBy: by } });
  }

  private tellSuppression(held: Held): void {
    const { by, holds } = held.suppression;
    if (by === undefined || !holds || !this.pending.has(held)) return;
    const words = {
      Alarm: `suppressor ${suppressorOf(held)?.name}`,
      WaitPeriod: 'wait period',
      ExtensionPeriod: 'extension period',
    };
    this.withhold(held, words[by], suppressedReason(by));
  }

  /** Without actions there is nothing to hold back. */
  private withhold({ definition, state }: Held, by: string, summary = `Actions withheld by ${by}`): void {
    if (definition.actions[state].length === 0) return;
    this.options.note(definition.name, 'Action', summary);
    this.options.emit({ kind: 'withheld', alarm: definition.name, state, by });
  }

  private ringAt(at: number, run: () => void): () => void {
    const { clock } = this.options;
    // A timer may fire a hair early, and none can wait for longer than its limit.
    const ring = (): void => {
      if (clock.now() >= at) run();
      else cancel = clock.after(Math.min(at - clock.now(), longestWaitMs), ring);
    };
    let cancel = clock.after(Math.min(at - clock.now(), longestWaitMs), ring);
    return () => cancel();
  }
}

/** AWS tells the state while it was suppressed as the one before, and the moment of the release as the new one's. */
function released(occasion: Occasion, now: number): Occasion {
  const { state } = occasion;
  if (state.suppressedBy === undefined) return occasion;
  return { ...occasion, previous: state, state: { ...state, at: now, suppressedBy: undefined } };
}

function suppressorOf({ definition }: Held): CompositeDefinition['suppressor'] {
  return definition.kind === 'composite' ? definition.suppressor : undefined;
}

function scalingTargets({ definition, state }: Held): string[] {
  return definition.actions[state].filter((arn) => targetKind(arn) === 'auto-scaling');
}
