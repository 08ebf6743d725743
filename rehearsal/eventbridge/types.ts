/** What EventBridge is to the rest of the rehearsal: the rules of the template on the default bus. */
import type { Clock } from '../clock';
import type { Emit } from '../events';
import type { LambdaService } from '../lambda/types';
import type { Place, Resource } from '../resources';
import type { Sns } from '../sns/types';
import type { Sqs } from '../sqs/types';

/** An event before the envelope is filled in. */
export interface PutEvent {
  readonly source: string;
  readonly 'detail-type': string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly resources?: readonly string[];
}

export interface Rule {
  readonly name: string;
  readonly arn: string;
  readonly enabled: boolean;
  readonly schedule?: string;
  readonly pattern?: unknown;
  readonly targets: readonly { readonly id: string; readonly arn: string }[];
}

export interface EventBridge {
  /** Fills the envelope in and hands the event to every rule that matches. */
  putEvent(event: PutEvent): void;
  rules(): readonly Rule[];
  /** Ends the schedules. */
  stop(): void;
}

export interface EventBridgeDependencies {
  readonly resources: readonly Resource[];
  readonly place: Place;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly newId: () => string;
  readonly lambda: Pick<LambdaService, 'find' | 'allows' | 'invokeAsync'>;
  readonly sqs: Pick<Sqs, 'deliver'>;
  readonly sns: Pick<Sns, 'publish'>;
}
