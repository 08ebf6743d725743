/** The ports in AWS's terms: the only file that knows the SDK, and the only one with a clock. */
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  type MetricAlarm,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { ListCommandInvocationsCommand, SendCommandCommand, SSMClient } from '@aws-sdk/client-ssm';
import { scopeName } from '../../lib/catalog/names';
import { outcomeOf } from './command-outcome';
import { tableKeys } from './contract';
import type { CommandRequest, DescribedAlarm, Ports, SendResult, SignalQuery } from './ports';
import { decodeRecord, emptyRecord, encodeRecord } from './record';
import type { Setting } from './setting';

/** One attempt: a healthy call takes 20 to 200 ms, so three seconds are a fault and not slowness. */
const attempt = { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true } as const;
/** One call with its retries. */
const callMs = 7_000;
/** Kept for writing the log line and answering Lambda. */
const reserveMs = 1_000;
/** With less time than this a command is not sent: its answer could not be recorded any more. */
const sendNeedsMs = 5_000;

/** Wraps each client for tracing; the identity function where nothing is traced. */
export type Capture = <T extends object>(client: T) => T;

/** Builds the clients once; the result makes the ports of one invocation, which end before it does. */
export function connectAws(setting: Setting, capture: Capture): (remainingMs: () => number) => Ports {
  const common = { region: setting.place.region, maxAttempts: 2, requestHandler: attempt };
  const clients = {
    dynamo: capture(new DynamoDBClient(common)),
    cloudwatch: capture(new CloudWatchClient(common)),
    sns: capture(new SNSClient(common)),
    // The region's endpoint, not the queue's URL, so that one endpoint setting moves every client.
    sqs: capture(new SQSClient({ ...common, useQueueUrlAsEndpoint: false })),
    ssm: capture(new SSMClient(common)),
    // SendCommand has no token against running twice, so the SDK must never repeat it by itself.
    ssmOnce: capture(new SSMClient({ ...common, maxAttempts: 1 })),
  };
  return (remainingMs) => {
    const within = (): { abortSignal: AbortSignal } => ({
      abortSignal: AbortSignal.timeout(Math.max(1, Math.min(callMs, remainingMs() - reserveMs))),
    });
    return {
      now: () => Date.now(),
      ...storePorts(clients.dynamo, setting, within),
      ...cloudwatchPorts(clients.cloudwatch, within),
      ...commandPorts(clients, within, remainingMs),
      ...messagePorts(clients, setting, within),
    };
  };
}

type Within = () => { abortSignal: AbortSignal };

const currentRecord = 'current';

function storePorts(dynamo: DynamoDBClient, setting: Setting, within: Within) {
  const TableName = setting.resources.tableName;
  const scope = scopeName(setting.place.scope);
  const key = (record: string) => ({ [tableKeys.partition]: { S: scope }, [tableKeys.sort]: { S: record } });
  const read = async () => {
    const command = new GetItemCommand({ TableName, Key: key(currentRecord), ConsistentRead: true });
    const { Item } = await dynamo.send(command, within());
    return Item && { version: Number(Item.version?.N), writer: Item.writer?.S, body: Item.body?.S ?? '' };
  };
  return {
    load: async () => {
      const item = await read();
      return item
        ? { record: decodeRecord(item.body), version: item.version }
        : { record: emptyRecord(), version: 0 };
    },
    save: async (record, version, writer) => {
      const command = new PutItemCommand({
        TableName,
        Item: {
          ...key(currentRecord),
          version: { N: String(version + 1) },
          writer: { S: writer },
          body: { S: encodeRecord(record) },
        },
        ...(version === 0
          ? { ConditionExpression: 'attribute_not_exists(version)' }
          : {
              ConditionExpression: 'version = :expected',
              ExpressionAttributeValues: { ':expected': { N: String(version) } },
            }),
      });
      try {
        await dynamo.send(command, within());
        return 'saved';
      } catch (error) {
        if (nameOf(error) !== 'ConditionalCheckFailedException') throw error;
        // A retry after a lost answer meets its own first write.
        return (await read())?.writer === writer ? 'saved' : 'conflict';
      }
    },
    archive: async (incident) => {
      const body = { S: JSON.stringify(incident) };
      await dynamo.send(new PutItemCommand({ TableName, Item: { ...key(incident.id), body } }), within());
    },
  } satisfies Partial<Ports>;
}

function cloudwatchPorts(cloudwatch: CloudWatchClient, within: Within) {
  return {
    describeAlarms: async (names) => {
      const command = new DescribeAlarmsCommand({
        AlarmNames: [...names],
        AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
      });
      const { MetricAlarms, CompositeAlarms } = await cloudwatch.send(command, within());
      return [...(MetricAlarms ?? []), ...(CompositeAlarms ?? [])].map(described);
    },
    points: async (alarm, range) => {
      const command = new GetMetricDataCommand({
        MetricDataQueries: alarm.queries.map(dataQuery),
        StartTime: new Date(range.start),
        EndTime: new Date(range.end),
        ScanBy: 'TimestampAscending',
      });
      const { MetricDataResults } = await cloudwatch.send(command, within());
      const wanted = alarm.queries.find((query) => query.returnsData)?.id;
      const series = MetricDataResults?.find((result) => result.Id === wanted);
      return (series?.Timestamps ?? []).map((at, index) => ({
        at: at.getTime(),
        value: series?.Values?.[index] ?? Number.NaN,
      }));
    },
  } satisfies Partial<Ports>;
}

function described(alarm: MetricAlarm): DescribedAlarm {
  const queries = queriesOf(alarm);
  const changed = alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp;
  return {
    name: alarm.AlarmName ?? '',
    state: alarm.StateValue ?? 'INSUFFICIENT_DATA',
    changedAt: changed?.getTime() ?? 0,
    limit: alarm.Threshold ?? null,
    periodSeconds: queries.find((query) => query.periodSeconds !== undefined)?.periodSeconds ?? null,
    queries,
  };
}

type StatQuery = NonNullable<MetricDataQuery['MetricStat']>;

function queriesOf(alarm: MetricAlarm): SignalQuery[] {
  if (alarm.MetricName !== undefined) {
    const Metric = { Namespace: alarm.Namespace, MetricName: alarm.MetricName, Dimensions: alarm.Dimensions };
    const Stat = alarm.ExtendedStatistic ?? alarm.Statistic;
    return [
      { id: 'm1', returnsData: true, ...statQuery({ Metric, Stat, Period: alarm.Period, Unit: alarm.Unit }) },
    ];
  }
  return (alarm.Metrics ?? []).map((query) => ({
    id: query.Id ?? '',
    returnsData: query.ReturnData ?? true,
    ...(query.Expression === undefined ? {} : { expression: query.Expression }),
    ...(query.Period === undefined ? {} : { periodSeconds: query.Period }),
    ...(query.MetricStat === undefined ? {} : statQuery(query.MetricStat)),
  }));
}

function statQuery({ Metric, Period, Stat, Unit }: StatQuery): Pick<SignalQuery, 'metric' | 'periodSeconds'> {
  return {
    ...(Period === undefined ? {} : { periodSeconds: Period }),
    metric: {
      namespace: Metric?.Namespace ?? '',
      name: Metric?.MetricName ?? '',
      dimensions: (Metric?.Dimensions ?? []).map(({ Name, Value }) => ({
        name: Name ?? '',
        value: Value ?? '',
      })),
      statistic: Stat ?? 'Average',
      ...(Unit === undefined ? {} : { unit: Unit }),
    },
  };
}

function dataQuery({ id, returnsData, expression, periodSeconds, metric }: SignalQuery): MetricDataQuery {
  const common = { Id: id, ReturnData: returnsData };
  if (!metric) return { ...common, Expression: expression, Period: periodSeconds };
  const { namespace, name, dimensions, statistic, unit } = metric;
  const Dimensions = dimensions.map((dimension) => ({ Name: dimension.name, Value: dimension.value }));
  const Metric = { Namespace: namespace, MetricName: name, Dimensions };
  return {
    ...common,
    MetricStat: { Metric, Period: periodSeconds, Stat: statistic, Unit: unit as StatQuery['Unit'] },
  };
}

function commandPorts(
  clients: { ssm: SSMClient; ssmOnce: SSMClient },
  within: Within,
  remainingMs: () => number,
) {
  return {
    sendCommand: async (request) => {
      if (remainingMs() < sendNeedsMs) return { kind: 'refused', error: 'no time was left to send it' };
      // Throttling is a sure no and passes; two more tries a moment later are safe.
      for (const pauseMs of [300, 900, 0]) {
        const result = await sendOnce(clients.ssmOnce, request, within());
        if (pauseMs === 0 || result.kind !== 'refused' || !/Throttl|TooManyRequests/.test(result.error))
          return result;
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
      return { kind: 'refused', error: 'throttled' };
    },
    commandOutcome: async (CommandId) => {
      const command = new ListCommandInvocationsCommand({ CommandId, Details: true });
      const { CommandInvocations } = await clients.ssm.send(command, within());
      return outcomeOf(CommandInvocations ?? []);
    },
  } satisfies Partial<Ports>;
}

async function sendOnce(
  ssm: SSMClient,
  request: CommandRequest,
  options: ReturnType<Within>,
): Promise<SendResult> {
  const command = new SendCommandCommand({
    DocumentName: request.document,
    Targets: [{ Key: `tag:${request.target.tagKey}`, Values: [request.target.tagValue] }],
    Parameters: Object.fromEntries(
      Object.entries(request.parameters).map(([name, value]) => [name, [value]]),
    ),
    // The API takes 30 at least; it limits the delivery, the document limits the run.
    TimeoutSeconds: Math.max(30, Math.ceil(request.timeoutSeconds)),
    Comment: request.comment.slice(0, 100),
  });
  try {
    const { Command } = await ssm.send(command, options);
    if (Command?.CommandId === undefined)
      return { kind: 'unknown', error: 'the answer carries no command id' };
    return { kind: 'sent', commandId: Command.CommandId };
  } catch (error) {
    const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 0;
    const text = `${nameOf(error)}: ${error instanceof Error ? error.message : String(error)}`;
    return { kind: status >= 400 && status < 500 ? 'refused' : 'unknown', error: text };
  }
}

function messagePorts(clients: { sns: SNSClient; sqs: SQSClient }, setting: Setting, within: Within) {
  const { pageTopicArn, ticketTopicArn, deadLetterQueueUrl } = setting.resources;
  const text = (value: string) => ({ DataType: 'String', StringValue: value });
  return {
    publish: async (mail) => {
      const command = new PublishCommand({
        TopicArn: mail.topic === 'page' ? pageTopicArn : ticketTopicArn,
        Subject: mail.subject,
        MessageStructure: 'json',
        Message: JSON.stringify({ default: mail.default, email: mail.email, sms: mail.sms }),
        MessageAttributes: Object.fromEntries(
          Object.entries(mail.attributes).map(([name, value]) => [name, text(value)]),
        ),
      });
      await clients.sns.send(command, within());
    },
    deadLetter: async ({ body, reason, requestId }) => {
      const command = new SendMessageCommand({
        QueueUrl: deadLetterQueueUrl,
        MessageBody: body,
        MessageAttributes: { reason: text(reason), requestId: text(requestId) },
      });
      await clients.sqs.send(command, within());
    },
  } satisfies Partial<Ports>;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'Error';
}
