/** What Ref and Fn::GetAtt give in a foreign template: names that the user can foresee, because series must name them too. */
import { type Identity, identify, type Property } from '../../physical-ids';
import type { Place } from '../../resources';

/** Types whose Ref is the name that the template may give them, beyond those that the rehearsal builds. */
const nameProperties: Readonly<Record<string, string>> = {
  'AWS::AutoScaling::AutoScalingGroup': 'AutoScalingGroupName',
  'AWS::ECR::Repository': 'RepositoryName',
  'AWS::ECS::Cluster': 'ClusterName',
  'AWS::Kinesis::Stream': 'Name',
  'AWS::KinesisFirehose::DeliveryStream': 'DeliveryStreamName',
  'AWS::RDS::DBCluster': 'DBClusterIdentifier',
  'AWS::RDS::DBInstance': 'DBInstanceIdentifier',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::Serverless::Function': 'FunctionName',
  'AWS::Serverless::SimpleTable': 'TableName',
};

/** Attributes that are the name that the template gives. */
const nameAttributes: Readonly<Record<string, readonly [attribute: string, property: string]>> = {
  'AWS::ECS::Service': ['Name', 'ServiceName'],
  'AWS::StepFunctions::StateMachine': ['Name', 'StateMachineName'],
};

/** Types whose ids AWS makes up: no template can name them. */
const inventedIds = new Set(['AWS::EC2::Instance', 'AWS::KMS::Key']);

/**
 * The identity of a resource of a foreign template. Ref gives the name where the type's Ref is its name or is made of it
 * (a topic's ARN), and the logical id otherwise; Fn::GetAtt gives `LogicalId.Attribute` where nothing better is known.
 * `given` are the user's own answers: `LogicalId` for Ref, `LogicalId.Attribute` for Fn::GetAtt.
 */
export function predictableIdentity(
  type: string,
  where: { readonly stack: string; readonly logicalId: string; readonly place: Place },
  property: Property,
  given: Readonly<Record<string, string>>,
): Identity {
  const { logicalId } = where;
  const ownRef = Object.hasOwn(given, logicalId) ? given[logicalId] : undefined;
  const answer = (attribute: string): string | undefined => {
    const key = `${logicalId}.${attribute}`;
    return Object.hasOwn(given, key) ? given[key] : undefined;
  };
  // The name of a queue stands at the end of its URL, that of a topic at the end of its ARN.
  const ownName = ownRef?.slice(ownRef.search(/[^/:]*$/));
  const nameOf = (key: string): string => {
    const name = ownName ?? property(key);
    return typeof name === 'string' ? name : logicalId;
  };
  const known = inventedIds.has(type)
    ? undefined
    : identify(type, { ...where, generated: logicalId }, (name) => ownName ?? property(name));
  const nameProperty = nameProperties[type];
  const [nameAttribute, namedBy = ''] = nameAttributes[type] ?? [];
  return {
    ref: ownRef ?? (nameProperty === undefined ? (known?.ref ?? logicalId) : nameOf(nameProperty)),
    attribute: (attribute) =>
      answer(attribute) ??
      (attribute === nameAttribute ? nameOf(namedBy) : known?.attribute(attribute)) ??
      `${logicalId}.${attribute}`,
  };
}
