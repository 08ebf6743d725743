/** The topics, the key they are encrypted with, and the mailboxes behind them. */
import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { Config } from '../../../config/config';
import { type Audience, isRemediated, topicKeyAlias, topicName } from '../resource-names';

/**
 * One topic for pages, one for tickets, one for the alarm events that the remediation reads.
 * A topic policy replaces the default one, and a customer key admits no service by itself: without both grants
 * below alarms change state and silently tell nobody.
 */
export class NotificationTopics extends Construct {
  readonly key: Key;
  readonly topics: Readonly<Partial<Record<Audience, Topic>>>;

  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      alias: topicKeyAlias(config),
      description: `Encrypts topics and log groups of ${config.service} ${config.stage}`,
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.admitCloudWatchLogs();

    const audiences: readonly Audience[] = isRemediated(config)
      ? ['page', 'ticket', 'events']
      : ['page', 'ticket'];
    this.topics = Object.fromEntries(audiences.map((audience) => [audience, this.topic(audience, config)]));
    for (const audience of ['page', 'ticket'] as const) {
      for (const address of config.notifications[audience]) {
        this.topics[audience]?.addSubscription(new EmailSubscription(address));
      }
    }
  }

  private topic(audience: Audience, config: Config): Topic {
    const topic = new Topic(this, audience, {
      topicName: topicName(config, audience),
      displayName: `Vigia ${config.service} ${config.stage}`,
      masterKey: this.key,
      enforceSSL: true,
    });
    const stack = Stack.of(this);
    const alarmArns = stack.formatArn({
      service: 'cloudwatch',
      resource: 'alarm',
      resourceName: '*',
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    topic.grantPublish(
      new ServicePrincipal('cloudwatch.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': stack.account },
          ArnLike: { 'aws:SourceArn': alarmArns },
        },
      }),
    );
    return topic;
  }

  /** Log groups are encrypted with the same key; the service may use it for this account's groups only. */
  private admitCloudWatchLogs(): void {
    const stack = Stack.of(this);
    this.key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'LogGroupsOfThisAccount',
        effect: Effect.ALLOW,
        principals: [new ServicePrincipal(`logs.${stack.region}.${stack.urlSuffix}`)],
        actions: ['kms:Encrypt*', 'kms:Decrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
        resources: ['*'],
        conditions: {
          ArnLike: {
            'kms:EncryptionContext:aws:logs:arn': stack.formatArn({
              service: 'logs',
              resource: 'log-group',
              resourceName: '*',
              arnFormat: ArnFormat.COLON_RESOURCE_NAME,
            }),
          },
        },
      }),
    );
  }
}
