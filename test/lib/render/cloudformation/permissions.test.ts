import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { allowedBy, synthesised, templateOf } from './template';

const source = readFileSync(join(__dirname, '../../../../lambda/remediation/aws.ts'), 'utf8');

/** IAM's prefix of each SDK client the function uses. */
const prefixes: Readonly<Record<string, string>> = {
  cloudwatch: 'cloudwatch',
  dynamodb: 'dynamodb',
  sns: 'sns',
  sqs: 'sqs',
  ssm: 'ssm',
};

/** Actions that the function calls, read from what it imports: `{ PutItemCommand } from client-dynamodb`. */
function calledActions(): string[] {
  return [...source.matchAll(/import \{([^}]+)\} from '@aws-sdk\/client-([a-z]+)'/g)].flatMap(
    ([, names = '', client = '']) =>
      [...names.matchAll(/\b(\w+)Command\b/g)].map(([, name]) => `${prefixes[client] ?? client}:${name}`),
  );
}

/** What a granted permission is for when no SDK command is named like it. */
const withoutCommand: Readonly<Record<string, string>> = {
  'logs:CreateLogStream': "Lambda's own log",
  'logs:PutLogEvents': "Lambda's own log",
  'xray:PutTraceSegments': 'active tracing',
  'xray:PutTelemetryRecords': 'active tracing',
  'kms:Decrypt': 'publishing to an encrypted topic',
  'kms:GenerateDataKey*': 'publishing to an encrypted topic',
  'sqs:GetQueueAttributes': "rendered by the CDK's grant to send",
  'sqs:GetQueueUrl': "rendered by the CDK's grant to send",
};

describe('the function’s permissions', () => {
  const granted = allowedBy(templateOf(synthesised('nat'), 'remediation')).flatMap(({ Action }) => Action);

  it('cover every call that it makes', () => {
    const called = calledActions();
    assert.ok(called.length >= 8, called.join());
    assert.deepEqual(
      called.filter((action) => !granted.includes(action)),
      [],
    );
  });

  it('cover nothing that it does not call', () => {
    const called = calledActions();
    assert.deepEqual(
      granted.filter((action) => !called.includes(action) && !(action in withoutCommand)),
      [],
    );
  });
});
