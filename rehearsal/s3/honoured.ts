/** What of AWS::S3 the rehearsal honours. */
import type { Honoured } from '../honoured';

const identity = 'access is not enforced in a rehearsal';

export const honoured: Honoured = {
  'AWS::S3::Bucket': {
    honoured: ['BucketName'],
    ignored: {
      BucketEncryption: 'the rehearsal encrypts nothing',
      LifecycleConfiguration: 'no object grows old in a rehearsal',
      OwnershipControls: identity,
      PublicAccessBlockConfiguration: identity,
      Tags: 'nothing selects buckets by tag',
      VersioningConfiguration: 'an object is read by its key, and that gives the newest version',
    },
  },
  'AWS::S3::BucketPolicy': {
    honoured: [],
    ignored: { Bucket: identity, PolicyDocument: identity },
  },
};

export const simplifications: readonly string[] = [
  'S3 answers PutObject, GetObject and HeadObject by path; there are no versions, no lists and no multipart uploads',
];
