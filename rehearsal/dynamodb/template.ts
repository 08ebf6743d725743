/** Turns a table of the template into the CreateTable request that means the same. */
import type { Resource } from '../resources';

type Properties = Readonly<Record<string, unknown>>;

const listOf = (value: unknown): Properties[] => (Array.isArray(value) ? (value as Properties[]) : []);

/** One unit each: nothing is throttled in a rehearsal, and the API wants numbers where billing is provisioned. */
const leastThroughput = { ReadCapacityUnits: 1, WriteCapacityUnits: 1 };

const indexOf = (index: Properties, isProvisioned: boolean): Properties => ({
  IndexName: index.IndexName,
  KeySchema: index.KeySchema,
  Projection: index.Projection,
  ...(isProvisioned ? { ProvisionedThroughput: leastThroughput } : {}),
});

const localIndexOf = ({ IndexName, KeySchema, Projection }: Properties): Properties => ({
  IndexName,
  KeySchema,
  Projection,
});

/** For AWS::DynamoDB::Table and, its one local replica standing for all, AWS::DynamoDB::GlobalTable. */
export function createTableRequest({ id, properties }: Resource): Properties {
  const isProvisioned = properties.BillingMode !== 'PAY_PER_REQUEST';
  const globalIndexes = listOf(properties.GlobalSecondaryIndexes);
  const localIndexes = listOf(properties.LocalSecondaryIndexes);
  return {
    TableName: id,
    AttributeDefinitions: properties.AttributeDefinitions,
    KeySchema: properties.KeySchema,
    BillingMode: isProvisioned ? 'PROVISIONED' : 'PAY_PER_REQUEST',
    ...(isProvisioned ? { ProvisionedThroughput: leastThroughput } : {}),
    ...(globalIndexes.length === 0
      ? {}
      : { GlobalSecondaryIndexes: globalIndexes.map((index) => indexOf(index, isProvisioned)) }),
    ...(localIndexes.length === 0 ? {} : { LocalSecondaryIndexes: localIndexes.map(localIndexOf) }),
  };
}
