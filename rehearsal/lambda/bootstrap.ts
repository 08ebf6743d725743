/** The Lambda runtime's place: runs in the function's own process, asks for events and calls the shipped handler. */
import { existsSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { systemClock } from '../clock';
import { endMarker } from './end-marker';
import { describeError, patchConsole } from './runtime-console';

type Handler = (event: unknown, context: unknown) => unknown;
interface Answer {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const env = process.env;
const [host, port] = (env.AWS_LAMBDA_RUNTIME_API ?? '').split(':');
const clock = systemClock();
let currentRequestId = '';

// When the rehearsal is gone, by whatever death, this pipe closes and nothing must be left behind.
process.stdin.on('end', () => process.exit(0)).resume();

/** Not fetch: its time limit on headers would end the wait for the next event. */
function call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host,
        port,
        method,
        path: `/2018-06-01/runtime/${path}`,
        headers: { 'content-type': 'application/json' },
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', () =>
          resolve({ headers: incoming.headers, body: Buffer.concat(chunks).toString() }),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

class RuntimeError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

async function loadHandler(): Promise<Handler> {
  const [file = '', ...exportPath] = (env._HANDLER ?? '').split(/\.(?=[^/]*$)/);
  const root = env.LAMBDA_TASK_ROOT ?? '';
  const path = ['.mjs', '.js', '.cjs'].map((suffix) => join(root, file + suffix)).find(existsSync);
  if (path === undefined) {
    throw new RuntimeError('Runtime.ImportModuleError', `Error: Cannot find module '${file}'`);
  }
  const module = (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  const name = exportPath.join('.');
  const handler = module[name] ?? (module.default as Record<string, unknown> | undefined)?.[name];
  if (typeof handler !== 'function') {
    throw new RuntimeError('Runtime.HandlerNotFound', `${file}.${name} is undefined or not exported`);
  }
  // From Node.js 24 on Lambda refuses handlers that take a callback.
  const major = Number(/nodejs(\d+)/.exec(env.AWS_EXECUTION_ENV ?? '')?.[1] ?? 0);
  if (handler.length > 2 && major >= 24) {
    throw new RuntimeError(
      'Runtime.CallbackHandlerDeprecated',
      'AWS Lambda has removed support for callback-based function handlers starting with Node.js 24',
    );
  }
  return handler as Handler;
}

function contextOf(headers: IncomingHttpHeaders): object {
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    awsRequestId: currentRequestId,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => Math.max(0, deadline - clock.now()),
  };
}

const writeOut = process.stdout.write.bind(process.stdout);
const writeError = process.stderr.write.bind(process.stderr);

/** Tells the reader of both streams that the invocation's output is complete, and how much memory it took. */
function markEnd(): void {
  const marker = `${endMarker(currentRequestId)} ${Math.ceil(process.memoryUsage.rss() / 1_048_576)}\n`;
  writeOut(marker);
  writeError(marker);
}

async function fail(kind: string, error: unknown): Promise<void> {
  const described = describeError(error);
  console.error(kind, JSON.stringify(described));
  markEnd();
  await call('POST', `invocation/${currentRequestId}/error`, described);
}

async function invokeOnce(handler: Handler): Promise<void> {
  const { headers, body } = await call('GET', 'invocation/next');
  currentRequestId = String(headers['lambda-runtime-aws-request-id']);
  env._X_AMZN_TRACE_ID = String(headers['lambda-runtime-trace-id'] ?? '');
  let result: unknown;
  try {
    result = (await handler(JSON.parse(body), contextOf(headers))) ?? null;
    JSON.stringify(result);
  } catch (error) {
    return fail('Invoke Error', error);
  }
  markEnd();
  await call('POST', `invocation/${currentRequestId}/response`, result);
}

function dieOn(event: 'unhandledRejection' | 'uncaughtException', name: string, exitCode: number): void {
  process.on(event, (reason: unknown) => {
    const message = reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason);
    const error = new RuntimeError(name, message);
    fail(
      event === 'unhandledRejection' ? 'Unhandled Promise Rejection' : 'Uncaught Exception',
      error,
    ).finally(() => process.exit(exitCode));
  });
}

async function main(): Promise<void> {
  patchConsole(() => currentRequestId, clock);
  let handler: Handler;
  try {
    handler = await loadHandler();
  } catch (error) {
    const described = describeError(error);
    console.error('Uncaught Exception', JSON.stringify(described));
    await call('POST', 'init/error', described);
    process.exit(1);
  }
  // The exit codes are those of AWS's own runtime client.
  dieOn('unhandledRejection', 'Runtime.UnhandledPromiseRejection', 128);
  dieOn('uncaughtException', 'Runtime.UncaughtException', 129);
  for (;;) await invokeOnce(handler);
}

main().catch(() => process.exit(1));
