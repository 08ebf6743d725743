/** What of AWS::DynamoDB the rehearsal honours. */
import type { Honoured } from '../honoured';

const common = [
  'TableName',
  'AttributeDefinitions',
  'KeySchema',
  'BillingMode',
  'GlobalSecondaryIndexes',
  'LocalSecondaryIndexes',
];

const ignored = {
  SSESpecification: 'the rehearsal encrypts nothing',
  TimeToLiveSpecification: 'AWS deletes within days, a rehearsal lasts minutes',
  WarmThroughput: 'nothing is throttled',
};

export const honoured: Honoured = {
  'AWS::DynamoDB::Table': {
    honoured: common,
    ignored: {
      ...ignored,
      ContributorInsightsSpecification: 'it only observes',
      DeletionProtectionEnabled: 'nothing is deleted',
      OnDemandThroughput: 'nothing is throttled',
      PointInTimeRecoverySpecification: 'nothing is restored',
      ProvisionedThroughput: 'nothing is throttled',
      ResourcePolicy: 'identity policies of roles are not judged',
      TableClass: 'it changes the price alone',
      Tags: 'nothing selects tables by tag',
    },
  },
  'AWS::DynamoDB::GlobalTable': {
    honoured: common,
    ignored: {
      ...ignored,
      Replicas: 'there is one region',
      ReadOnDemandThroughputSettings: 'nothing is throttled',
      WriteOnDemandThroughputSettings: 'nothing is throttled',
      WriteProvisionedThroughputSettings: 'nothing is throttled',
    },
  },
};

/** What a person should know of the tables of a rehearsal. */
export const simplifications: readonly string[] = [
  'tables live in dynalite, which has no transactions, streams or PartiQL',
];
