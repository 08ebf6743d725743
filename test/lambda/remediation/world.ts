/** A cloud in memory with a clock in the hand: the ports' fake, which can crash, lose answers and refuse. */

import { conduct } from '../../../lambda/remediation/conduct';
import type { RemediationPolicy } from '../../../lambda/remediation/contract';
import type { DeploymentStatus, Input } from '../../../lambda/remediation/events';
import type { CommandRequest, DeadLetter, Ports } from '../../../lambda/remediation/ports';
import {
  type AlarmState,
  type CommandOutcome,
  decodeRecord,
  emptyRecord,
  encodeRecord,
  type Incident,
  type IncidentRecord,
  type Mail,
} from '../../../lambda/remediation/record';
import type { Catalog } from '../../../lambda/remediation/setting';
import { type AlarmKey, alarmKeys, alarms } from '../../../lib/catalog/alarms';
import { alarmKeyOf, alarmName } from '../../../lib/catalog/names';
import { catalog, place, policy, setting, start } from './fixtures';

export interface WorldCommand {
  readonly id: string;
  readonly request: CommandRequest;
  readonly sentAt: number;
  readonly endsAt: number;
  readonly status: 'Success' | 'Failed' | 'TimedOut' | 'Cancelled';
}

/** Kills the invocation at its nth call: before the call reaches the cloud, or after, with the answer lost. */
export interface Crash {
  readonly call: number;
  readonly when: 'before' | 'after';
}

export class World {
  now = start;
  readonly alarms = new Map<AlarmKey, { state: AlarmState; changedAt: number }>();
  readonly commands: WorldCommand[] = [];
  readonly mails: Mail[] = [];
  readonly letters: DeadLetter[] = [];
  readonly archive = new Map<string, Incident>();
  readonly transitions: { id: string; from: string; to: string; reason: string }[] = [];
  readonly counts: string[] = [];
  stored: { body: string; version: number; writer: string } | undefined;
  /** How the next command goes. */
  nextCommand: { lastsMs: number; status: WorldCommand['status'] } = { lastsMs: 8_000, status: 'Success' };
  down: { describe?: boolean; publish?: boolean; archive?: boolean; outcome?: boolean; traffic?: boolean } =
    {};
  /** Deployments that the record knows of, from when until when. */
  readonly deployments: {
    readonly id: string;
    readonly from: number;
    readonly until: number;
    over: number;
  }[] = [];
  sendAnswer: 'sent' | 'refused' | 'unknown' = 'sent';
  private invocations = 0;

  constructor(
    readonly rules: Partial<RemediationPolicy> = {},
    readonly entries: Catalog = catalog,
  ) {
    for (const key of alarmKeys) {
      if (alarms[key].route === 'remediation')
        this.alarms.set(key, { state: 'OK', changedAt: start - 3_600_000 });
    }
  }

  get record(): IncidentRecord {
    return this.stored ? decodeRecord(this.stored.body) : emptyRecord();
  }

  /** Sets an alarm; the returned input is its message. */
  turn(key: AlarmKey, state: AlarmState): Input {
    this.alarms.set(key, { state, changedAt: this.now });
    return { kind: 'alarm', change: { key, state, changedAt: this.now } };
  }

  running(at: number): WorldCommand[] {
    return this.commands.filter((command) => command.sentAt <= at && at < command.endsAt);
  }

  /** Tells of a deployment; remembers what the record has learned by it. */
  async deploy(id: string, status: DeploymentStatus, crash?: Crash): Promise<void> {
    await this.survive({ kind: 'deployment', commandId: id, release: id, status, at: this.now }, crash);
    const { deploying, ended } = this.record.releases;
    const known = this.deployments.find((one) => one.id === id);
    const running = deploying.find((one) => one.commandId === id);
    if (running !== undefined && known === undefined)
      this.deployments.push({ id, from: this.now, until: running.until, over: Number.POSITIVE_INFINITY });
    if (known !== undefined && ended.includes(id)) known.over = Math.min(known.over, this.now);
  }

  /** One invocation of the function. Rejects as the function would. */
  async invoke(input: Input, crash?: Crash): Promise<void> {
    this.invocations += 1;
    await conduct(input, {
      ports: this.ports(crash),
      setting: { ...setting, policy: { ...policy, ...this.rules } },
      catalog: this.entries,
      requestId: `request-${this.invocations}`,
      story: {
        tell: (transition) => this.transitions.push(transition),
        count: (name) => this.counts.push(name),
        ignored: () => undefined,
      },
    });
  }

  /** The same, for steps in which a failure is part of the game. */
  async survive(input: Input, crash?: Crash): Promise<void> {
    await this.invoke(input, crash).catch(() => undefined);
  }

  ports(crash?: Crash): Ports {
    let calls = 0;
    let dead = false;
    const call = async <T>(run: () => T): Promise<T> => {
      calls += 1;
      // Gives other invocations of the same moment their turn, so that writes do collide.
      await Promise.resolve();
      if (dead || (crash?.call === calls && crash.when === 'before')) {
        dead = true;
        throw new Error('crashed');
      }
      const result = run();
      if (crash?.call === calls) {
        dead = true;
        throw new Error('crashed');
      }
      return result;
    };
    return {
      now: () => this.now,
      load: () => call(() => ({ record: this.record, version: this.stored?.version ?? 0 })),
      save: (record, version, writer) => call(() => this.save(record, version, writer)),
      archive: (incident) => call(() => this.keep(incident)),
      describeAlarms: (names) => call(() => this.describe(names)),
      points: () => call(() => (this.down.traffic ? [] : [{ at: this.now - 10_000, value: 62 }])),
      sendCommand: (request) => call(() => this.send(request)),
      commandOutcome: (id) => call(() => this.outcome(id)),
      publish: (mail) =>
        call(() => {
          if (this.down.publish) throw new Error('SNS is down');
          this.mails.push(mail);
        }),
      deadLetter: (letter) =>
        call(() => {
          this.letters.push(letter);
        }),
    };
  }

  private save(record: IncidentRecord, version: number, writer: string): 'saved' | 'conflict' {
    const held = this.stored?.version ?? 0;
    if (held === version) {
      this.stored = { body: encodeRecord(record), version: version + 1, writer };
      return 'saved';
    }
    return this.stored?.writer === writer ? 'saved' : 'conflict';
  }

  private keep(incident: Incident): void {
    if (this.down.archive) throw new Error('DynamoDB is down');
    this.archive.set(incident.id, JSON.parse(JSON.stringify(incident)) as Incident);
  }

  private describe(names: readonly string[]) {
    if (this.down.describe) throw new Error('CloudWatch is down');
    return names.flatMap((name) => {
      const key = alarmKeyOf(place.scope, name);
      const alarm = key && this.alarms.get(key);
      if (!key || !alarm) return [];
      const queries = [{ id: 'm1', returnsData: true, expression: alarmName(place.scope, key) }];
      return [{ name, ...alarm, limit: 5, periodSeconds: 10, queries }];
    });
  }

  private send(request: CommandRequest) {
    if (this.sendAnswer === 'refused') return { kind: 'refused' as const, error: 'InvalidDocument: gone' };
    const id = `command-${this.commands.length + 1}`;
    const { lastsMs, status } = this.nextCommand;
    this.commands.push({ id, request, sentAt: this.now, endsAt: this.now + lastsMs, status });
    if (this.sendAnswer === 'unknown') return { kind: 'unknown' as const, error: 'TimeoutError: no answer' };
    return { kind: 'sent' as const, commandId: id };
  }

  private outcome(id: string): CommandOutcome | null {
    if (this.down.outcome) throw new Error('Systems Manager is down');
    const command = this.commands.find((one) => one.id === id);
    if (!command || this.now < command.endsAt) return null;
    const exitCode = command.status === 'Success' ? 0 : 1;
    return { status: command.status, exitCode, output: 'restarted', endedAt: command.endsAt };
  }
}
