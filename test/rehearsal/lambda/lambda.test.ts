/** The function's process: environment, warmth, time limit, crashes and logs. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Bench, bench } from './fixture';

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('a function', () => {
  let it_: Bench;
  before(async () => {
    process.env.SECRET_OF_THIS_MACHINE = 'must not leak';
    it_ = await bench({
      echo: {
        source: `let count = 0;
          export const handler = async (event, context) => {
            count += 1;
            console.log('seen', event.n);
            process.stdout.write(JSON.stringify({ message: 'incident', incident: { id: 'i1', from: 'open', to: 'closed', reason: 'well again' } }) + '\\n');
            return { count, env: process.env, cwd: process.cwd(), id: context.awsRequestId, left: context.getRemainingTimeInMillis(), arn: context.invokedFunctionArn };
          };`,
        properties: {
          Timeout: 7,
          Environment: {
            Variables: {
              TABLE: 'incidents',
              QUEUE: 'https://sqs.us-east-1.amazonaws.com/000000000000/dead',
            },
          },
          TracingConfig: { Mode: 'Active' },
        },
      },
      faulty: {
        source: `export const handler = async (event) => {
            if (event.mode === 'throw') throw new TypeError('no such thing');
            if (event.mode === 'exit') process.exit(3);
            if (event.mode === 'reject') { Promise.reject(new Error('forgotten')); return new Promise(() => {}); }
            if (event.mode === 'hang') return new Promise(() => {});
            return 'fine';
          };`,
        properties: { Timeout: 1 },
      },
      broken: { source: "throw new Error('cannot load');" },
      old: { source: 'export const handler = (event, context, callback) => callback(null, 1);' },
    });
  });
  after(() => it_.stop());

  it('gets the template variables, Lambda’s own, and nothing of this machine but PATH', async () => {
    const result = await it_.lambda.invoke('echo', '{"n":1}', 'invoke');
    const { env, left, id, arn } = JSON.parse(result.payload);
    assert.equal(result.error, undefined);
    assert.equal(env.TABLE, 'incidents');
    assert.equal(env.SECRET_OF_THIS_MACHINE, undefined);
    assert.equal(env.HOME, undefined);
    assert.equal(env.PATH, process.env.PATH);
    assert.equal(env.AWS_ENDPOINT_URL, 'http://127.0.0.1:1');
    assert.equal(env.AWS_XRAY_DAEMON_ADDRESS, '127.0.0.1:2');
    assert.equal(env.AWS_LAMBDA_FUNCTION_NAME, 'echo');
    assert.equal(env._HANDLER, 'index.handler');
    assert.match(env._X_AMZN_TRACE_ID, /^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=1$/);
    assert.ok(left > 5_000 && left <= 7_000, `${left} ms left`);
    assert.equal(id, result.requestId);
    assert.equal(arn, 'arn:aws:lambda:us-east-1:000000000000:function:echo');
  });

  it('finds its queues at the endpoint, because SDKs send to the host in a queue’s URL', async () => {
    const result = await it_.lambda.invoke('echo', '{}', 'invoke');
    assert.equal(JSON.parse(result.payload).env.QUEUE, 'http://127.0.0.1:1/000000000000/dead');
  });

  it('stays warm, and two events at once run one after the other', async () => {
    const [a, b] = await Promise.all([
      it_.lambda.invoke('echo', '{}', 'invoke'),
      it_.lambda.invoke('echo', '{}', 'invoke'),
    ]);
    assert.equal(JSON.parse(b.payload).count, JSON.parse(a.payload).count + 1);
    assert.equal(a.coldStart, false);
  });

  it('has its lines between START and END, and a REPORT after them', async () => {
    const { requestId } = await it_.lambda.invoke('echo', '{"n":42}', 'invoke');
    const lines = it_.lines('echo');
    const from = lines.indexOf(`START RequestId: ${requestId} Version: $LATEST`);
    assert.match(lines[from + 1] ?? '', new RegExp(`^\\d{4}-.*Z\\t${requestId}\\tINFO\\tseen 42$`));
    assert.equal(lines[from + 3], `END RequestId: ${requestId}`);
    assert.match(
      lines[from + 4] ?? '',
      /^REPORT RequestId: \S+\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 128 MB\tMax Memory Used: \d+ MB\t$/,
    );
    assert.ok(!lines.some((line) => line.includes('\u0000')), 'no marker is left in the log');
  });

  it('shows an incident’s step that it logs', () => {
    assert.deepEqual(
      { ...it_.log.of('incident')[0], at: 0 },
      { at: 0, kind: 'incident', id: 'i1', from: 'open', to: 'closed', reason: 'well again' },
    );
  });

  it('fails with the error that it throws, and is counted', async () => {
    const result = await it_.lambda.invoke('faulty', '{"mode":"throw"}', 'invoke');
    assert.equal(result.error, 'TypeError: no such thing');
    assert.equal(JSON.parse(result.payload).errorType, 'TypeError');
    const event = it_.log.of('lambda').find((one) => one.requestId === result.requestId);
    assert.equal(event?.error, 'TypeError: no such thing');
    assert.equal(it_.metrics.sum('Errors'), 1);
  });

  it('is killed when its time is over, and a new process takes the next event', async () => {
    const hung = await it_.lambda.invoke('faulty', '{"mode":"hang"}', 'invoke');
    assert.equal(hung.error, 'Task timed out after 1.00 seconds');
    assert.ok(it_.lines('faulty').some((line) => line.endsWith('Task timed out after 1.00 seconds')));
    const next = await it_.lambda.invoke('faulty', '{}', 'invoke');
    assert.equal(next.payload, '"fine"');
    assert.equal(next.coldStart, true);
  });

  it('survives an exit in the handler by a new process', async () => {
    const gone = await it_.lambda.invoke('faulty', '{"mode":"exit"}', 'invoke');
    assert.equal(gone.error, 'Runtime.ExitError: Runtime exited with error: exit status 3');
    assert.equal((await it_.lambda.invoke('faulty', '{}', 'invoke')).payload, '"fine"');
  });

  it('fails of a rejection that nobody handles', async () => {
    const result = await it_.lambda.invoke('faulty', '{"mode":"reject"}', 'invoke');
    assert.equal(result.error, 'Runtime.UnhandledPromiseRejection: Error: forgotten');
    assert.equal((await it_.lambda.invoke('faulty', '{}', 'invoke')).payload, '"fine"');
  });

  it('that cannot be loaded, or wants a callback on Node.js 24, fails each event with the reason', async () => {
    assert.equal((await it_.lambda.invoke('broken', '{}', 'invoke')).error, 'Error: cannot load');
    assert.match(
      (await it_.lambda.invoke('old', '{}', 'invoke')).error ?? '',
      /^Runtime.CallbackHandlerDeprecated/,
    );
    assert.equal((await it_.lambda.invoke('broken', '{}', 'invoke')).error, 'Error: cannot load');
  });

  it('takes a scenario’s variables over the template’s in a new process', async () => {
    it_.lambda.overrideEnvironment('echo', { TABLE: 'wrong', QUEUE: undefined });
    const { env, count } = JSON.parse((await it_.lambda.invoke('echo', '{}', 'invoke')).payload);
    assert.deepEqual([env.TABLE, env.QUEUE, count], ['wrong', undefined, 1]);
    assert.equal(it_.lambda.find('echo')?.environment.TABLE, 'wrong');
  });

  it('of an unknown name is refused as the API refuses it', async () => {
    await assert.rejects(it_.lambda.invoke('nobody', '{}', 'invoke'), {
      name: 'ResourceNotFoundException',
      status: 404,
    });
  });

  it('leaves no process behind when it is stopped in the middle of an event', async () => {
    const other = await bench({
      hang: { source: 'export const handler = () => new Promise(() => {});', properties: { Timeout: 60 } },
    });
    other.lambda.invokeAsync('hang', '{}', 'invoke');
    while (!other.lines('hang').some((line) => line.startsWith('START')))
      await new Promise((next) => setImmediate(next));
    await other.stop();
    assert.equal(other.pids.length, 1);
    assert.deepEqual(other.pids.filter(isAlive), []);
    assert.deepEqual(other.log.of('lambda'), []);
  });
});
