/** The log groups the host and the function write to, made here so that they have a retention and a key from the start. */
import { RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, LogGroupClass, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { logGroups } from '../../../catalog/host';
import { scopeName } from '../../../catalog/names';
import type { Config } from '../../../config/config';

const retentions: Readonly<Record<Config['logRetentionDays'], RetentionDays>> = {
  1: RetentionDays.ONE_DAY,
  3: RetentionDays.THREE_DAYS,
  7: RetentionDays.ONE_WEEK,
  14: RetentionDays.TWO_WEEKS,
  30: RetentionDays.ONE_MONTH,
  90: RetentionDays.THREE_MONTHS,
  365: RetentionDays.ONE_YEAR,
};

/** How long this stage keeps what it logs, in the library's own words. */
export function logRetention({ logRetentionDays }: Config): RetentionDays {
  return retentions[logRetentionDays];
}

/**
 * Standard class, because the infrequent-access class extracts no metrics from EMF.
 * The groups have fixed names, so they go with the stack: a kept one would make the next first deployment fail.
 */
export class TelemetryLogGroups extends Construct {
  constructor(scope: Construct, id: string, config: Config, key: IKey) {
    super(scope, id);
    for (const [purpose, logGroupName] of Object.entries(logGroups(scopeName(config)))) {
      new LogGroup(this, purpose, {
        logGroupName,
        encryptionKey: key,
        logGroupClass: LogGroupClass.STANDARD,
        retention: logRetention(config),
        removalPolicy: RemovalPolicy.DESTROY,
      });
    }
  }
}
