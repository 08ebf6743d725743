/** What systemd is to the rehearsal: starts, watches, restarts and stops one unit's real process. */
import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import type { Clock } from '../clock';
import { exitOf, signalGroup, spawnGroup } from './process-group';
import { signalReload, type Unit } from './unit-file';

export type UnitState = 'inactive' | 'activating' | 'active' | 'deactivating' | 'failed';

export interface Supervisor {
  state(): {
    readonly active: UnitState;
    readonly sub: string;
    readonly restarts: number;
    readonly exitStatus: number;
  };
  pid(): number | undefined;
  /** Resolves when the unit is active; rejects with the reason when it is not. */
  start(): Promise<void>;
  stop(): Promise<void>;
  restart(): Promise<void>;
  reload(): void;
  resetFailed(): void;
  /** A message of the unit's own, as systemd-notify sends it. */
  notify(lines: readonly string[]): void;
  /** Newest last. */
  journal(): readonly string[];
}

export interface SupervisorDependencies {
  readonly unit: Unit;
  readonly clock: Clock;
  /** The command as this machine runs it, its variables filled in. */
  readonly command: (line: string) => { readonly file: string; readonly args: readonly string[] };
  readonly environment: () => Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  readonly onChange: (what: string, detail: string) => void;
  /** Each process it starts; every one leads a group of its own. */
  readonly onSpawn: (pid: number) => void;
}

/** As many lines as anyone reads after a crash. */
const journalLines = 500;

/** Signals that systemd counts as a clean end. */
const cleanSignals: readonly NodeJS.Signals[] = ['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGPIPE'];

/** systemd's exit status for a command that could not be executed. */
const notExecutable = 203;

export function createSupervisor(dependencies: SupervisorDependencies): Supervisor {
  return new ProcessSupervisor(dependencies);
}

class ProcessSupervisor implements Supervisor {
  private active: UnitState = 'inactive';
  private sub = 'dead';
  private restarts = 0;
  private exitStatus = 0;
  private main: ChildProcess | undefined;
  private starts: number[] = [];
  private readonly lines: string[] = [];
  private cancelRestart: () => void = () => {};
  private cancelWatchdog: () => void = () => {};
  private starting: Promise<void> | undefined;
  /** Whether the start under way has failed: then no exit of the main process is a clean one. */
  private hasFailed = false;
  /** Counts stops and restarts, so that an earlier one learns of a later one. */
  private jobs = 0;

  constructor(private readonly on: SupervisorDependencies) {}

  state() {
    return { active: this.active, sub: this.sub, restarts: this.restarts, exitStatus: this.exitStatus };
  }

  pid(): number | undefined {
    return this.main?.pid;
  }

  journal(): readonly string[] {
    return this.lines;
  }

  start(): Promise<void> {
    if (this.active === 'active') return Promise.resolve();
    // Whoever asks while a start is under way gets its outcome: there is one main process.
    this.starting ??= this.startOnce().finally(() => {
      this.starting = undefined;
    });
    return this.starting;
  }

  async stop(): Promise<void> {
    this.jobs += 1;
    await this.end();
  }

  async restart(): Promise<void> {
    this.jobs += 1;
    const job = this.jobs;
    await this.end();
    // A stop that came meanwhile wins, or its caller would leave a process behind.
    if (job !== this.jobs) throw new Error('canceled by a later job');
    await this.start();
  }

  reload(): void {
    if (this.active !== 'active' || this.main?.pid === undefined) throw new Error('the unit is not active');
    const { execReload, name } = this.on.unit;
    if (execReload.length === 0) throw new Error(`Job type reload is not applicable for unit ${name}.`);
    if (execReload.includes(signalReload)) process.kill(this.main.pid, 'SIGHUP');
  }

  resetFailed(): void {
    this.starts = [];
    this.restarts = 0;
    if (this.active === 'failed') this.become('inactive', 'dead', '');
  }

  notify(lines: readonly string[]): void {
    // With `main` it would have to come from the main process itself, and this one never does.
    if (this.on.unit.notifyAccess !== 'all') return;
    for (const line of lines) {
      if (line === 'WATCHDOG=1') this.watch();
      else if (line.startsWith('STATUS='))
        this.write(`${this.on.unit.name}: ${line.slice('STATUS='.length)}`);
    }
  }

  /** From the start on, and again from each sign of life. */
  private watch(): void {
    this.cancelWatchdog();
    const { unit, clock } = this.on;
    const main = this.main;
    if (unit.watchdogSeconds === undefined || main === undefined) return;
    this.cancelWatchdog = clock.after(unit.watchdogSeconds * 1000, () => {
      if (this.main !== main || this.active === 'deactivating') return;
      this.write(`${unit.name}: Watchdog timeout (limit ${unit.watchdogSeconds}s)!`);
      this.hasFailed = true;
      signalGroup(main.pid, unit.watchdogSignal);
    });
  }

  private async startOnce(): Promise<void> {
    this.cancelRestart();
    if (this.main !== undefined) await this.endMain(this.main);
    this.countStart();
    this.hasFailed = false;
    this.become('activating', 'start', '');
    const main = this.spawn(this.on.unit.execStart);
    this.main = main;
    const begun = new Promise<void>((resolve) => main.once('spawn', resolve));
    const ended = new Promise<never>((_, reject) => {
      main.once('exit', () => reject(new Error('the process ended before it was ready')));
      main.once('error', reject);
    });
    ended.catch(() => {});
    main.once('exit', (code, signal) => this.mainEnded(main, code, signal));
    main.once('error', () => this.mainEnded(main, notExecutable, null));
    this.watch();
    try {
      await Promise.race([ended, begun]);
      await this.afterStart(ended);
    } catch (error) {
      this.hasFailed = true;
      await this.endMain(main);
      throw error;
    }
    if (this.main === main) this.become('active', 'running', '');
  }

  /** @throws Error when the unit was started too often of late */
  private countStart(): void {
    const { unit, clock } = this.on;
    const since = clock.now() - unit.startLimitIntervalSeconds * 1000;
    this.starts = this.starts.filter((at) => at > since);
    if (this.starts.length >= unit.startLimitBurst) {
      this.write(`${unit.name}: Start request repeated too quickly.`);
      this.become('failed', 'failed', 'start limit hit');
      throw new Error('start request repeated too quickly');
    }
    this.starts.push(clock.now());
  }

  /** The commands after the start, one after the other, within the time that the whole start may take. */
  private async afterStart(ended: Promise<never>): Promise<void> {
    const { unit, clock } = this.on;
    let child: ChildProcess | undefined;
    let isLate = false;
    const cancel = clock.after(unit.timeoutStartSeconds * 1000, () => {
      isLate = true;
      this.write(`${unit.name}: start-post operation timed out. Terminating.`);
      signalGroup(child?.pid, 'SIGKILL');
    });
    try {
      for (const line of unit.execStartPost) {
        child = this.spawn(line);
        const code = await Promise.race([ended, exitOf(child)]);
        if (isLate) throw new Error(`not ready after ${unit.timeoutStartSeconds} s`);
        if (code !== 0) throw new Error(`ExecStartPost ended with ${code ?? 'a signal'}`);
      }
    } finally {
      cancel();
      signalGroup(child?.pid, 'SIGKILL');
    }
  }

  private mainEnded(main: ChildProcess, code: number | null, signal: NodeJS.Signals | null): void {
    if (this.main !== main) return;
    this.main = undefined;
    this.cancelWatchdog();
    // Nothing that the main process has started outlives it; systemd would ask it politely first.
    signalGroup(main.pid, 'SIGKILL');
    this.exitStatus = code ?? constants.signals[signal ?? 'SIGKILL'];
    const how = signal === null ? `code=exited, status=${code}` : `code=killed, signal=${signal}`;
    this.write(`${this.on.unit.name}: Main process exited, ${how}`);
    if (this.active === 'deactivating') return;
    const clean = !this.hasFailed && (code === 0 || (signal !== null && cleanSignals.includes(signal)));
    const { restart, restartPreventExitStatus } = this.on.unit;
    const isFinal = code !== null && restartPreventExitStatus.includes(code);
    const again = !isFinal && (restart === 'always' || (restart === 'on-failure' && !clean));
    if (!again) {
      this.become(clean ? 'inactive' : 'failed', clean ? 'dead' : 'failed', how);
      return;
    }
    this.become('activating', 'auto-restart', how);
    this.cancelRestart = this.on.clock.after(this.on.unit.restartSeconds * 1000, () => {
      this.restarts += 1;
      this.write(`${this.on.unit.name}: Scheduled restart job, restart counter is at ${this.restarts}.`);
      this.start().catch(() => {});
    });
  }

  private async end(): Promise<void> {
    this.cancelRestart();
    if (this.main !== undefined) {
      this.become('deactivating', 'stop-sigterm', '');
      await this.endMain(this.main);
    }
    await this.starting?.catch(() => {});
    // A unit that has failed stays so until it is reset or started.
    if (this.main === undefined && this.active !== 'failed') this.become('inactive', 'dead', '');
  }

  /** SIGTERM to the whole group, SIGKILL when the unit's patience ends. */
  private async endMain(main: ChildProcess): Promise<void> {
    if (main.exitCode !== null || main.signalCode !== null || main.pid === undefined) return;
    const ended = new Promise<void>((resolve) => main.once('exit', () => resolve()));
    signalGroup(main.pid, 'SIGTERM');
    const cancel = this.on.clock.after(this.on.unit.timeoutStopSeconds * 1000, () => {
      this.write(`${this.on.unit.name}: State 'stop-sigterm' timed out. Killing.`);
      signalGroup(main.pid, 'SIGKILL');
    });
    await ended;
    cancel();
  }

  private spawn(line: string): ChildProcess {
    const { command, workingDirectory, environment, onSpawn } = this.on;
    // systemd names the main process to the commands beside it.
    const mainPid = this.main?.pid === undefined ? {} : { MAINPID: String(this.main.pid) };
    const plan = { ...command(line), workingDirectory, environment: { ...environment(), ...mainPid } };
    const child = spawnGroup(plan, (text) => this.write(text));
    if (child.pid !== undefined) onSpawn(child.pid);
    else this.write(`${this.on.unit.name}: Failed to execute ${plan.file}`);
    return child;
  }

  private write(line: string): void {
    this.lines.push(line);
    if (this.lines.length > journalLines) this.lines.splice(0, this.lines.length - journalLines);
  }

  private become(active: UnitState, sub: string, detail: string): void {
    if (this.active === active && this.sub === sub) return;
    this.active = active;
    this.sub = sub;
    this.on.onChange(`${this.on.unit.name} ${active === 'activating' ? sub : active}`, detail);
  }
}
