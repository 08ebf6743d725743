/** The log groups of the template: stores events, takes EMF metrics out of them, answers queries. */
import { AwsError } from '../aws-error';
import type { Datum } from '../cloudwatch/types';
import { extractMetrics } from './emf';
import { compilePattern } from './pattern';
import type {
  LogEvent,
  LogGroup,
  LogQuery,
  LogStream,
  Logs,
  LogsDependencies,
  StoredLogEvent,
} from './types';

interface Group {
  readonly name: string;
  readonly createdAt: number;
  readonly class: string;
  readonly retentionDays?: number;
  /** In order of arrival. */
  readonly events: StoredLogEvent[];
  readonly streamCreatedAt: Map<string, number>;
}

/** A rehearsal writes some thousands of lines; the bound keeps a service that logs in a loop from filling the memory. */
const keptEventsPerGroup = 50_000;
/** CloudWatch Logs counts 26 bytes of overhead an event. */
const overheadBytes = 26;
/** Infrequent Access stores, but finds no metrics and filters nothing. */
const standardClass = 'STANDARD';

const sizeOf = (events: readonly LogEvent[]): number =>
  events.reduce((sum, event) => sum + Buffer.byteLength(event.message) + overheadBytes, 0);

function templateGroups({ resources, clock }: LogsDependencies): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const { id, type, properties } of resources) {
    if (type !== 'AWS::Logs::LogGroup') continue;
    const retention = properties.RetentionInDays;
    groups.set(id, {
      name: id,
      createdAt: clock.now(),
      class: String(properties.LogGroupClass ?? standardClass),
      ...(retention === undefined ? {} : { retentionDays: Number(retention) }),
      events: [],
      streamCreatedAt: new Map(),
    });
  }
  return groups;
}

/** Counts what EMF could not use, and says each reason once a group: AWS drops such metrics silently. */
function createExtractor({
  cloudwatch,
  clock,
  emit,
}: LogsDependencies): (group: Group, events: readonly LogEvent[]) => void {
  const told = new Set<string>();
  const tell = (group: string, reason: string): void => {
    const key = `${group}\n${reason}`;
    if (told.has(key)) return;
    told.add(key);
    emit({ kind: 'notice', subject: group, text: `metrics in a log line were dropped: ${reason}` });
  };
  const failed = (group: string, name: string): Datum => ({
    namespace: 'AWS/Logs',
    name,
    dimensions: { LogGroupName: group },
    unit: 'Count',
    storageResolutionSeconds: 60,
    at: clock.now(),
    values: [1],
  });
  return (group, events) => {
    const data: Datum[] = [];
    for (const { message } of events) {
      const found = extractMetrics(message, clock.now());
      if (found.kind === 'none') continue;
      if (group.class !== standardClass) {
        tell(group.name, `the log group's class is ${group.class}, which has no embedded metrics`);
        continue;
      }
      if (found.kind === 'parsing-error') {
        data.push(failed(group.name, 'EMFParsingErrors'));
        tell(group.name, found.reason);
        continue;
      }
      data.push(...found.data);
      if (found.errors.length > 0) data.push(failed(group.name, 'EMFValidationErrors'));
      for (const reason of found.errors) tell(group.name, reason);
    }
    if (data.length > 0) cloudwatch.put(data);
  };
}

/** The service over AWS::Logs::LogGroup. */
export function createLogs(dependencies: LogsDependencies): Logs {
  const { place, clock } = dependencies;
  const groups = templateGroups(dependencies);
  const extract = createExtractor(dependencies);
  let sequence = 0;
  const arnOf = (name: string): string =>
    `arn:${place.partition}:logs:${place.region}:${place.accountId}:log-group:${name}`;
  const find = (name: string): Group => {
    const group = groups.get(name);
    if (group !== undefined) return group;
    throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
  };
  const describe = (group: Group): LogGroup => ({
    name: group.name,
    arn: arnOf(group.name),
    createdAt: group.createdAt,
    ...(group.retentionDays === undefined ? {} : { retentionDays: group.retentionDays }),
    class: group.class,
    storedBytes: sizeOf(group.events),
  });
  return {
    put: (groupName, stream, events) => {
      const group = find(groupName);
      const ingestedAt = clock.now();
      if (!group.streamCreatedAt.has(stream)) group.streamCreatedAt.set(stream, ingestedAt);
      for (const event of events) {
        sequence += 1;
        // AWS's event ids are 56 digits and sort by arrival.
        group.events.push({ ...event, stream, ingestedAt, eventId: String(sequence).padStart(56, '0') });
      }
      if (group.events.length > keptEventsPerGroup) {
        group.events.splice(0, group.events.length - keptEventsPerGroup);
      }
      extract(group, events);
    },
    ensureGroup: (name) => {
      if (groups.has(name)) return;
      const createdAt = clock.now();
      groups.set(name, { name, createdAt, class: standardClass, events: [], streamCreatedAt: new Map() });
    },
    groups: () => [...groups.values()].map(describe),
    streams: (groupName) => {
      const group = find(groupName);
      return describeStreams(group, arnOf(groupName));
    },
    filter: (query) => select(find(query.group), query),
  };
}

function describeStreams(group: Group, groupArn: string): LogStream[] {
  return [...group.streamCreatedAt].map(([name, createdAt]) => {
    const events = group.events.filter((event) => event.stream === name);
    const times = events.map((event) => event.timestamp);
    const last = events.at(-1);
    const seen =
      last === undefined
        ? {}
        : {
            firstEventAt: times.reduce((a, b) => Math.min(a, b)),
            lastEventAt: times.reduce((a, b) => Math.max(a, b)),
            lastIngestedAt: last.ingestedAt,
          };
    return { name, arn: `${groupArn}:log-stream:${name}`, createdAt, ...seen, storedBytes: sizeOf(events) };
  });
}

/** The events that a query asks for; its end is exclusive in GetLogEvents and inclusive in FilterLogEvents: inclusive here. */
function select(group: Group, query: LogQuery): StoredLogEvent[] {
  const matches = compilePattern(query.pattern ?? '');
  const { streams, streamPrefix, start = 0, end = Number.POSITIVE_INFINITY } = query;
  return group.events
    .filter(
      (event) =>
        event.timestamp >= start &&
        event.timestamp <= end &&
        (streams === undefined || streams.includes(event.stream)) &&
        (streamPrefix === undefined || event.stream.startsWith(streamPrefix)) &&
        matches(event.message),
    )
    .sort((a, b) => a.timestamp - b.timestamp);
}
