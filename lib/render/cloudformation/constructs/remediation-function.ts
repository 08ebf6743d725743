/** The remediation function with everything that calls it, everything it may do, and where its failures go. */
import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Code,
  Function as LambdaFn,
  LoggingFormat,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { LambdaSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import {
  environment,
  type RemediationPolicy,
  recheckEvent,
  tableKeys,
} from '../../../../lambda/remediation/contract';
import { documents } from '../../../catalog/documents';
import { logGroups } from '../../../catalog/host';
import { scopeName } from '../../../catalog/names';
import { remediationFunction } from '../../../catalog/remediation';
import { remedies } from '../../../catalog/remedies';
import type { Config } from '../../../config/config';
import { acknowledge } from '../acknowledge';
import { documentName, functionName, hostTagKey, topicKeyAlias } from '../resource-names';
import { topicArnOf } from './catalog-alarms';

/** A remediation must not act on an alarm that is minutes old: the next re-check sees the present instead. */
const maxEventAge = Duration.minutes(5);

/** The steps of the restart document take 130 seconds at most, with room for the delivery. */
const commandTimeoutSeconds = 150;

/** How a command ends; one of them is spelled in two ways by AWS itself. */
const endings = ['Success', 'Failed', 'TimedOut', 'Cancelled', 'Canceled'] as const;

export interface RemediationFunctionProps {
  readonly config: Config;
  /** Directory of the bundled handler (index.mjs). */
  readonly codeDirectory: string;
}

export class RemediationFunction extends Construct {
  readonly function: LambdaFn;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, { config, codeDirectory }: RemediationFunctionProps) {
    super(scope, id);
    const documentNames = Object.values(remedies).map(({ document }) => documentName(config, document));
    this.deadLetters = this.queue();
    const role = this.role(config);
    this.function = new LambdaFn(this, 'Function', {
      functionName: functionName(config),
      description: `Remediates ${scopeName(config)}: diagnoses, acts, verifies, reports`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(codeDirectory),
      role,
      // Several AWS calls with retries; the longest observed path needs about five seconds.
      timeout: Duration.seconds(30),
      memorySize: remediationFunction.memoryMiB,
      tracing: Tracing.ACTIVE,
      loggingFormat: LoggingFormat.TEXT,
      logGroup: LogGroup.fromLogGroupName(this, 'Logs', logGroups(scopeName(config)).remediation),
      // One retry: the second failure means a person must look, and the dead-letter alarm tells one.
      retryAttempts: 1,
      maxEventAge,
      onFailure: new SqsDestination(this.deadLetters),
    });
    this.grantTable(config);
    this.grantCommands(config, documentNames);
    this.grantMail(config);
    this.grantReading();
    this.setEnvironment(config);
    this.listen(config, documentNames);
  }

  private queue(): Queue {
    const queue = new Queue(this, 'DeadLetters', {
      // A customer key would need a grant for SNS, EventBridge and Lambda each; SQS's own needs none.
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    acknowledge(queue, { SQS3: 'This queue is the dead-letter queue.' });
    return queue;
  }

  private role(config: Config): Role {
    const stack = Stack.of(this);
    const group = logGroups(scopeName(config)).remediation;
    const logArn = stack.formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: `${group}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `Remediation of ${scopeName(config)}`,
    });
    role.addToPolicy(
      new PolicyStatement({
        sid: 'WriteOwnLog',
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logArn],
      }),
    );
    acknowledge(role, {
      'IAM5[Resource::*]':
        'X-Ray, GetMetricData, DescribeAlarms and ListCommandInvocations have no resource to name; keys are bound to one alias, instances to one tag.',
      [`IAM5[Resource::arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:${group}:*]`]:
        'The tail stands for the log streams of this one group.',
      'IAM5[Resource::arn:<AWS::Partition>:ec2:<AWS::Region>:<AWS::AccountId>:instance/*]':
        'The host may be replaced at any time; the condition binds the command to the host of this service by its tag.',
      'IAM5[Resource::arn:<AWS::Partition>:kms:<AWS::Region>:<AWS::AccountId>:key/*]':
        'The key belongs to another stack; the condition binds the permission to its alias and to SNS.',
    });
    return role;
  }

  private grantTable(config: Config): void {
    const table = new Table(this, 'Incidents', {
      partitionKey: { name: tableKeys.partition, type: AttributeType.STRING },
      sortKey: { name: tableKeys.sort, type: AttributeType.STRING },
      // A few writes an incident: reserved capacity would be paid for day and night.
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: config.keepIncidents ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    table.grant(this.function, 'dynamodb:GetItem', 'dynamodb:PutItem');
    this.function.addEnvironment(environment.tableName, table.tableName);
  }

  private grantCommands(config: Config, documentNames: readonly string[]): void {
    const stack = Stack.of(this);
    this.function.addToRolePolicy(
      new PolicyStatement({
        sid: 'RunOwnDocuments',
        actions: ['ssm:SendCommand'],
        resources: documentNames.map((name) =>
          stack.formatArn({ service: 'ssm', resource: 'document', resourceName: name }),
        ),
      }),
    );
    this.function.addToRolePolicy(
      new PolicyStatement({
        sid: 'OnOwnHostOnly',
        actions: ['ssm:SendCommand'],
        resources: [stack.formatArn({ service: 'ec2', resource: 'instance', resourceName: '*' })],
        conditions: { StringEquals: { [`ssm:resourceTag/${hostTagKey}`]: scopeName(config) } },
      }),
    );
    this.function.addEnvironment(environment.documentPrefix, scopeName(config));
    this.function.addEnvironment(environment.hostTagKey, hostTagKey);
    this.function.addEnvironment(environment.hostTagValue, scopeName(config));
  }

  private grantMail(config: Config): void {
    const stack = Stack.of(this);
    const topics = { page: topicArnOf(this, config, 'page'), ticket: topicArnOf(this, config, 'ticket') };
    this.function.addToRolePolicy(
      new PolicyStatement({ sid: 'MailPeople', actions: ['sns:Publish'], resources: Object.values(topics) }),
    );
    this.function.addToRolePolicy(
      new PolicyStatement({
        sid: 'UseTopicKey',
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: [stack.formatArn({ service: 'kms', resource: 'key', resourceName: '*' })],
        conditions: {
          'ForAnyValue:StringEquals': { 'kms:ResourceAliases': topicKeyAlias(config) },
          StringEquals: { 'kms:ViaService': `sns.${stack.region}.${stack.urlSuffix}` },
        },
      }),
    );
    acknowledge(this.function.role ?? this.function, {
      'IAM5[Action::kms:GenerateDataKey*]':
        'SNS asks for data keys in more than one form; the key itself is one.',
    });
    this.deadLetters.grantSendMessages(this.function);
    this.function.addEnvironment(environment.pageTopicArn, topics.page);
    this.function.addEnvironment(environment.ticketTopicArn, topics.ticket);
    this.function.addEnvironment(environment.deadLetterQueueUrl, this.deadLetters.queueUrl);
  }

  /** Reads that know no resource: the symptom, its numbers, and how the command ended. */
  private grantReading(): void {
    this.function.addToRolePolicy(
      new PolicyStatement({
        sid: 'ReadSymptoms',
        actions: ['cloudwatch:DescribeAlarms', 'cloudwatch:GetMetricData', 'ssm:ListCommandInvocations'],
        resources: ['*'],
      }),
    );
  }

  private setEnvironment(config: Config): void {
    const {
      mode,
      verifySeconds,
      cooldownMinutes,
      maxActionsPerDay,
      maxAttemptsPerIncident,
      rollbackWithinMinutes,
    } = config.remediation;
    const policy: RemediationPolicy = {
      mode: mode === 'on' ? 'on' : 'dry-run',
      maxAttemptsPerIncident,
      maxActionsPerDay,
      cooldownMinutes,
      verifySeconds,
      commandTimeoutSeconds,
      rollbackWithinMinutes,
    };
    const values: Record<string, string> = {
      [environment.service]: config.service,
      [environment.stage]: config.stage,
      [environment.runbookBaseUrl]: config.notifications.runbookBaseUrl,
      [environment.timeZone]: config.notifications.timeZone,
      [environment.policy]: JSON.stringify(policy),
      POWERTOOLS_SERVICE_NAME: 'remediation',
      POWERTOOLS_METRICS_NAMESPACE: 'Vigia/Remediation',
      POWERTOOLS_LOG_LEVEL: 'INFO',
    };
    for (const [key, value] of Object.entries(values)) this.function.addEnvironment(key, value);
  }

  /** Alarms through SNS, command ends through EventBridge, and once a minute because CloudWatch acts on changes only. */
  private listen(config: Config, documentNames: readonly string[]): void {
    const events = Topic.fromTopicArn(this, 'Events', topicArnOf(this, config, 'events'));
    events.addSubscription(new LambdaSubscription(this.function, { deadLetterQueue: this.deadLetters }));
    const delivery = { deadLetterQueue: this.deadLetters, retryAttempts: 2, maxEventAge };
    new Rule(this, 'CommandEnded', {
      description: 'Tells the remediation how a command ended',
      eventPattern: {
        source: ['aws.ssm'],
        detailType: ['EC2 Command Status-change Notification'],
        detail: {
          'document-name': [...documentNames],
          status: [...endings],
        },
      },
      targets: [new LambdaFunction(this.function, delivery)],
    });
    new Rule(this, 'ReleaseDeployed', {
      description: 'Tells the remediation that a release is being deployed, and how that ended',
      eventPattern: {
        source: ['aws.ssm'],
        detailType: ['EC2 Command Status-change Notification'],
        detail: {
          'document-name': [documentName(config, documents.deployRelease.name)],
          status: ['InProgress', ...endings],
        },
      },
      targets: [new LambdaFunction(this.function, delivery)],
    });
    new Rule(this, 'Recheck', {
      description: 'Looks again at incidents that are open and alarms that stay red',
      schedule: Schedule.rate(Duration.minutes(remediationFunction.recheckMinutes)),
      targets: [
        new LambdaFunction(this.function, { ...delivery, event: RuleTargetInput.fromObject(recheckEvent) }),
      ],
    });
  }
}
