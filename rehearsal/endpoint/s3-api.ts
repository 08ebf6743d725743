/** S3 on the wire, as far as one archive goes up and down: by path, since an address of this machine takes no bucket's name. */
import type { StoredObject } from '../s3/objects';
import type { HttpAnswer } from './answers';
import type { Context } from './operation';
import { notServed, type RestRequest, type Route } from './rest-apis';
import { element } from './xml';

const bucketAndKey = /^\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/(.+)$/;

function place({ path }: RestRequest, { services }: Context): { bucket: string; key: string } {
  const [, bucket = '', key = ''] = bucketAndKey.exec(path) ?? [];
  // Every other path that nobody serves would look like an object of an unknown bucket.
  if (!services.objects.buckets().includes(bucket)) throw notServed(path);
  return { bucket, key: decodeURIComponent(key) };
}

function refusal(status: number, code: string, message: string, key: string): HttpAnswer {
  const style = { item: 'member', flattened: {} } as const;
  const inner = [
    element('Code', code, style),
    element('Message', message, style),
    element('Key', key, style),
  ].join('');
  return {
    status,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${inner}</Error>`,
  };
}

const headersOf = ({ storedAt, etag }: StoredObject): Record<string, string> => ({
  'content-type': 'application/octet-stream',
  'accept-ranges': 'bytes',
  'last-modified': new Date(storedAt).toUTCString(),
  etag: `"${etag}"`,
});

function getObject(request: RestRequest, context: Context): HttpAnswer {
  const { bucket, key } = place(request, context);
  const object = context.services.objects.get(bucket, key);
  if (object === undefined) return refusal(404, 'NoSuchKey', 'The specified key does not exist.', key);
  const headers = headersOf(object);
  const size = object.body.length;
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(String(request.headers.range ?? '')) ?? [];
  if (from === undefined) return { status: 200, headers, body: object.body };
  const last = Math.min(to === undefined || to === '' ? size - 1 : Number(to), size - 1);
  if (Number(from) > last) return refusal(416, 'InvalidRange', 'The requested range is not satisfiable', key);
  return {
    status: 206,
    headers: { ...headers, 'content-range': `bytes ${from}-${last}/${size}` },
    body: object.body.subarray(Number(from), last + 1),
  };
}

/** The size is told, and no body sent. */
function headObject(request: RestRequest, context: Context): HttpAnswer {
  const { bucket, key } = place(request, context);
  const object = context.services.objects.get(bucket, key);
  if (object === undefined) return { status: 404, headers: {}, body: '' };
  return {
    status: 200,
    headers: { ...headersOf(object), 'content-length': String(object.body.length) },
    body: '',
  };
}

function putObject(request: RestRequest, context: Context): HttpAnswer {
  const { bucket, key } = place(request, context);
  const isChunked = String(request.headers['content-encoding'] ?? '').includes('aws-chunked');
  const body = isChunked ? unchunked(request.bytes) : request.bytes;
  const { etag } = context.services.objects.put(bucket, key, Buffer.from(body));
  return { status: 200, headers: { etag: `"${etag}"` }, body: '' };
}

/** The SDKs' own framing of a stream: sizes in hexadecimal before each chunk, checksums behind the last. */
function unchunked(bytes: Buffer): Buffer {
  const chunks: Buffer[] = [];
  let at = 0;
  while (at < bytes.length) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) break;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    if (!(size > 0)) break;
    chunks.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
  return Buffer.concat(chunks);
}

export const s3Routes: readonly Route[] = [
  { method: 'GET', path: bucketAndKey, service: 'S3', operation: 'GetObject', run: getObject },
  { method: 'HEAD', path: bucketAndKey, service: 'S3', operation: 'HeadObject', run: headObject },
  { method: 'PUT', path: bucketAndKey, service: 'S3', operation: 'PutObject', run: putObject },
];
