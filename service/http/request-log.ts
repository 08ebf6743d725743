/**
 * A request's own logger, made with its first line: few requests write one, and making it takes half a microsecond.
 */
import type { FastifyBaseLogger } from 'fastify';

type Log = FastifyBaseLogger;

export class RequestLog implements Log {
  private made: Log | undefined;

  /** @param bindings what each of its lines says beside its own facts */
  constructor(
    private readonly parent: Log,
    private readonly bindings: Readonly<Record<string, unknown>>,
  ) {}

  get level(): string {
    return this.own.level;
  }

  get silent(): Log['silent'] {
    return this.own.silent;
  }

  fatal(...line: unknown[]): void {
    this.own.fatal(...(line as [object, string]));
  }

  error(...line: unknown[]): void {
    this.own.error(...(line as [object, string]));
  }

  warn(...line: unknown[]): void {
    this.own.warn(...(line as [object, string]));
  }

  info(...line: unknown[]): void {
    this.own.info(...(line as [object, string]));
  }

  debug(...line: unknown[]): void {
    this.own.debug(...(line as [object, string]));
  }

  trace(...line: unknown[]): void {
    this.own.trace(...(line as [object, string]));
  }

  child(...given: Parameters<Log['child']>): Log {
    return this.own.child(...given);
  }

  private get own(): Log {
    this.made ??= this.parent.child(this.bindings);
    return this.made;
  }
}
