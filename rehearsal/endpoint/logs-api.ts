/** CloudWatch Logs on the wire. */
import { z } from 'zod';
import { AwsError } from '../aws-error';
import type { StoredLogEvent } from '../logs/types';
import {
  type Api,
  boolean,
  type Context,
  listOf,
  number,
  type Operations,
  operation,
  page,
  text,
} from './operation';

/** Defaults and most of a page, as documented. */
const eventsPerPage = 10_000;
const listPerPage = 50;

/** A group is named, or given by an ARN with or without the final `:*`. */
const groupNamed = z
  .object({ logGroupName: text.optional(), logGroupIdentifier: text.optional() })
  .transform(({ logGroupName, logGroupIdentifier }, issues): string => {
    const name = logGroupName ?? logGroupIdentifier?.replace(/^arn:.*:log-group:/, '').replace(/:\*$/, '');
    if (name === undefined) issues.addIssue('logGroupName is expected');
    return name ?? '';
  });

const groupOf = (input: unknown): string => groupNamed.parse(input);

const filterLogEvents = operation(
  z.looseObject({
    logStreamNames: listOf(text).optional(),
    logStreamNamePrefix: text.optional(),
    startTime: number.optional(),
    endTime: number.optional(),
    filterPattern: text.optional(),
    limit: number.default(eventsPerPage),
    nextToken: text.optional(),
  }),
  (input, { services }) => {
    const { logStreamNames, logStreamNamePrefix, startTime, endTime, filterPattern } = input;
    const found = services.logs.filter({
      group: groupOf(input),
      ...(logStreamNames === undefined ? {} : { streams: logStreamNames }),
      ...(logStreamNamePrefix === undefined ? {} : { streamPrefix: logStreamNamePrefix }),
      ...(startTime === undefined ? {} : { start: startTime }),
      ...(endTime === undefined ? {} : { end: endTime }),
      ...(filterPattern === undefined ? {} : { pattern: filterPattern }),
    });
    const { items, nextToken } = page(found, input.limit, input.nextToken);
    return {
      events: items.map(({ stream, timestamp, message, ingestedAt, eventId }) => ({
        logStreamName: stream,
        timestamp,
        message,
        ingestionTime: ingestedAt,
        eventId,
      })),
      searchedLogStreams: [],
      nextToken,
    };
  },
);

/** The window of a token: `f/12` reads on from the twelfth event, `b/12` reads what comes before it. */
function windowOf(
  count: number,
  options: { readonly limit: number; readonly token: string | undefined; readonly fromHead: boolean },
): { start: number; end: number } {
  const { limit, token, fromHead } = options;
  const [direction, at] = (token ?? '').split('/');
  const index = Number(at);
  if (direction === 'f') return { start: index, end: Math.min(count, index + limit) };
  if (direction === 'b') return { start: Math.max(0, index - limit), end: index };
  return fromHead
    ? { start: 0, end: Math.min(count, limit) }
    : { start: Math.max(0, count - limit), end: count };
}

const getLogEvents = operation(
  z.looseObject({
    logStreamName: text,
    startTime: number.optional(),
    endTime: number.optional(),
    limit: number.default(eventsPerPage),
    startFromHead: boolean.default(false),
    nextToken: text.optional(),
  }),
  (input, { services }) => {
    const group = groupOf(input);
    const { logStreamName, startTime, endTime, limit, startFromHead, nextToken } = input;
    if (!services.logs.streams(group).some((stream) => stream.name === logStreamName)) {
      throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.');
    }
    const found = services.logs.filter({
      group,
      streams: [logStreamName],
      ...(startTime === undefined ? {} : { start: startTime }),
      // This operation's end is exclusive.
      ...(endTime === undefined ? {} : { end: endTime - 1 }),
    });
    const { start, end } = windowOf(found.length, { limit, token: nextToken, fromHead: startFromHead });
    return {
      events: found.slice(start, end).map(({ timestamp, message, ingestedAt }: StoredLogEvent) => ({
        timestamp,
        message,
        ingestionTime: ingestedAt,
      })),
      nextForwardToken: `f/${end}`,
      nextBackwardToken: `b/${start}`,
    };
  },
);

const describeLogGroups = operation(
  z.object({
    logGroupNamePrefix: text.default(''),
    logGroupNamePattern: text.default(''),
    limit: number.default(listPerPage),
    nextToken: text.optional(),
  }),
  (input, { services }) => {
    const found = services.logs
      .groups()
      .filter(
        ({ name }) => name.startsWith(input.logGroupNamePrefix) && name.includes(input.logGroupNamePattern),
      );
    const { items, nextToken } = page(found, input.limit, input.nextToken);
    return {
      logGroups: items.map((group) => ({
        logGroupName: group.name,
        creationTime: group.createdAt,
        retentionInDays: group.retentionDays,
        metricFilterCount: 0,
        arn: `${group.arn}:*`,
        logGroupArn: group.arn,
        storedBytes: group.storedBytes,
        logGroupClass: group.class,
      })),
      nextToken,
    };
  },
);

const describeLogStreams = operation(
  z.looseObject({
    logStreamNamePrefix: text.default(''),
    orderBy: z.enum(['LogStreamName', 'LastEventTime']).default('LogStreamName'),
    descending: boolean.default(false),
    limit: number.default(listPerPage),
    nextToken: text.optional(),
  }),
  (input, { services }) => {
    const byName = input.orderBy === 'LogStreamName';
    const found = services.logs
      .streams(groupOf(input))
      .filter(({ name }) => name.startsWith(input.logStreamNamePrefix))
      .sort((a, b) =>
        byName ? (a.name < b.name ? -1 : 1) : (a.lastEventAt ?? a.createdAt) - (b.lastEventAt ?? b.createdAt),
      );
    const { items, nextToken } = page(
      input.descending ? found.toReversed() : found,
      input.limit,
      input.nextToken,
    );
    return {
      logStreams: items.map((stream) => ({
        logStreamName: stream.name,
        creationTime: stream.createdAt,
        firstEventTimestamp: stream.firstEventAt,
        lastEventTimestamp: stream.lastEventAt,
        lastIngestionTime: stream.lastIngestedAt,
        arn: stream.arn,
        storedBytes: stream.storedBytes,
      })),
      nextToken,
    };
  },
);

const putLogEvents = operation(
  z.object({
    logGroupName: text,
    logStreamName: text,
    logEvents: listOf(z.object({ timestamp: number, message: text })),
  }),
  ({ logGroupName, logStreamName, logEvents }, { services }) => {
    services.logs.put(logGroupName, logStreamName, logEvents);
    return { nextSequenceToken: '0' };
  },
);

const createLogStream = operation(
  z.object({ logGroupName: text, logStreamName: text }),
  ({ logGroupName, logStreamName }, { services }: Context) => {
    if (services.logs.streams(logGroupName).some((stream) => stream.name === logStreamName)) {
      throw new AwsError('ResourceAlreadyExistsException', 'The specified log stream already exists');
    }
    services.logs.put(logGroupName, logStreamName, []);
    return {};
  },
);

const operations: Operations = {
  FilterLogEvents: filterLogEvents,
  GetLogEvents: getLogEvents,
  DescribeLogGroups: describeLogGroups,
  DescribeLogStreams: describeLogStreams,
  PutLogEvents: putLogEvents,
  CreateLogStream: createLogStream,
};

export const logsApi: Api = {
  name: 'CloudWatch Logs',
  targetPrefix: 'Logs_20140328',
  jsonVersion: '1.1',
  operations,
};
