/** The buckets of the template and what lies in them, in memory: a rehearsal moves a few archives and then ends. */
import { createHash } from 'node:crypto';
import type { Resource } from '../resources';

export interface StoredObject {
  readonly body: Buffer;
  readonly storedAt: number;
  /** MD5 of the body, as S3 gives it to what came in one part. */
  readonly etag: string;
}

export interface Objects {
  buckets(): readonly string[];
  get(bucket: string, key: string): StoredObject | undefined;
  /** @throws Error when there is no such bucket */
  put(bucket: string, key: string, body: Buffer): StoredObject;
}

export function createObjects(on: {
  readonly resources: readonly Resource[];
  readonly clock: { now(): number };
}): Objects {
  const names = on.resources.filter(({ type }) => type === 'AWS::S3::Bucket').map(({ id }) => id);
  const stored = new Map<string, StoredObject>();
  return {
    buckets: () => names,
    get: (bucket, key) => stored.get(`${bucket}/${key}`),
    put: (bucket, key, body) => {
      if (!names.includes(bucket)) throw new Error(`there is no bucket ${bucket}`);
      const object = { body, storedAt: on.clock.now(), etag: createHash('md5').update(body).digest('hex') };
      stored.set(`${bucket}/${key}`, object);
      return object;
    },
  };
}
