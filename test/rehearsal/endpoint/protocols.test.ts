/** Requests written by hand: the query protocol of older clients, REST, tracing, and errors. */
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { after, before, it } from 'node:test';
import { startEndpoint } from '../../../rehearsal/endpoint/endpoint';
import { operationsServed } from '../../../rehearsal/endpoint/served';
import { alarmAt, hostId, type Stack, startStack, topicArn } from './stack';

let stack: Stack;
before(async () => {
  stack = await startStack();
});
after(() => stack.stop());

async function query(version: string, parameters: Record<string, string>, path = '/') {
  const response = await fetch(stack.url + path, {
    method: 'POST',
    body: new URLSearchParams({ Version: version, ...parameters }),
  });
  return { status: response.status, type: response.headers.get('content-type'), xml: await response.text() };
}
const cloudwatch = (parameters: Record<string, string>) => query('2010-08-01', parameters);

it('an older client reads alarms as XML with escaped text, ISO dates and members', async () => {
  const { status, type, xml } = await cloudwatch({
    Action: 'DescribeAlarms',
    'AlarmNames.member.1': 'error-rate',
  });
  assert.equal(status, 200);
  assert.match(type ?? '', /^text\/xml/);
  assert.match(
    xml,
    /^<\?xml version="1.0" encoding="UTF-8"\?>\n<DescribeAlarmsResponse xmlns="http:\/\/monitoring.amazonaws.com\/doc\/2010-08-01\/"><DescribeAlarmsResult><MetricAlarms><member><AlarmName>error-rate<\/AlarmName>/,
  );
  assert.ok(xml.includes('<AlarmDescription>errors &lt; 5 % &amp; &quot;quoted&quot;</AlarmDescription>'));
  assert.ok(
    xml.includes(`<StateUpdatedTimestamp>${new Date(alarmAt).toISOString()}</StateUpdatedTimestamp>`),
  );
  assert.ok(
    xml.includes('<Dimensions><member><Name>service</Name><Value>inference</Value></member></Dimensions>'),
  );
  assert.ok(!xml.includes('error-ratio'));
});

it('an older client asks for statistics and metric data with flattened parameters', async () => {
  const range = { StartTime: '2026-09-21T14:13:20Z', EndTime: '2026-09-21T15:13:20Z' };
  const statistics = await cloudwatch({
    Action: 'GetMetricStatistics',
    ...range,
    Namespace: 'Vigia',
    MetricName: 'PredictionLatency',
    'Dimensions.member.1.Name': 'service',
    'Dimensions.member.1.Value': 'inference',
    Period: '60',
    'Statistics.member.1': 'Average',
    'ExtendedStatistics.member.1': 'p95',
  });
  assert.ok(
    statistics.xml.includes(
      '<Average>1.5</Average><ExtendedStatistics><entry><key>p95</key><value>2.5</value></entry></ExtendedStatistics>',
    ),
  );
  assert.deepEqual(stack.cloudwatch.asked.at(-1)?.queries[0]?.MetricStat, {
    Metric: {
      Namespace: 'Vigia',
      MetricName: 'PredictionLatency',
      Dimensions: [{ Name: 'service', Value: 'inference' }],
    },
    Period: 60,
    Stat: 'Average',
  });
  assert.equal(stack.cloudwatch.asked.at(-1)?.range.start, alarmAt);
  await cloudwatch({
    Action: 'GetMetricData',
    ...range,
    'MetricDataQueries.member.1.Id': 'm1',
    'MetricDataQueries.member.1.ReturnData': 'false',
    'MetricDataQueries.member.1.MetricStat.Period': '60',
    'MetricDataQueries.member.1.MetricStat.Stat': 'Sum',
    'MetricDataQueries.member.1.MetricStat.Metric.Namespace': 'Vigia',
    'MetricDataQueries.member.1.MetricStat.Metric.MetricName': 'X',
    'MetricDataQueries.member.2.Id': 'e1',
    'MetricDataQueries.member.2.Expression': 'm1*2',
  });
  assert.deepEqual(
    stack.cloudwatch.asked.at(-1)?.queries.map((one) => [one.Id, one.ReturnData, one.Expression]),
    [
      ['m1', false, undefined],
      ['e1', undefined, 'm1*2'],
    ],
  );
});

it('an older client puts a metric', async () => {
  await cloudwatch({
    Action: 'PutMetricData',
    Namespace: 'Vigia',
    'MetricData.member.1.MetricName': 'ByQuery',
    'MetricData.member.1.Value': '2.5',
    'MetricData.member.1.Timestamp': '2026-09-21T14:13:20Z',
  });
  const datum = stack.cloudwatch.stored.find((one) => one.name === 'ByQuery');
  assert.deepEqual([datum?.values, datum?.at], [[2.5], alarmAt]);
});

it('errors of the query protocols have the documented shape', async () => {
  const unknown = await query('2010-03-31', { Action: 'CreateTopic', Name: 'x' });
  assert.equal(unknown.status, 501);
  assert.match(
    unknown.xml,
    /<ErrorResponse [^>]*><Error><Type>Receiver<\/Type><Code>NotImplemented<\/Code><Message>not rehearsed: SNS.CreateTopic; see npx vigia rehearse --capabilities<\/Message><\/Error><RequestId>/,
  );
  const missing = await query('2010-03-31', { Action: 'Publish', TopicArn: topicArn('none'), Message: 'm' });
  assert.equal(missing.status, 404);
  assert.match(missing.xml, /<Code>NotFound<\/Code><Message>Topic does not exist<\/Message>/);
  const ec2 = await query('2016-11-15', { Action: 'DescribeVpcs' });
  assert.match(ec2.xml, /<Response><Errors><Error><Code>NotImplemented<\/Code>/);
  const invalid = await cloudwatch({
    Action: 'SetAlarmState',
    AlarmName: 'all',
    StateValue: 'RED',
    StateReason: 'x',
  });
  assert.match(invalid.xml, /<Code>ValidationException<\/Code>/);
});

it('an older SQS client sends to the path of the queue and gets flattened lists', async () => {
  const path = '/000000000000/dead';
  const sent = await query('2012-11-05', { Action: 'SendMessage', MessageBody: 'old' }, path);
  assert.match(sent.xml, /<MD5OfMessageBody>149603e6c03516362a8da23f624db945<\/MD5OfMessageBody>/);
  const { xml } = await query('2012-11-05', { Action: 'ReceiveMessage' }, path);
  assert.match(
    xml,
    /<ReceiveMessageResult><Message><MessageId>[^<]+<\/MessageId>.*<Body>old<\/Body><Attribute><Name>SenderId<\/Name><Value>000000000000<\/Value><\/Attribute>/,
  );
});

it('EC2 describes the host by id and by tag', async () => {
  const found = await query('2016-11-15', { Action: 'DescribeInstances', 'InstanceId.1': hostId });
  assert.match(
    found.xml,
    /<reservationSet><item>.*<instancesSet><item><instanceId>i-0123456789abcdef0<\/instanceId>.*<tagSet><item><key>Role<\/key>/,
  );
  const none = await query('2016-11-15', {
    Action: 'DescribeInstances',
    'Filter.1.Name': 'tag:Role',
    'Filter.1.Value.1': 'other',
  });
  assert.match(none.xml, /<reservationSet><\/reservationSet>/);
});

it('Lambda is invoked over REST, and says in a header that the function failed', async () => {
  const invoke = (name: string, body: string, headers: Record<string, string> = {}) =>
    fetch(`${stack.url}/2015-03-31/functions/${encodeURIComponent(name)}/invocations`, {
      method: 'POST',
      body,
      headers,
    });
  const good = await invoke('arn:aws:lambda:us-east-1:000000000000:function:echo', '{"a":1}');
  assert.deepEqual(
    [good.status, await good.json(), good.headers.get('x-amz-function-error')],
    [200, { a: 1 }, null],
  );
  const bad = await invoke('echo', '{"fail":true}');
  assert.deepEqual([bad.status, bad.headers.get('x-amz-function-error')], [200, 'Unhandled']);
  assert.equal(((await bad.json()) as { errorMessage: string }).errorMessage, 'as asked');
  const later = await invoke('echo', '{"b":2}', { 'x-amz-invocation-type': 'Event' });
  assert.equal(later.status, 202);
  const none = await invoke('none', '{}');
  assert.deepEqual([none.status, none.headers.get('x-amzn-errortype')], [404, 'ResourceNotFoundException']);
  const configuration = await fetch(`${stack.url}/2015-03-31/functions/echo/configuration`);
  assert.equal(((await configuration.json()) as { Handler: string }).Handler, 'index.handler');
});

it('JSON services answer errors with their code, and a body that is no JSON is refused', async () => {
  const call = async (target: string, body: string) => {
    const response = await fetch(stack.url, { method: 'POST', body, headers: { 'x-amz-target': target } });
    return { status: response.status, json: (await response.json()) as { __type: string; message: string } };
  };
  const group = await call('Logs_20140328.FilterLogEvents', '{"logGroupName":"/none"}');
  assert.equal(group.status, 400);
  assert.match(group.json.__type, /#ResourceNotFoundException$/);
  assert.match(
    (await call('Logs_20140328.FilterLogEvents', '{"logGroupName":')).json.__type,
    /#SerializationException$/,
  );
  assert.match(
    (await call('AmazonSSM.PutParameter', '{}')).json.message,
    /^not rehearsed: SSM\.PutParameter; see /,
  );
});

interface Page {
  readonly events: { readonly message: string }[];
  readonly nextToken?: string;
  readonly nextForwardToken?: string;
  readonly nextBackwardToken?: string;
}

it('log events are written and read back page by page', async () => {
  const call = async (operation: string, body: object): Promise<Page> => {
    const headers = { 'x-amz-target': `Logs_20140328.${operation}` };
    const response = await fetch(stack.url, { method: 'POST', body: JSON.stringify(body), headers });
    return (await response.json()) as Page;
  };
  const stream = { logGroupName: '/vigia/service', logStreamName: 'pages' };
  await call('CreateLogStream', stream);
  const logEvents = [1, 2, 3].map((n) => ({ timestamp: alarmAt + n, message: `line ${n}` }));
  await call('PutLogEvents', { ...stream, logEvents });
  const messages = (answer: Page) => answer.events.map((event) => event.message);
  const last = await call('GetLogEvents', { ...stream, limit: 2 });
  assert.deepEqual(messages(last), ['line 2', 'line 3']);
  assert.deepEqual(
    messages(await call('GetLogEvents', { ...stream, limit: 2, nextToken: last.nextBackwardToken })),
    ['line 1'],
  );
  assert.deepEqual(messages(await call('GetLogEvents', { ...stream, nextToken: last.nextForwardToken })), []);
  const first = await call('FilterLogEvents', { ...stream, logStreamNames: ['pages'], limit: 2 });
  const second = await call('FilterLogEvents', {
    ...stream,
    logStreamNames: ['pages'],
    limit: 2,
    nextToken: first.nextToken,
  });
  assert.deepEqual([messages(first), messages(second)], [['line 1', 'line 2'], ['line 3']]);
});

it('trace segments are taken over REST and over UDP', async () => {
  const response = await fetch(`${stack.url}/TraceSegments`, {
    method: 'POST',
    body: JSON.stringify({ TraceSegmentDocuments: ['{"id":"1"}'] }),
  });
  assert.deepEqual(await response.json(), { UnprocessedTraceSegments: [] });
  const [host, port] = stack.traces.address.split(':');
  const socket = createSocket('udp4');
  const datagram = '{"format":"json","version":1}\n{"id":"2"}';
  await new Promise((sent) => socket.send(datagram, Number(port), host, sent));
  socket.close();
  while (stack.traces.documents().length < 2) await new Promise((next) => setImmediate(next));
  assert.deepEqual(stack.traces.documents(), ['{"id":"1"}', '{"id":"2"}']);
});

it('traces are given back by their ids, and searched by time and expression', async () => {
  const id = '1-6553f100-0000000000000000000000ff';
  const segment = {
    ...{ trace_id: id, id: '00000000000000ff', name: 'shop', start_time: 1_700_000_000 },
    ...{ end_time: 1_700_000_001, annotations: { stage: 'dev' } },
  };
  const post = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const response = await fetch(`${stack.url}${path}`, { method: 'POST', body: JSON.stringify(body) });
    return { status: response.status, ...((await response.json()) as object) };
  };
  await post('/TraceSegments', { TraceSegmentDocuments: [JSON.stringify(segment)] });
  const { Traces: traces, UnprocessedTraceIds: unknown } = await post('/Traces', { TraceIds: [id, '1-0-0'] });
  assert.deepEqual(unknown, ['1-0-0']);
  assert.deepEqual(traces, [
    {
      ...{ Id: id, Duration: 1, LimitExceeded: false },
      Segments: [{ Id: '00000000000000ff', Document: JSON.stringify(segment) }],
    },
  ]);
  const range = { StartTime: 1_699_999_999, EndTime: 1_700_000_010 };
  const search = async (FilterExpression: string, more = {}) => {
    const answer = await post('/TraceSummaries', { ...range, FilterExpression, ...more });
    return (answer.TraceSummaries as { Id: string }[] | undefined)?.map((each) => each.Id) ?? answer.status;
  };
  assert.deepEqual(await search('service("shop") AND annotation.stage = "dev"'), [id]);
  assert.deepEqual(await search('service("shop")', { EndTime: 1_700_000_000 }), []);
  assert.equal(await search('service("shop")', { EndTime: 1_699_000_000 }), 400);
  assert.equal(await search('http.status = 500'), 400);
});

it('before the services are there, a call is told to come back', async () => {
  const endpoint = await startEndpoint({ port: 0 });
  const response = await fetch(endpoint.url);
  assert.equal(response.status, 503);
  await endpoint.stop();
});

it('the list of what is served names every service', () => {
  const served = operationsServed();
  assert.deepEqual(Object.keys(served).sort(), [
    ...[
      'CloudWatch',
      'CloudWatch Logs',
      'DynamoDB',
      'EC2',
      'Lambda',
      'S3',
      'SNS',
      'SQS',
      'SSM',
      'STS',
      'X-Ray',
    ],
  ]);
  assert.ok(served.Lambda?.includes('Invoke'));
});
