import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { environment } from '../../../../lambda/remediation/contract';
import { logGroups } from '../../../../lib/catalog/host';
import { remedies } from '../../../../lib/catalog/remedies';
import { sampleConfig } from '../../sample-config';
import {
  allowedBy,
  onlyOne,
  plain,
  resourcesOf,
  type Statement,
  synthesiseConfig,
  synthesised,
  templateOf,
} from './template';

const stage = synthesised('nat');
const remediation = templateOf(stage, 'remediation');
const lambda = onlyOne(remediation, 'AWS::Lambda::Function');
const statements = allowedBy(remediation);
const documentNames = Object.values(remedies).map(({ document }) => `fraud-dev-${document}`);

const allowing = (action: string): Statement[] => statements.filter(({ Action }) => Action.includes(action));

describe('the remediation function', () => {
  it('runs on the newest runtime, traced, from a bundle', () => {
    const { Runtime, TracingConfig, Handler, Architectures } = lambda.Properties;
    assert.deepEqual(
      [Runtime, TracingConfig, Handler, Architectures],
      ['nodejs24.x', { Mode: 'Active' }, 'index.handler', ['arm64']],
    );
  });

  it('trap 10: reserves no concurrency, which a new account does not have', () => {
    for (const { id, Properties } of resourcesOf(stage, 'AWS::Lambda::Function')) {
      assert.equal(Properties.ReservedConcurrentExecutions, undefined, id);
    }
  });

  it('retries once, never acts on an old event, and hands on what it cannot do', () => {
    const { MaximumRetryAttempts, MaximumEventAgeInSeconds, Qualifier, DestinationConfig } = onlyOne(
      remediation,
      'AWS::Lambda::EventInvokeConfig',
    ).Properties;
    assert.deepEqual([MaximumRetryAttempts, MaximumEventAgeInSeconds, Qualifier], [1, 300, '$LATEST']);
    assert.match(JSON.stringify(DestinationConfig), /OnFailure/);
    for (const { Properties } of resourcesOf(remediation, 'AWS::Events::Rule')) {
      for (const { RetryPolicy } of Properties.Targets as { RetryPolicy: Record<string, number> }[]) {
        assert.deepEqual(RetryPolicy, { MaximumEventAgeInSeconds: 300, MaximumRetryAttempts: 2 });
      }
    }
  });

  it('logs into the group that the observation stack makes with a key and a retention', () => {
    const { LogGroup } = lambda.Properties.LoggingConfig as { LogGroup: string };
    assert.equal(LogGroup, logGroups('fraud-dev').remediation);
    const groups = resourcesOf(templateOf(stage, 'observation'), 'AWS::Logs::LogGroup');
    assert.ok(groups.some(({ Properties }) => Properties.LogGroupName === LogGroup));
  });

  it('is told everything that its contract names', () => {
    const { Variables } = lambda.Properties.Environment as { Variables: Record<string, unknown> };
    for (const name of Object.values(environment)) assert.ok(plain(Variables[name]).length > 0, name);
  });

  it('is called by the events topic, three rules, and nobody else', () => {
    const callers = resourcesOf(remediation, 'AWS::Lambda::Permission').map(({ Properties }) => {
      assert.ok(Properties.SourceArn, 'a permission without a source lets every account in');
      return `${plain(Properties.Principal)} ${plain(Properties.SourceArn).replace(/^.*:/, '')}`;
    });
    assert.deepEqual(callers.map((caller) => caller.replace(/[0-9A-F]{8}(?=\.)/, '')).sort(), [
      'events.amazonaws.com <RemediationCommandEnded.Arn>',
      'events.amazonaws.com <RemediationRecheck.Arn>',
      'events.amazonaws.com <RemediationReleaseDeployed.Arn>',
      'sns.amazonaws.com fraud-dev-events',
    ]);
  });

  it('hears of the end of its own commands only', () => {
    const [ends, releases] = resourcesOf(remediation, 'AWS::Events::Rule').flatMap(({ Properties }) => {
      const pattern = Properties.EventPattern as { detail: Record<string, string[]> } | undefined;
      return pattern === undefined ? [] : [pattern.detail];
    });
    assert.deepEqual(ends?.['document-name'], documentNames);
    assert.ok(!ends?.status?.includes('InProgress'), 'their beginning is known to whoever sent them');
    assert.deepEqual(releases?.['document-name'], ['fraud-dev-deploy-release']);
    assert.ok(releases?.status?.includes('InProgress') && releases.status.includes('Success'));
  });
});

describe('what the function may do', () => {
  it('is written statement by statement, without a wildcard for actions', () => {
    assert.deepEqual(
      statements.map(({ Action }) => Action.join(' ')),
      [
        'logs:CreateLogStream logs:PutLogEvents',
        'xray:PutTraceSegments xray:PutTelemetryRecords',
        'sqs:SendMessage sqs:GetQueueAttributes sqs:GetQueueUrl',
        'dynamodb:GetItem dynamodb:PutItem',
        'ssm:SendCommand',
        'ssm:SendCommand',
        'sns:Publish',
        'kms:Decrypt kms:GenerateDataKey*',
        'cloudwatch:DescribeAlarms cloudwatch:GetMetricData ssm:ListCommandInvocations',
      ],
    );
  });

  it('names every resource where AWS knows one, and is bound by a condition where it does not', () => {
    const unnamed = statements.filter(({ Resource }) => Resource.includes('*'));
    assert.deepEqual(
      unnamed.flatMap(({ Action }) => Action),
      [
        'xray:PutTraceSegments',
        'xray:PutTelemetryRecords',
        'cloudwatch:DescribeAlarms',
        'cloudwatch:GetMetricData',
        'ssm:ListCommandInvocations',
      ],
    );
  });

  it('is to run exactly our documents, on exactly the host with our tag', () => {
    const [documents, instances, ...more] = allowing('ssm:SendCommand');
    assert.equal(more.length, 0);
    assert.deepEqual(
      documents?.Resource.map((arn) => arn.replace(/^.*:document\//, '')),
      documentNames,
    );
    assert.equal(documents?.Condition, undefined);
    assert.match(instances?.Resource.join() ?? '', /^arn:[^*]*:ec2:[^*]*:instance\/\*$/);
    assert.deepEqual(instances?.Condition, { StringEquals: { 'ssm:resourceTag/VigiaHost': 'fraud-dev' } });
  });

  it('is to mail people, and to use only the key of their topics, and only through SNS', () => {
    const [mail] = allowing('sns:Publish');
    assert.deepEqual(
      mail?.Resource.map((arn) => arn.replace(/^.*:/, '')),
      ['fraud-dev-page', 'fraud-dev-ticket'],
    );
    const [key] = allowing('kms:Decrypt');
    assert.deepEqual(key?.Condition?.['ForAnyValue:StringEquals'], {
      'kms:ResourceAliases': onlyOne(templateOf(stage, 'observation'), 'AWS::KMS::Alias').Properties
        .AliasName,
    });
    assert.match(plain(key?.Condition?.StringEquals?.['kms:ViaService']), /^sns\./);
  });

  it('is to read and write its one table, with no delete and no scan', () => {
    const [table] = allowing('dynamodb:PutItem');
    assert.deepEqual(table?.Resource, [`<${onlyOne(remediation, 'AWS::DynamoDB::Table').id}.Arn>`]);
  });
});

describe('the incident table', () => {
  const tableWith = (keepIncidents: boolean) =>
    onlyOne(
      templateOf(
        synthesiseConfig(sampleConfig({ keepIncidents, remediation: { mode: 'on' } })),
        'remediation',
      ),
      'AWS::DynamoDB::Table',
    );

  it('can be brought back, and goes with the stack only where that was asked for', () => {
    const kept = tableWith(true);
    assert.deepEqual(kept.Properties.PointInTimeRecoverySpecification, { PointInTimeRecoveryEnabled: true });
    assert.equal(kept.DeletionPolicy, 'Retain');
    assert.equal(tableWith(false).DeletionPolicy, 'Delete');
  });

  it('is paid by the request, for an incident is a handful of writes', () => {
    assert.equal(tableWith(true).Properties.BillingMode, 'PAY_PER_REQUEST');
  });

  it('has no name of its own, which a kept table would hold against the next first deployment', () => {
    assert.equal(tableWith(true).Properties.TableName, undefined);
  });
});
