/** What of AWS::KMS the rehearsal honours. */
import type { Honoured } from '../honoured';

export const honoured: Honoured = {
  'AWS::KMS::Key': {
    honoured: ['KeyPolicy'],
    ignored: {
      Description: 'text for people',
      Enabled: 'the rehearsal encrypts nothing',
      EnableKeyRotation: 'the rehearsal encrypts nothing',
      KeySpec: 'the rehearsal encrypts nothing',
      KeyUsage: 'the rehearsal encrypts nothing',
      MultiRegion: 'there is one region',
      PendingWindowInDays: 'nothing is deleted',
      RotationPeriodInDays: 'the rehearsal encrypts nothing',
      Tags: 'nothing selects keys by tag',
    },
  },
  'AWS::KMS::Alias': { honoured: ['AliasName', 'TargetKeyId'], ignored: {} },
};
