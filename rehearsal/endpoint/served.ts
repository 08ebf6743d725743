/** The operations that the endpoint serves, for the list of what the rehearsal can do. */
import { apis } from './dispatch';
import { routes } from './rest-apis';
import { s3Routes } from './s3-api';
import { xrayRoutes } from './xray-api';

/** Operation names by service, each list in alphabetical order. */
export function operationsServed(): Readonly<Record<string, readonly string[]>> {
  const entries = new Map<string, string[]>();
  for (const api of apis) entries.set(api.name, Object.keys(api.operations));
  for (const { service, operation } of [...routes, ...xrayRoutes, ...s3Routes])
    entries.set(service, [...(entries.get(service) ?? []), operation]);
  // What dynalite implements of the item and table operations.
  entries.set('DynamoDB', [
    ...['BatchGetItem', 'BatchWriteItem', 'CreateTable', 'DeleteItem', 'DeleteTable', 'DescribeTable'],
    ...['DescribeTimeToLive', 'GetItem', 'ListTables', 'ListTagsOfResource', 'PutItem', 'Query', 'Scan'],
    ...['TagResource', 'UntagResource', 'UpdateItem', 'UpdateTable'],
  ]);
  return Object.fromEntries([...entries].map(([service, names]) => [service, names.sort()]));
}
