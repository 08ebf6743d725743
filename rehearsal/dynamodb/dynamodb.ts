/** DynamoDB on loopback: a kept local implementation with the template's tables in it. */
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import dynalite from 'dynalite';
import { NotRehearsable } from '../not-rehearsable';
import type { Resource } from '../resources';
import { createTableRequest } from './template';
import type { DynamoDb } from './types';

const tableTypes = new Set(['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable']);

/** The signature is looked for and not checked. */
const authorization =
  'AWS4-HMAC-SHA256 Credential=REHEARSAL/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0';

function call(port: number, operation: string, body: unknown): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      'x-amz-date': '20260101T000000Z',
      authorization,
    };
    const outgoing = request({ host: '127.0.0.1', port, method: 'POST', headers }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () =>
        resolve({ status: incoming.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(JSON.stringify(body));
  });
}

/** Starts it on a free port and makes every table of the template; they are active at once. */
export async function startDynamoDb(options: { readonly resources: readonly Resource[] }): Promise<DynamoDb> {
  const server = dynalite({ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const tables = options.resources.filter((resource) => tableTypes.has(resource.type));
  try {
    for (const table of tables) {
      const { status, text } = await call(port, 'CreateTable', createTableRequest(table));
      if (status === 200) continue;
      const why = `the local DynamoDB refused the table, got ${text}`;
      throw new NotRehearsable(
        `${table.logicalId} (${table.type})`,
        why,
        'correct the properties that it names',
      );
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `http://127.0.0.1:${port}`, tableNames: tables.map((table) => table.id), stop };
}
