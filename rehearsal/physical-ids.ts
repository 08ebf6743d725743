/** What `Ref` and `Fn::GetAtt` return, by resource type: names from the template where it gives one, made-up ones otherwise. */
import { createHash } from 'node:crypto';
import type { Place } from './resources';

/** A property of the resource, resolved. */
export type Property = (name: string) => unknown;

export interface Identity {
  readonly ref: string;
  /** Undefined when this type has no such attribute that the rehearsal knows. */
  attribute(name: string): string | undefined;
}

type Make = (context: { place: Place; name: (property: string) => string; token: string }) => {
  ref: string;
  attributes?: Readonly<Record<string, string>>;
};

const arn = ({ partition, region, accountId }: Place, service: string, rest: string): string =>
  `arn:${partition}:${service}:${region}:${accountId}:${rest}`;
const globalArn = ({ partition, accountId }: Place, service: string, rest: string): string =>
  `arn:${partition}:${service}::${accountId}:${rest}`;

const makers: Readonly<Record<string, Make>> = {
  'AWS::SNS::Topic': ({ place, name }) => ({
    ref: arn(place, 'sns', name('TopicName')),
    attributes: { TopicName: name('TopicName'), TopicArn: arn(place, 'sns', name('TopicName')) },
  }),
  'AWS::SQS::Queue': ({ place, name }) => ({
    ref: `https://sqs.${place.region}.amazonaws.com/${place.accountId}/${name('QueueName')}`,
    attributes: { Arn: arn(place, 'sqs', name('QueueName')), QueueName: name('QueueName') },
  }),
  'AWS::Lambda::Function': ({ place, name }) => ({
    ref: name('FunctionName'),
    attributes: { Arn: arn(place, 'lambda', `function:${name('FunctionName')}`) },
  }),
  'AWS::Events::Rule': ({ place, name }) => ({
    ref: name('Name'),
    attributes: { Arn: arn(place, 'events', `rule/${name('Name')}`) },
  }),
  'AWS::DynamoDB::Table': ({ place, name }) => ({
    ref: name('TableName'),
    attributes: { Arn: arn(place, 'dynamodb', `table/${name('TableName')}`) },
  }),
  'AWS::DynamoDB::GlobalTable': ({ place, name }) => ({
    ref: name('TableName'),
    attributes: { Arn: arn(place, 'dynamodb', `table/${name('TableName')}`) },
  }),
  'AWS::Logs::LogGroup': ({ place, name }) => ({
    ref: name('LogGroupName'),
    attributes: { Arn: arn(place, 'logs', `log-group:${name('LogGroupName')}:*`) },
  }),
  'AWS::CloudWatch::Alarm': ({ place, name }) => ({
    ref: name('AlarmName'),
    attributes: { Arn: arn(place, 'cloudwatch', `alarm:${name('AlarmName')}`) },
  }),
  'AWS::CloudWatch::CompositeAlarm': ({ place, name }) => ({
    ref: name('AlarmName'),
    attributes: { Arn: arn(place, 'cloudwatch', `alarm:${name('AlarmName')}`) },
  }),
  'AWS::CloudWatch::Dashboard': ({ name }) => ({ ref: name('DashboardName') }),
  'AWS::SSM::Parameter': ({ name }) => ({ ref: name('Name') }),
  'AWS::SSM::Document': ({ name }) => ({ ref: name('Name') }),
  'AWS::S3::Bucket': ({ place, name }) => {
    // Names of buckets are lower case, and end at 63 characters.
    const bucket = name('BucketName').toLowerCase().slice(0, 63);
    return { ref: bucket, attributes: { Arn: `arn:${place.partition}:s3:::${bucket}` } };
  },
  'AWS::IAM::Role': ({ place, name }) => ({
    ref: name('RoleName'),
    attributes: { Arn: globalArn(place, 'iam', `role/${name('RoleName')}`) },
  }),
  'AWS::KMS::Key': ({ place, token }) => ({
    ref: `00000000-0000-0000-0000-${token.slice(0, 12)}`,
    attributes: {
      Arn: arn(place, 'kms', `key/00000000-0000-0000-0000-${token.slice(0, 12)}`),
      KeyId: `00000000-0000-0000-0000-${token.slice(0, 12)}`,
    },
  }),
  'AWS::KMS::Alias': ({ name }) => ({ ref: name('AliasName') }),
  'AWS::EC2::Instance': ({ place, token }) => ({
    ref: `i-${token.slice(0, 17)}`,
    attributes: {
      InstanceId: `i-${token.slice(0, 17)}`,
      PrivateIp: '127.0.0.1',
      AvailabilityZone: `${place.region}a`,
    },
  }),
};

/**
 * The identity of one resource. A resource that the template does not name gets `generated`, or else a name like
 * CloudFormation's, the same in every run.
 */
export function identify(
  type: string,
  where: { stack: string; logicalId: string; place: Place; generated?: string },
  property: Property,
): Identity {
  const token = createHash('sha256').update(`${where.stack}/${where.logicalId}`).digest('hex');
  const generated =
    where.generated ?? `${where.stack}-${where.logicalId}-${token.slice(0, 12).toUpperCase()}`;
  const name = (key: string): string => {
    const given = property(key);
    return typeof given === 'string' ? given : generated;
  };
  const maker = makers[type];
  if (maker === undefined) {
    // Types the rehearsal builds nothing from: any stable text will do for whoever refers to them.
    return { ref: generated, attribute: (attribute) => `${generated}.${attribute}` };
  }
  const { ref, attributes = {} } = maker({ place: where.place, name, token });
  return { ref, attribute: (attribute) => attributes[attribute] };
}
