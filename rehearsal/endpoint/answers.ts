/** Renders an operation's value, or its error, in the protocol in which it was asked. */
import { cbor, tag } from '@smithy/core/cbor';
import type { AwsError } from '../aws-error';
import type { Api } from './operation';
import { element, members } from './xml';

export type Protocol = 'json' | 'cbor' | 'query';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** Replaces dates and maps by what the protocol has for them, and drops undefined members. */
function plain(value: unknown, date: (date: Date) => unknown): unknown {
  if (value instanceof Date) return date(value);
  if (Array.isArray(value)) return value.map((one: unknown) => plain(one, date));
  if (value instanceof Map) return plain(Object.fromEntries(value), date);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([key, inner]) => [key, plain(inner, date)]),
  );
}

const seconds = (date: Date): number => date.getTime() / 1000;

const jsonBody = (value: unknown): string => JSON.stringify(plain(value ?? {}, seconds));
const cborBody = (value: unknown): Uint8Array =>
  cbor.serialize(plain(value ?? {}, (date) => tag({ tag: 1, value: seconds(date) })));

const styleOf = (api: Api) => ({
  item: api.isEc2 ? ('item' as const) : ('member' as const),
  flattened: api.flattened ?? {},
});

function queryBody(api: Api, operation: string, value: unknown, requestId: string): string {
  const style = styleOf(api);
  const inner = members(typeof value === 'object' && value !== null ? value : {}, style);
  const content = api.isEc2
    ? element('requestId', requestId, style) + inner
    : `<${operation}Result>${inner}</${operation}Result>${element('ResponseMetadata', { RequestId: requestId }, style)}`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${operation}Response xmlns="${api.namespace ?? ''}">${content}</${operation}Response>`;
}

const contentTypes = (api: Api): Readonly<Record<Protocol, string>> => ({
  json: `application/x-amz-json-${api.jsonVersion ?? '1.1'}`,
  cbor: 'application/cbor',
  query: 'text/xml;charset=UTF-8',
});

function headersFor(api: Api, protocol: Protocol, requestId: string): Record<string, string> {
  return {
    'content-type': contentTypes(api)[protocol],
    'x-amzn-requestid': requestId,
    ...(protocol === 'cbor' ? { 'smithy-protocol': 'rpc-v2-cbor' } : {}),
  };
}

/** The answer of an operation that succeeded. */
export function success(
  api: Api,
  protocol: Protocol,
  options: { readonly operation: string; readonly value: unknown; readonly requestId: string },
): HttpAnswer {
  const { operation, value, requestId } = options;
  const bodies: Readonly<Record<Protocol, () => string | Uint8Array>> = {
    json: () => jsonBody(value),
    cbor: () => cborBody(value),
    query: () => queryBody(api, operation, value, requestId),
  };
  return { status: 200, headers: headersFor(api, protocol, requestId), body: bodies[protocol]() };
}

function queryError(api: Api, error: AwsError, requestId: string): string {
  const style = styleOf(api);
  const { code, message } = error;
  const head = '<?xml version="1.0" encoding="UTF-8"?>\n';
  if (api.isEc2) {
    return `${head}<Response>${element('Errors', { Error: { Code: code, Message: message } }, style)}${element('RequestID', requestId, style)}</Response>`;
  }
  const type = error.status < 500 ? 'Sender' : 'Receiver';
  return `${head}<ErrorResponse xmlns="${api.namespace ?? ''}">${element('Error', { Type: type, Code: code, Message: message }, style)}${element('RequestId', requestId, style)}</ErrorResponse>`;
}

/** The answer of an operation that failed. */
export function failure(api: Api, protocol: Protocol, error: AwsError, requestId: string): HttpAnswer {
  const { code, message, status } = error;
  const headers = headersFor(api, protocol, requestId);
  if (api.isQueryCompatible && protocol !== 'query') {
    headers['x-amzn-query-error'] = `${code};${status < 500 ? 'Sender' : 'Receiver'}`;
  }
  const value = { __type: `com.amazonaws.rehearsal#${code}`, message };
  const bodies: Readonly<Record<Protocol, () => string | Uint8Array>> = {
    json: () => jsonBody(value),
    cbor: () => cborBody(value),
    query: () => queryError(api, error, requestId),
  };
  return { status, headers, body: bodies[protocol]() };
}
