/** Resource types that cost nothing by themselves, each with the reason. A type that is neither here nor on the sheet fails a test. */
export const freeResources: Readonly<Record<string, string>> = {
  'AWS::EC2::InternetGateway': 'Free; what passes through it is billed as data transfer.',
  'AWS::EC2::Route': 'Part of a VPC.',
  'AWS::EC2::RouteTable': 'Part of a VPC.',
  'AWS::EC2::SecurityGroup': 'Part of a VPC.',
  'AWS::EC2::SecurityGroupEgress': 'Part of a VPC.',
  'AWS::EC2::SecurityGroupIngress': 'Part of a VPC.',
  'AWS::EC2::Subnet': 'Part of a VPC.',
  'AWS::EC2::SubnetRouteTableAssociation': 'Part of a VPC.',
  'AWS::EC2::VPC': 'Free by itself.',
  'AWS::EC2::VPCGatewayAttachment': 'Part of a VPC.',
  'AWS::ElasticLoadBalancingV2::Listener': 'Part of a load balancer.',
  'AWS::ElasticLoadBalancingV2::TargetGroup': 'Part of a load balancer.',
  'AWS::Events::Rule': 'Rules on events of AWS services and on a schedule are free.',
  'AWS::IAM::InstanceProfile': 'IAM is free.',
  'AWS::IAM::ManagedPolicy': 'IAM is free.',
  'AWS::IAM::Policy': 'IAM is free.',
  'AWS::IAM::Role': 'IAM is free.',
  'AWS::KMS::Alias': 'A name of a key.',
  'AWS::Lambda::EventInvokeConfig': 'A setting of a function.',
  'AWS::Lambda::Permission': 'A setting of a function.',
  'AWS::S3::BucketPolicy': 'A setting of a bucket.',
  'AWS::SNS::TopicPolicy': 'A setting of a topic.',
  'AWS::SQS::QueuePolicy': 'A setting of a queue.',
  'AWS::SSM::Association': 'State Manager and Run Command are free on EC2.',
  'AWS::SSM::Document': 'Run Command is free on EC2.',
  'AWS::SSM::Parameter': 'Standard parameters are free.',
  'AWS::XRay::Group': 'A saved search, without insights.',
  'AWS::XRay::SamplingRule': 'A setting; the traces it lets through are billed.',
};

/** What a reader may look for and will not find, so that nobody takes the total for a bill. */
export const notOnTheSheet: readonly string[] = [
  'data transfer to callers outside the VPC, and between zones',
  "CPU credits that a burstable host uses beyond its share, under EC2's unlimited mode",
  'free tiers of the account, savings plans, taxes, support',
  "the CDK's staging bucket, and log searches people run",
];
