/** What of AWS::Logs the rehearsal honours. */
import type { Honoured } from '../honoured';

export const honoured: Honoured = {
  'AWS::Logs::LogGroup': {
    honoured: ['LogGroupName', 'RetentionInDays', 'LogGroupClass'],
    ignored: {
      DataProtectionPolicy: 'nothing is masked: the lines never leave this machine',
      DeletionProtectionEnabled: 'nothing is deleted',
      FieldIndexPolicies: 'indexes change the price of a query, not its answer',
      KmsKeyId: 'the rehearsal encrypts nothing',
      Tags: 'nothing selects log groups by tag',
    },
  },
};
