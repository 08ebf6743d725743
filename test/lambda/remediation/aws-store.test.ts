import assert from 'node:assert/strict';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { connectAws } from '../../../lambda/remediation/aws';
import { tableKeys } from '../../../lambda/remediation/contract';
import type { Ports } from '../../../lambda/remediation/ports';
import { storeKit } from '../ports-kit';
import { setting } from './fixtures';

const table: Server = dynalite({ createTableMs: 0 });
let tables = 0;

before(async () => {
  process.env.AWS_ACCESS_KEY_ID = 'test';
  process.env.AWS_SECRET_ACCESS_KEY = 'test';
  await new Promise<void>((resolve) => table.listen(0, '127.0.0.1', resolve));
  process.env.AWS_ENDPOINT_URL_DYNAMODB = `http://127.0.0.1:${(table.address() as AddressInfo).port}`;
});

after(() => {
  table.closeAllConnections();
  table.close();
});

function ports(tableName: string): Ports {
  const given = { ...setting, resources: { ...setting.resources, tableName } };
  return connectAws(given, (client) => client)(() => 30_000);
}

storeKit('store in DynamoDB', async () => {
  tables += 1;
  const TableName = `incidents-${tables}`;
  const client = new DynamoDBClient({ region: 'eu-west-1' });
  const { partition, sort } = tableKeys;
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [partition, sort].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S' as const,
      })),
      KeySchema: [
        { AttributeName: partition, KeyType: 'HASH' },
        { AttributeName: sort, KeyType: 'RANGE' },
      ],
    }),
  );
  while ((await client.send(new DescribeTableCommand({ TableName }))).Table?.TableStatus !== 'ACTIVE');
  return {
    store: ports(TableName),
    archived: async (id) => {
      const Key = { [partition]: { S: 'inference-prod' }, [sort]: { S: id } };
      const { Item } = await client.send(new GetItemCommand({ TableName, Key }));
      return JSON.parse(Item?.body?.S ?? 'null') as unknown;
    },
  };
});

test('a table that does not exist is an error, never an empty record', async () => {
  await assert.rejects(ports('nowhere').load(), /not found|ResourceNotFound/);
});
