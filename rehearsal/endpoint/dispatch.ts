/** Finds out which service and operation a request is for, and in which protocol it is spoken. */
import { cbor } from '@smithy/core/cbor';
import { AwsError } from '../aws-error';
import type { Protocol } from './answers';
import { cloudwatchApi } from './cloudwatch-metrics';
import { ec2Api, stsApi } from './identity-apis';
import { logsApi } from './logs-api';
import type { Api } from './operation';
import { unfold } from './query-parameters';
import { snsApi } from './sns-api';
import { sqsApi } from './sqs-api';
import { ssmApi } from './ssm-api';

export const apis: readonly Api[] = [cloudwatchApi, logsApi, snsApi, sqsApi, ssmApi, stsApi, ec2Api];

export interface Incoming {
  readonly method: string;
  /** Path and query, still encoded. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Already decompressed. */
  readonly body: Buffer;
}

export interface Call {
  readonly api: Api;
  readonly protocol: Protocol;
  readonly operation: string;
  /** Parses the body; throws AwsError SerializationException. */
  readonly input: () => unknown;
}

const header = (incoming: Incoming, name: string): string => String(incoming.headers[name] ?? '');

function parseBody(parse: () => unknown): unknown {
  try {
    return parse();
  } catch (error) {
    throw new AwsError('SerializationException', error instanceof Error ? error.message : String(error));
  }
}

function rpcCall(incoming: Incoming): Call | undefined {
  const [, prefix, operation = ''] = /^\/service\/([^/]+)\/operation\/([^/?]+)/.exec(incoming.url) ?? [];
  const api = apis.find((one) => one.targetPrefix === prefix && prefix !== undefined);
  if (api === undefined) return undefined;
  const { body } = incoming;
  const input = (): unknown =>
    parseBody(() => (body.length === 0 ? {} : (cbor.deserialize(body) as unknown)));
  return { api, protocol: 'cbor', operation, input };
}

function jsonCall(incoming: Incoming): Call | undefined {
  const [prefix, operation = ''] = header(incoming, 'x-amz-target').split('.');
  const api = apis.find((one) => one.targetPrefix !== undefined && one.targetPrefix === prefix);
  if (api === undefined) return undefined;
  const input = (): unknown => parseBody(() => JSON.parse(incoming.body.toString('utf8') || '{}') as unknown);
  return { api, protocol: 'json', operation, input };
}

function queryCall(incoming: Incoming): Call | undefined {
  const [path = '', search = ''] = incoming.url.split('?');
  const isForm = header(incoming, 'content-type').startsWith('application/x-www-form-urlencoded');
  const parameters = new URLSearchParams(isForm ? incoming.body.toString('utf8') : search);
  const operation = parameters.get('Action');
  if (operation === null) return undefined;
  const version = parameters.get('Version');
  const api = apis.find((one) => one.queryVersion !== undefined && one.queryVersion === version);
  if (api === undefined) return undefined;
  const input = unfold(parameters);
  // Older SQS clients name the queue by the path alone.
  if (api === sqsApi && path.length > 1 && input.QueueUrl === undefined) input.QueueUrl = path;
  return { api, protocol: 'query', operation, input: () => input };
}

/** The call in a request, or nothing where no protocol that is spoken here fits it. */
export function identify(incoming: Incoming): Call | undefined {
  return rpcCall(incoming) ?? jsonCall(incoming) ?? queryCall(incoming);
}

/** The refusal of an operation that is not served. */
export function notRehearsed(service: string, operation: string): AwsError {
  return new AwsError(
    'NotImplemented',
    `not rehearsed: ${service}.${operation}; see npx vigia rehearse --capabilities`,
    501,
  );
}
