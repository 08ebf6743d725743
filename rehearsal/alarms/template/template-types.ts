/** The resource types that alarms are tested with; everything else in a template is only looked at when one of these refers to it. */

export const alarmTypes: ReadonlySet<string> = new Set([
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::CloudWatch::LogAlarm',
]);

export const readTypes: ReadonlySet<string> = new Set([
  ...alarmTypes,
  'AWS::CloudWatch::AlarmMuteRule',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
]);
