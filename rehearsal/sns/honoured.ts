/** What of AWS::SNS the rehearsal honours. */
import type { Honoured } from '../honoured';

export const honoured: Honoured = {
  'AWS::SNS::Topic': {
    honoured: ['TopicName', 'DisplayName', 'KmsMasterKeyId', 'Subscription', 'FifoTopic'],
    ignored: {
      DataProtectionPolicy: 'nothing is masked: the messages never leave this machine',
      DeliveryStatusLogging: 'deliveries are events of the rehearsal',
      SignatureVersion: 'nothing is signed',
      Tags: 'nothing selects topics by tag',
      TracingConfig: 'topics write no traces here',
    },
  },
  'AWS::SNS::TopicPolicy': { honoured: ['Topics', 'PolicyDocument'], ignored: {} },
  'AWS::SNS::Subscription': {
    honoured: [
      'TopicArn',
      'Protocol',
      'Endpoint',
      'RawMessageDelivery',
      'FilterPolicy',
      'FilterPolicyScope',
      'RedrivePolicy',
    ],
    ignored: { Region: 'there is one region' },
  },
};

/** What a person should know of the mails of a rehearsal. */
export const simplifications: readonly string[] = [
  'mail subscriptions count as confirmed; on AWS each address must click a link first',
  'filter policies apply at once; on AWS a change takes up to 15 minutes',
];
