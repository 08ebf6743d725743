/** Where releases wait to be deployed in place: private, encrypted, versioned, reached over TLS only. */
import { CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { releasePrefix } from '../../../catalog/host';
import { acknowledge } from '../acknowledge';

/** Long enough to go back to any release of the last half year; the hosts keep the newest three themselves. */
const keptDays = 180;

/** What was overwritten is kept for this long, in case that was a mistake. */
const overwrittenDays = 30;

export class ReleaseBucket extends Construct {
  private readonly bucket: Bucket;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      lifecycleRules: [
        {
          id: 'old-releases',
          expiration: Duration.days(keptDays),
          noncurrentVersionExpiration: Duration.days(overwrittenDays),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
      // CloudFormation cannot delete a bucket that holds something, and its archives may still be wanted.
      // But for a first deployment that fails: it would leave an empty one each time.
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    acknowledge(this.bucket, {
      S1: 'Who reads it is the host alone, by its role; who writes it is in CloudTrail. A log bucket would need one of its own.',
    });
    new CfnOutput(scope, 'ReleaseBucket', {
      value: this.bucket.bucketName,
      description: 'Releases are uploaded here; npx vigia release prints the command',
    });
  }

  /** Lets a role fetch releases, and nothing else of the bucket. */
  grantFetch(role: IRole): void {
    role.addToPrincipalPolicy(
      new PolicyStatement({
        sid: 'FetchReleases',
        actions: ['s3:GetObject'],
        resources: [this.bucket.arnForObjects(`${releasePrefix}*`)],
      }),
    );
    const bucket = Stack.of(this).getLogicalId(this.bucket.node.defaultChild as CfnBucket);
    acknowledge(role, {
      [`IAM5[Resource::<${bucket}.Arn>/${releasePrefix}*]`]:
        'Any release may be deployed; the tail stands for their names below this one prefix.',
    });
  }
}
