/** One foreign template with a bit of everything, and an alarm in it whose description is what a test is about. */
import type {
  AlarmTemplate,
  TemplateOptions,
} from '../../../../rehearsal/alarms/template/read-alarm-templates';
import { alarm, readTexts, template } from './fixture';

export const parts = {
  Instance: { Type: 'AWS::EC2::Instance' },
  Queue: { Type: 'AWS::SQS::Queue' },
  Named: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::Sub': '${AWS::StackName}-q' } } },
  Balancer: { Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer' },
  Function: { Type: 'AWS::Serverless::Function' },
  Database: { Type: 'AWS::RDS::DBInstance', Properties: { DBInstanceIdentifier: 'orders' } },
  Topic: { Type: 'AWS::SNS::Topic' },
  Absent: { Type: 'AWS::SNS::Topic', Condition: 'Never' },
  Odd: { Type: 'AWS::SNS::Topic', Properties: { TopicName: { Ref: 'Nowhere' } } },
};
const sections = {
  Parameters: {
    Size: { Type: 'Number', Default: 3 },
    Zones: { Type: 'CommaDelimitedList', Default: 'a, b' },
    Stored: { Type: 'AWS::SSM::Parameter::Value<List<String>>', Default: '/path' },
    Needed: { Type: 'String' },
  },
  Mappings: { Map: { top: { second: 7, list: ['x', 'y'] } } },
  Conditions: {
    Never: { 'Fn::Equals': ['a', 'b'] },
    Always: { 'Fn::Not': [{ Condition: 'Never' }] },
    Both: { 'Fn::And': [{ Condition: 'Always' }, { 'Fn::Equals': [{ Ref: 'Size' }, '3'] }] },
    Either: { 'Fn::Or': [{ Condition: 'Never' }, { Condition: 'Both' }] },
    Circle: { 'Fn::Not': [{ Condition: 'Circle' }] },
  },
};

export const read = (description: unknown, options: Partial<TemplateOptions> = {}): AlarmTemplate =>
  readTexts(
    { 'shop.json': template({ ...parts, Up: alarm({ AlarmDescription: description }) }, sections) },
    options,
  );
