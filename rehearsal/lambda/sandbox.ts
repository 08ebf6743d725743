/** A function's execution environment: one process kept warm, one event at a time, killed when its time is over. */
import type { Clock } from '../clock';
import { endMarker } from './end-marker';
import { type RuntimeApi, type RuntimeEvent, startRuntimeApi } from './runtime-api';
import { type RuntimeProcess, startRuntimeProcess } from './runtime-process';

/** Lambda gives an initialisation ten seconds before it counts against the function's own time. */
const initLimitMs = 10_000;
/** Output comes through pipes of its own; this long it may trail the answer. */
const outputLagMs = 1_000;

export interface Outcome {
  /** The answer, or the error object. */
  readonly payload: string;
  readonly failed: boolean;
  readonly timedOut: boolean;
  readonly durationMs: number;
  readonly coldStart: boolean;
  readonly initMs: number;
  readonly memoryMegabytes: number;
}

export interface Sandbox {
  /** Queued behind the invocations before it. */
  invoke(event: RuntimeEvent): Promise<Outcome>;
  /** A new process for the next event; the running one may finish. */
  restart(): void;
  stop(): Promise<void>;
}

export interface SandboxOptions {
  readonly clock: Clock;
  readonly timeoutSeconds: number;
  readonly script: string;
  readonly taskRoot: string;
  /** Called once a process; the address of the Runtime API goes in. */
  readonly environment: (runtimeApi: string) => Readonly<Record<string, string>>;
  /** The process takes the event: what it prints from here on belongs to it. */
  readonly onStart: (requestId: string) => void;
  readonly onLine: (line: string) => void;
  readonly onEnd: (requestId: string, outcome: Outcome) => void;
  readonly onSpawn?: ((pid: number) => void) | undefined;
}

type Ending =
  | { readonly kind: 'response' | 'error' | 'init-error'; readonly body: string }
  | { readonly kind: 'exit'; readonly body: string }
  | { readonly kind: 'timeout'; readonly body: string };

interface Running {
  readonly event: RuntimeEvent;
  readonly end: (ending: Ending) => void;
  readonly markers: Set<string>;
  onMarker: () => void;
  takenAt: number | undefined;
  cancelTimer: () => void;
}

const errorBody = (errorType: string, requestId: string, message: string): string =>
  JSON.stringify({ errorType, errorMessage: `RequestId: ${requestId} Error: ${message}` });

class ExecutionEnvironment {
  private process: RuntimeProcess | undefined;
  private running: Running | undefined;
  private tail: Promise<unknown> = Promise.resolve();
  private startedAt = 0;
  private readyAt: number | undefined;
  private memoryMegabytes = 0;
  private stopped = false;
  api: RuntimeApi | undefined;

  constructor(private readonly options: SandboxOptions) {}

  /** The Runtime API's listener: computes the deadline when the event changes hands. */
  taken(): number {
    const { clock, timeoutSeconds, onStart } = this.options;
    const now = clock.now();
    this.readyAt ??= now;
    const running = this.running;
    if (running === undefined) return now;
    running.takenAt = now;
    running.cancelTimer();
    running.cancelTimer = clock.after(timeoutSeconds * 1000, () => this.timeOut());
    onStart(running.event.requestId);
    return now + timeoutSeconds * 1000;
  }

  answered(kind: 'response' | 'error' | 'init-error', requestId: string, body: string): void {
    if (kind === 'init-error' || requestId === this.running?.event.requestId)
      this.running?.end({ kind, body });
  }

  inOrder<T>(run: () => Promise<T>): Promise<T> {
    const result = this.tail.then(run);
    this.tail = result.catch(() => {});
    return result;
  }

  async end(): Promise<void> {
    this.stopped = true;
    this.process?.kill();
    await this.process?.closed;
    await this.api?.stop();
  }

  async discard(): Promise<void> {
    const old = this.process;
    old?.kill();
    await old?.closed;
  }

  private timeOut(): void {
    const { timeoutSeconds } = this.options;
    const requestId = this.running?.event.requestId ?? '';
    const message = `Task timed out after ${timeoutSeconds.toFixed(2)} seconds`;
    this.running?.end({ kind: 'timeout', body: errorBody('Sandbox.Timedout', requestId, message) });
  }

  private start(): void {
    const { clock, script, taskRoot, environment } = this.options;
    this.startedAt = clock.now();
    this.readyAt = undefined;
    const started = startRuntimeProcess({
      script,
      directory: taskRoot,
      environment: environment(this.api?.address ?? ''),
      onLine: (stream, line) => this.read(stream, line),
      onSpawn: this.options.onSpawn,
    });
    this.process = started;
    started.closed.then(({ code, signal }) => {
      const hadServed = this.readyAt !== undefined;
      if (this.process === started) this.process = undefined;
      const { running } = this;
      if (running === undefined) return;
      // A warm process that died before it took this event died of the one before: Lambda starts another.
      if (running.takenAt === undefined && hadServed && !this.stopped) return this.start();
      const why = signal === null ? `exit status ${code}` : `signal: ${signal.slice(3).toLowerCase()}`;
      const message = `Runtime exited with error: ${why}`;
      running.end({ kind: 'exit', body: errorBody('Runtime.ExitError', running.event.requestId, message) });
    });
  }

  private read(stream: string, line: string): void {
    const { running } = this;
    const marker = running === undefined ? '' : endMarker(running.event.requestId);
    const at = marker === '' ? -1 : line.indexOf(marker);
    if (running === undefined || at < 0) {
      this.options.onLine(line);
      return;
    }
    if (at > 0) this.options.onLine(line.slice(0, at));
    this.memoryMegabytes = Number(line.slice(at + marker.length));
    running.markers.add(stream);
    running.onMarker();
  }

  /** Resolves when both streams have said that they are complete, or after a while. */
  private outputRead(running: Running): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.options.clock.after(outputLagMs, resolve);
      running.onMarker = () => {
        if (running.markers.size < 2) return;
        cancel();
        resolve();
      };
      running.onMarker();
    });
  }

  async run(event: RuntimeEvent): Promise<Outcome> {
    const { clock, timeoutSeconds } = this.options;
    const coldStart = this.process === undefined;
    const ended = new Promise<Ending>((end) => {
      this.running = {
        event,
        end,
        markers: new Set(),
        onMarker: () => {},
        takenAt: undefined,
        cancelTimer: clock.after(initLimitMs + timeoutSeconds * 1000, () => this.timeOut()),
      };
    });
    if (this.stopped)
      this.running?.end({
        kind: 'exit',
        body: errorBody('Rehearsal.Stopped', event.requestId, 'the rehearsal has ended'),
      });
    else if (coldStart) this.start();
    this.api?.offer(event);
    const ending = await ended;
    const endedAt = clock.now();
    this.api?.withdraw();
    const running = this.running;
    running?.cancelTimer();
    if (running !== undefined && (ending.kind === 'response' || ending.kind === 'error')) {
      await this.outputRead(running);
    }
    this.running = undefined;
    if (ending.kind === 'timeout' || ending.kind === 'init-error') await this.discard();
    const takenAt = running?.takenAt;
    const outcome: Outcome = {
      payload: ending.body,
      failed: ending.kind !== 'response',
      timedOut: ending.kind === 'timeout',
      durationMs: takenAt === undefined ? endedAt - this.startedAt : endedAt - takenAt,
      coldStart,
      initMs: (this.readyAt ?? endedAt) - this.startedAt,
      memoryMegabytes: this.memoryMegabytes,
    };
    this.options.onEnd(event.requestId, outcome);
    return outcome;
  }
}

/** A sandbox with its own Runtime API; the process starts with the first event. */
export async function createSandbox(options: SandboxOptions): Promise<Sandbox> {
  const environment = new ExecutionEnvironment(options);
  environment.api = await startRuntimeApi({
    taken: () => environment.taken(),
    answered: (kind, requestId, body) => environment.answered(kind, requestId, body),
  });
  return {
    invoke: (event) => environment.inOrder(() => environment.run(event)),
    restart: () => {
      void environment.inOrder(() => environment.discard());
    },
    stop: () => environment.end(),
  };
}
