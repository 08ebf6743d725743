/** Carries one input through the record: look, decide, write, and only then act; each result is an event again. */
import type { AlarmKey } from '../../lib/catalog/alarms';
import { hostLayout } from '../../lib/catalog/host';
import { alarmName } from '../../lib/catalog/names';
import type { RemedyKey } from '../../lib/catalog/remedies';
import { restartParameters, rollbackParameters } from './contract';
import type { Effect, IncidentEvent, Input, Seen } from './events';
import { advance } from './incident';
import { observe } from './observe';
import type { Ports, Versioned } from './ports';
import type { CommandOutcome } from './record';
import type { Catalog, Setting } from './setting';

/** Where the story goes that people and dashboards read. */
export interface Story {
  tell(transition: { id: string; from: string; to: string; reason: string }): void;
  count(name: string): void;
  ignored(reason: string): void;
}

export interface Conduct {
  readonly ports: Ports;
  readonly setting: Setting;
  readonly catalog: Catalog;
  readonly story: Story;
  readonly requestId: string;
}

/** What each remedy's document is given; nothing in it comes from an alarm. */
function parametersOf(remedy: RemedyKey, service: string): Readonly<Record<string, string>> {
  switch (remedy) {
    case 'restartService':
      return { [restartParameters.unit]: hostLayout(service).unit };
    case 'rollbackRelease':
      return { [rollbackParameters.release]: rollbackParameters.previous };
    case 'freeDisk':
      return {};
  }
}

/** Every conflict means that another invocation has just got through; five in a row do not happen by chance. */
const mostConflicts = 5;

/** Handles one input. Throws once all is safe in the record if something must be tried again. */
export async function conduct(input: Input, by: Conduct): Promise<void> {
  const run = new Run(by);
  await run.perform(await run.commit({ kind: 'drain' }));
  await run.perform(await run.commit(await run.look(input)));
  if (run.problems.length > 0) {
    throw new Error(
      `remediation: ${run.problems.join('; ')}; the record is safe and the next event tries again`,
    );
  }
}

class Run {
  readonly problems: string[] = [];
  private current: Versioned | undefined;
  private seen: Seen = { symptoms: { kind: 'unavailable', reason: 'not asked' }, readings: {} };
  private writes = 0;

  constructor(private readonly by: Conduct) {}

  /** Decides and writes; on a conflict it decides anew from what the other one wrote. */
  async commit(event: IncidentEvent): Promise<readonly Effect[]> {
    const { ports, setting, catalog, requestId } = this.by;
    for (let conflicts = 0; conflicts < mostConflicts; conflicts += 1) {
      const { record, version } = await this.load();
      const known = { policy: setting.policy, catalog, place: setting.place };
      const decision = advance(record, event, ports.now(), known);
      if (decision.record === record) return decision.effects;
      this.writes += 1;
      if ((await ports.save(decision.record, version, `${requestId}/${this.writes}`)) === 'saved') {
        this.current = { record: decision.record, version: version + 1 };
        return decision.effects;
      }
      this.current = undefined;
    }
    throw new Error(
      `incident record: ${mostConflicts} conflicting writes in a row; the event is tried again`,
    );
  }

  private async load(): Promise<Versioned> {
    this.current ??= await this.by.ports.load();
    return this.current;
  }

  /** Turns an input into an event, with what the outside shows at this moment. */
  async look(input: Input): Promise<IncidentEvent> {
    const { ports, setting, catalog } = this.by;
    const { record } = await this.load();
    const names = (key: AlarmKey): string => alarmName(setting.place.scope, key);
    const seen = await observe({ ports, catalog, record, input, names });
    this.seen = seen;
    switch (input.kind) {
      case 'alarm':
        return { kind: 'alarm', change: input.change, seen };
      case 'recheck':
        return { kind: 'recheck', seen };
      case 'command': {
        const waiting = record.actions.some((past) => past.commandId === input.commandId && !past.ended);
        const asked = waiting ? await this.askOutcome(input.commandId) : null;
        // The notification speaks for the command; the invocations add the exit code and what was printed.
        const outcome: CommandOutcome = {
          status: input.status === 'Success' ? (asked?.status ?? input.status) : input.status,
          exitCode: asked?.exitCode ?? null,
          output: asked?.output ?? '',
          endedAt: input.endedAt ?? asked?.endedAt ?? null,
        };
        const { commandId, rolledBack = false } = input;
        return { kind: 'command-ended', commandId, outcome, rolledBack, seen };
      }
      case 'deployment':
        return { ...input, at: input.at ?? ports.now(), seen };
      default:
        return input satisfies never;
    }
  }

  /** No answer is no knowledge; the reducer knows what to do without it. */
  private async askOutcome(commandId: string): Promise<CommandOutcome | null> {
    try {
      return await this.by.ports.commandOutcome(commandId);
    } catch (error) {
      this.by.story.ignored(`command ${commandId}: its outcome could not be read: ${String(error)}`);
      return null;
    }
  }

  /** Runs effects in order. A result is written before the next effect begins. */
  async perform(effects: readonly Effect[]): Promise<void> {
    for (const effect of effects) {
      const event = await this.act(effect);
      if (event) await this.perform(await this.commit(event));
    }
  }

  private async act(effect: Effect): Promise<IncidentEvent | undefined> {
    const { ports, story } = this.by;
    switch (effect.kind) {
      case 'tell': {
        const { id, from, to, reason } = effect;
        story.tell({ id, from, to, reason });
        return undefined;
      }
      case 'count':
        story.count(effect.count);
        return undefined;
      case 'ignored':
        story.ignored(effect.reason);
        return undefined;
      case 'send-command':
        return this.send(effect);
      case 'ask-command': {
        const outcome = await this.askOutcome(effect.commandId);
        return { kind: 'command-asked', commandId: effect.commandId, outcome, seen: this.seen };
      }
      case 'publish':
        return this.publish(effect.mail);
      case 'archive':
        try {
          await ports.archive(effect.incident);
          return { kind: 'archived', incident: effect.incident.id };
        } catch (error) {
          this.problems.push(`incident ${effect.incident.id} was not archived: ${String(error)}`);
          return undefined;
        }
      default:
        return effect satisfies never;
    }
  }

  private async send(effect: Extract<Effect, { kind: 'send-command' }>): Promise<IncidentEvent> {
    const { ports, setting, catalog } = this.by;
    const { seen } = this;
    const { action, timeoutSeconds } = effect;
    const result = await ports.sendCommand({
      document: `${setting.documentPrefix}-${catalog.remedies[effect.remedy].document}`,
      parameters: parametersOf(effect.remedy, setting.place.scope.service),
      target: setting.hostTag,
      timeoutSeconds,
      comment: action,
    });
    if (result.kind === 'sent') return { kind: 'command-sent', action, commandId: result.commandId, seen };
    if (result.kind === 'refused') return { kind: 'command-refused', action, error: result.error, seen };
    return { kind: 'command-unknown', action, error: result.error, seen };
  }

  private async publish(id: string): Promise<IncidentEvent | undefined> {
    const { record } = await this.load();
    const mail = record.outbox.find((one) => one.id === id);
    if (!mail) return undefined;
    try {
      await this.by.ports.publish(mail);
      return { kind: 'mail-sent', mail: id };
    } catch (error) {
      this.problems.push(`mail ${id} was not published: ${String(error)}`);
      return { kind: 'mail-failed', mail: id };
    }
  }
}
