/** What CloudWatch Logs is to the rest of the rehearsal. Times are milliseconds since the epoch. */
import type { Clock } from '../clock';
import type { CloudWatch } from '../cloudwatch/types';
import type { Emit } from '../events';
import type { Place, Resource } from '../resources';

export interface LogEvent {
  readonly timestamp: number;
  readonly message: string;
}

export interface StoredLogEvent extends LogEvent {
  readonly eventId: string;
  readonly stream: string;
  readonly ingestedAt: number;
}

export interface LogGroup {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly retentionDays?: number;
  readonly class: string;
  readonly storedBytes: number;
}

export interface LogStream {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly firstEventAt?: number;
  readonly lastEventAt?: number;
  readonly lastIngestedAt?: number;
  readonly storedBytes: number;
}

export interface LogQuery {
  readonly group: string;
  readonly streams?: readonly string[];
  readonly streamPrefix?: string;
  readonly start?: number;
  readonly end?: number;
  readonly pattern?: string;
}

export interface Logs {
  /** Stores the events and takes the metrics out of EMF lines. Throws AwsError ResourceNotFoundException. */
  put(group: string, stream: string, events: readonly LogEvent[]): void;
  /** Makes the group if it is missing, as Lambda does for its own. */
  ensureGroup(name: string): void;
  groups(): readonly LogGroup[];
  streams(group: string): readonly LogStream[];
  /** Oldest first. Throws AwsError InvalidParameterException for a pattern that is not honoured. */
  filter(query: LogQuery): readonly StoredLogEvent[];
}

export interface LogsDependencies {
  readonly resources: readonly Resource[];
  readonly place: Place;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly newId: () => string;
  readonly cloudwatch: Pick<CloudWatch, 'put'>;
}
