/** Tables of the template in the local DynamoDB. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { startDynamoDb } from '../../../rehearsal/dynamodb/dynamodb';
import { createTableRequest } from '../../../rehearsal/dynamodb/template';
import { resource } from '../parts';

const table = (type: string, id: string, properties: Record<string, unknown> = {}) =>
  resource(type, id, {
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    ...properties,
  });

it('both kinds of table are made, whatever they say of billing', async () => {
  const dynamodb = await startDynamoDb({
    resources: [
      table('AWS::DynamoDB::Table', 'provisioned', {
        ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
      }),
      table('AWS::DynamoDB::GlobalTable', 'on-demand', { BillingMode: 'PAY_PER_REQUEST' }),
    ],
  });
  assert.deepEqual(dynamodb.tableNames, ['provisioned', 'on-demand']);
  await dynamodb.stop();
});

it('a table that DynamoDB would refuse is refused in its name', async () => {
  await assert.rejects(startDynamoDb({ resources: [table('AWS::DynamoDB::Table', 'it')] }), {
    name: 'NotRehearsable',
    message:
      /^it \(AWS::DynamoDB::Table\): the local DynamoDB refused the table, got .*at least 3 characters/,
  });
});

it('an index keeps its keys and projection', () => {
  const index = {
    IndexName: 'by-state',
    KeySchema: [{ AttributeName: 'state', KeyType: 'HASH' }],
    Projection: { ProjectionType: 'ALL' },
    WarmThroughput: {},
  };
  const request = createTableRequest(
    table('AWS::DynamoDB::Table', 'incidents', {
      BillingMode: 'PAY_PER_REQUEST',
      GlobalSecondaryIndexes: [index],
    }),
  );
  const { WarmThroughput: _ignored, ...kept } = index;
  assert.deepEqual(request.GlobalSecondaryIndexes, [kept]);
});
