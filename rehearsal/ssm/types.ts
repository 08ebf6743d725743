/** What Systems Manager Run Command is to the rest of the rehearsal. Times are milliseconds since the epoch. */

export type CommandStatus = 'Pending' | 'InProgress' | 'Success' | 'Failed' | 'TimedOut' | 'Cancelled';

/** Output of one step of the document on one host. */
export interface PluginResult {
  readonly name: string;
  readonly action: string;
  readonly status: CommandStatus;
  readonly responseCode: number;
  readonly output: string;
  readonly errorOutput: string;
  readonly startedAt?: number;
  readonly endedAt?: number;
}

export interface Command {
  readonly commandId: string;
  readonly documentName: string;
  readonly instanceIds: readonly string[];
  readonly targets: readonly { readonly Key: string; readonly Values: readonly string[] }[];
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  readonly comment: string;
  readonly requestedAt: number;
  readonly expiresAt: number;
  status: CommandStatus;
  statusDetails: string;
  /** One a host: this rehearsal has one host, so one entry, or none when no host carries the tag. */
  readonly invocations: CommandInvocation[];
}

export interface CommandInvocation {
  readonly commandId: string;
  readonly instanceId: string;
  status: CommandStatus;
  statusDetails: string;
  readonly plugins: PluginResult[];
}

export interface SendCommandRequest {
  readonly DocumentName: string;
  readonly InstanceIds?: readonly string[];
  readonly Targets?: readonly { readonly Key: string; readonly Values: readonly string[] }[];
  readonly Parameters?: Readonly<Record<string, readonly string[]>>;
  readonly TimeoutSeconds?: number;
  readonly Comment?: string;
}

/** A refusal with the error code that the API documents (InvalidDocument, InvalidInstanceId, InvalidParameters ...). */
export class SsmError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export interface SystemsManager {
  /** Starts the command and returns at once, as the API does. Throws SsmError. */
  sendCommand(request: SendCommandRequest): Command;
  commands(): readonly Command[];
  documents(): readonly {
    readonly name: string;
    readonly content: unknown;
    readonly schemaVersion: string;
  }[];
  /** Parameter Store, from the template. */
  parameter(name: string): string | undefined;
  instances(): readonly {
    readonly instanceId: string;
    readonly tags: Readonly<Record<string, string>>;
    readonly online: boolean;
    readonly instanceType: string;
  }[];
}
