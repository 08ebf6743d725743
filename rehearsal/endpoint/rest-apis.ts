/** Lambda on the wire, and what all services that are spoken to by path share. */
import { AwsError } from '../aws-error';
import type { FunctionRecord } from '../lambda/types';
import type { HttpAnswer } from './answers';
import type { Context } from './operation';

export interface RestRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** The same, as it came: an archive is no text. */
  readonly bytes: Buffer;
}

export type Route = {
  readonly method: string;
  readonly path: RegExp;
  readonly service: string;
  readonly operation: string;
  readonly run: (request: RestRequest, context: Context, name: string) => HttpAnswer | Promise<HttpAnswer>;
};

export const json = (value: unknown, status = 200, headers: Record<string, string> = {}): HttpAnswer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(value),
});

function configurationOf(record: FunctionRecord): object {
  return {
    FunctionName: record.name,
    FunctionArn: record.arn,
    Runtime: record.runtime,
    Role: record.role,
    Handler: record.handler,
    Description: record.description,
    Timeout: record.timeoutSeconds,
    MemorySize: record.memoryMegabytes,
    Version: '$LATEST',
    Environment: { Variables: record.environment },
    PackageType: 'Zip',
    State: 'Active',
    LoggingConfig: { LogGroup: record.logGroup },
  };
}

function need(name: string, { services }: Context): FunctionRecord {
  const record = services.lambda.find(name);
  if (record !== undefined) return record;
  throw new AwsError('ResourceNotFoundException', `Function not found: ${name}`, 404);
}

async function invoke(request: RestRequest, context: Context, name: string): Promise<HttpAnswer> {
  const record = need(name, context);
  const type = String(request.headers['x-amz-invocation-type'] ?? 'RequestResponse');
  if (type === 'DryRun') return { status: 204, headers: {}, body: '' };
  if (type === 'Event') {
    const requestId = context.services.lambda.invokeAsync(record.name, request.body, 'invoke');
    return { status: 202, headers: { 'x-amzn-requestid': requestId }, body: '' };
  }
  const result = await context.services.lambda.invoke(record.name, request.body, 'invoke');
  return {
    status: 200,
    headers: {
      'content-type': 'application/json',
      'x-amzn-requestid': result.requestId,
      'x-amz-executed-version': '$LATEST',
      ...(result.error === undefined ? {} : { 'x-amz-function-error': 'Unhandled' }),
    },
    body: result.payload,
  };
}

const functions = '/2015-03-31/functions';

export const routes: readonly Route[] = [
  {
    method: 'POST',
    path: new RegExp(`^${functions}/([^/]+)/invocations$`),
    service: 'Lambda',
    operation: 'Invoke',
    run: invoke,
  },
  {
    method: 'GET',
    path: new RegExp(`^${functions}/?$`),
    service: 'Lambda',
    operation: 'ListFunctions',
    run: (_request, { services }) => json({ Functions: services.lambda.functions().map(configurationOf) }),
  },
  {
    method: 'GET',
    path: new RegExp(`^${functions}/([^/]+)/configuration$`),
    service: 'Lambda',
    operation: 'GetFunctionConfiguration',
    run: (_request, context, name) => json(configurationOf(need(name, context))),
  },
  {
    method: 'GET',
    path: new RegExp(`^${functions}/([^/]+)$`),
    service: 'Lambda',
    operation: 'GetFunction',
    run: (_request, context, name) => json({ Configuration: configurationOf(need(name, context)), Tags: {} }),
  },
];

/** The refusal of a path that nobody serves. */
export function notServed(what: string): AwsError {
  return new AwsError(
    'NotImplemented',
    `not rehearsed: HTTP.${what}; see npx vigia rehearse --capabilities`,
    501,
  );
}

/** The REST protocol's error. */
export function restFailure(error: AwsError): HttpAnswer {
  const type = error.status < 500 ? 'User' : 'Service';
  return json({ Type: type, message: error.message, Message: error.message }, error.status, {
    'x-amzn-errortype': error.code,
  });
}
