/** What systemd is to the rehearsal: starts, watches, restarts and stops one unit's real process. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Clock } from '../clock';
import type { Unit } from './unit-file';

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
}

/** As many lines as anyone reads after a crash. */
const journalLines = 500;

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

  async start(): Promise<void> {
    if (this.active === 'active') return;
    this.cancelRestart();
    const { unit, clock } = this.on;
    const since = clock.now() - unit.startLimitIntervalSeconds * 1000;
    this.starts = this.starts.filter((at) => at > since);
    if (this.starts.length >= unit.startLimitBurst) {
      this.write(`${unit.name}: Start request repeated too quickly.`);
      this.become('failed', 'failed', 'start limit hit');
      throw new Error('start request repeated too quickly');
    }
    this.starts.push(clock.now());
    this.become('activating', 'start', '');
    const main = this.spawn(unit.execStart);
    this.main = main;
    const ended = new Promise<never>((_, reject) => {
      main.once('exit', () => reject(new Error('the process ended before it was ready')));
      main.once('error', reject);
    });
    main.once('exit', (code, signal) => this.mainEnded(main, code, signal));
    try {
      await Promise.race([ended, this.afterStart()]);
    } catch (error) {
      await this.killMain(main);
      throw error;
    }
    ended.catch(() => {});
    if (this.main === main) this.become('active', 'running', '');
  }

  async stop(): Promise<void> {
    this.cancelRestart();
    const main = this.main;
    if (main !== undefined) {
      this.become('deactivating', 'stop-sigterm', '');
      await this.killMain(main);
    }
    this.become('inactive', 'dead', '');
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  reload(): void {
    if (this.main?.pid !== undefined) process.kill(this.main.pid, 'SIGHUP');
  }

  resetFailed(): void {
    this.starts = [];
    this.restarts = 0;
    if (this.active === 'failed') this.become('inactive', 'dead', '');
  }

  private async afterStart(): Promise<void> {
    const deadline = this.on.unit.timeoutStartSeconds * 1000;
    for (const line of this.on.unit.execStartPost) {
      const child = this.spawn(line);
      const cancel = this.on.clock.after(deadline, () => kill(child, 'SIGKILL'));
      const code = await new Promise<number | null>((resolve, reject) => {
        child.once('exit', resolve);
        child.once('error', reject);
      });
      cancel();
      if (code !== 0) throw new Error(`ExecStartPost ended with ${code ?? 'a signal'}`);
    }
  }

  private mainEnded(main: ChildProcess, code: number | null, signal: NodeJS.Signals | null): void {
    if (this.main !== main) return;
    this.main = undefined;
    this.exitStatus = code ?? 0;
    const how = signal === null ? `code=exited, status=${code}` : `code=killed, signal=${signal}`;
    this.write(`${this.on.unit.name}: Main process exited, ${how}`);
    if (this.active === 'deactivating') return;
    const clean = code === 0 || signal === 'SIGTERM' || signal === 'SIGINT';
    const again = this.on.unit.restart === 'always' || (this.on.unit.restart === 'on-failure' && !clean);
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

  /** SIGTERM to the whole group, SIGKILL when the unit's patience ends. */
  private async killMain(main: ChildProcess): Promise<void> {
    if (main.exitCode !== null || main.signalCode !== null || main.pid === undefined) return;
    const ended = new Promise<void>((resolve) => main.once('exit', () => resolve()));
    kill(main, 'SIGTERM');
    const cancel = this.on.clock.after(this.on.unit.timeoutStopSeconds * 1000, () => {
      this.write(`${this.on.unit.name}: State 'stop-sigterm' timed out. Killing.`);
      kill(main, 'SIGKILL');
    });
    await ended;
    cancel();
  }

  private spawn(line: string): ChildProcess {
    const { file, args } = this.on.command(line);
    const child = spawn(file, [...args], {
      cwd: this.on.workingDirectory,
      env: this.on.environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that a stop reaches whatever the process has started.
      detached: true,
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        for (const each of text.split('\n')) if (each !== '') this.write(each);
      });
    }
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

function kill(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It ended between the check and the signal.
  }
}
