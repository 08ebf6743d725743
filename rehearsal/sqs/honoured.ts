/** What of AWS::SQS the rehearsal honours. */
import type { Honoured } from '../honoured';

export const honoured: Honoured = {
  'AWS::SQS::Queue': {
    honoured: [
      'QueueName',
      'VisibilityTimeout',
      'DelaySeconds',
      'MessageRetentionPeriod',
      'MaximumMessageSize',
      'ReceiveMessageWaitTimeSeconds',
      'KmsMasterKeyId',
      'RedrivePolicy',
      'FifoQueue',
    ],
    ignored: {
      KmsDataKeyReusePeriodSeconds: 'the rehearsal encrypts nothing',
      RedriveAllowPolicy: 'the queues of one template may all redrive to one another',
      SqsManagedSseEnabled: 'the rehearsal encrypts nothing',
      Tags: 'nothing selects queues by tag',
    },
  },
  'AWS::SQS::QueuePolicy': { honoured: ['Queues', 'PolicyDocument'], ignored: {} },
};
