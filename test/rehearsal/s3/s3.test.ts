/** S3 on the wire: one archive up and down, in the forms in which SDKs and the CLI ask for it. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { systemClock } from '../../../rehearsal/clock';
import { startEndpoint } from '../../../rehearsal/endpoint/endpoint';
import type { Endpoint, EndpointServices } from '../../../rehearsal/endpoint/types';
import { createObjects } from '../../../rehearsal/s3/objects';
import { counter, place, resource } from '../parts';

const bucket = 'some-releases';
let endpoint: Endpoint;
before(async () => {
  endpoint = await startEndpoint({ port: 0 });
  const clock = systemClock();
  const objects = createObjects({ resources: [resource('AWS::S3::Bucket', bucket)], clock });
  // Nothing else is asked for here.
  endpoint.serve({ objects, clock, place, newId: counter(), resources: [] } as unknown as EndpointServices);
});
after(() => endpoint.stop());

const call = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${endpoint.url}/${path}`, init);
const put = (
  key: string,
  body: Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<Response> => call(`${bucket}/${key}`, { method: 'PUT', body, headers });
const bytes = new Uint8Array([0, 255, 10, 13, 128]);

describe('an object', () => {
  it('comes back byte for byte, with its size and its checksum', async () => {
    assert.equal((await put('releases/a.tar.gz', bytes)).status, 200);
    const got = await call(`${bucket}/releases/a.tar.gz`);
    assert.deepEqual(new Uint8Array(await got.arrayBuffer()), bytes);
    assert.match(got.headers.get('etag') ?? '', /^"[0-9a-f]{32}"$/);
    const head = await call(`${bucket}/releases/a.tar.gz`, { method: 'HEAD' });
    assert.deepEqual([head.status, head.headers.get('content-length')], [200, '5']);
  });

  it('may be asked for in part', async () => {
    await put('part', bytes);
    const got = await call(`${bucket}/part`, { headers: { range: 'bytes=1-2' } });
    assert.deepEqual([got.status, got.headers.get('content-range')], [206, 'bytes 1-2/5']);
    assert.deepEqual(new Uint8Array(await got.arrayBuffer()), bytes.slice(1, 3));
    assert.equal((await call(`${bucket}/part`, { headers: { range: 'bytes=9-' } })).status, 416);
  });

  it('may come in the frames in which SDKs stream it', async () => {
    const framed = new TextEncoder().encode(
      '3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nx-amz-checksum-crc32:AAAA\r\n\r\n',
    );
    await put('framed', framed, { 'content-encoding': 'aws-chunked' });
    assert.equal(await (await call(`${bucket}/framed`)).text(), 'abcde');
  });

  it('that is not there, and a bucket that is none, are refused each in its way', async () => {
    const missing = await call(`${bucket}/missing`);
    assert.equal(missing.status, 404);
    assert.match(await missing.text(), /<Code>NoSuchKey<\/Code>/);
    assert.equal((await call('another-bucket/a')).status, 501);
  });
});
