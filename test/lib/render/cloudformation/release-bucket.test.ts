import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { releaseOf, stampRelease } from '../../../../lib/render/cloudformation/release';
import { onlyOne, resourcesOf, synthesised, templateOf } from './template';

describe('the bucket of releases', () => {
  const host = templateOf(synthesised('nat'), 'host');
  const { Properties, DeletionPolicy, id } = onlyOne(host, 'AWS::S3::Bucket');

  it('is encrypted, versioned, closed to the public, and stays when the stack goes', () => {
    assert.deepEqual(Properties.VersioningConfiguration, { Status: 'Enabled' });
    assert.match(JSON.stringify(Properties.BucketEncryption), /AES256/);
    assert.deepEqual(Object.values(Properties.PublicAccessBlockConfiguration as object), [
      true,
      true,
      true,
      true,
    ]);
    assert.equal(DeletionPolicy, 'RetainExceptOnCreate');
    assert.equal(
      Properties.BucketName,
      undefined,
      'a name of its own would stand in the way of the next deployment',
    );
  });

  it('refuses whoever comes without TLS', () => {
    const [policy] = resourcesOf(host, 'AWS::S3::BucketPolicy').filter(({ Properties: of }) =>
      JSON.stringify(of.Bucket).includes(id),
    );
    assert.match(JSON.stringify(policy?.Properties.PolicyDocument), /"aws:SecureTransport":"false"/);
  });

  it('forgets old releases, and parts of uploads that never ended', () => {
    const rules = JSON.stringify(Properties.LifecycleConfiguration);
    for (const word of ['ExpirationInDays', 'NoncurrentVersionExpiration', 'AbortIncompleteMultipartUpload'])
      assert.ok(rules.includes(word), word);
  });

  it('tells its name to whoever uploads', () => {
    assert.deepEqual(host.Outputs?.ReleaseBucket, {
      Description: 'Releases are uploaded here; npx vigia release prints the command',
      Value: { Ref: id },
    });
  });
});

describe('the identity of a release', () => {
  const directory = mkdtempSync(join(tmpdir(), 'vigia-identity-'));
  after(() => rmSync(directory, { recursive: true }));
  const release = (name: string, content: string): string => {
    const path = join(directory, name);
    mkdirSync(path);
    writeFileSync(join(path, 'server.js'), content);
    return path;
  };

  it('follows the content alone, and is what the directory says', () => {
    const [one, same, other] = [release('one', 'a'), release('same', 'a'), release('other', 'b')];
    const id = stampRelease(one);
    assert.match(id, /^[0-9a-f]{12}$/);
    assert.equal(stampRelease(same), id);
    assert.notEqual(stampRelease(other), id);
    assert.deepEqual(JSON.parse(readFileSync(join(one, 'release.json'), 'utf8')), { release: id });
    assert.equal(releaseOf(one), id);
  });

  it('of a directory that carries none is its content', () => {
    const path = release('bare', 'a');
    assert.equal(releaseOf(path), stampRelease(path));
  });
});
