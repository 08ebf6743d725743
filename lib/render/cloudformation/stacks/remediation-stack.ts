/** What acts: function, incident table, and the alarms that watch the function itself. Empty when it is off. */
import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { CatalogAlarms } from '../constructs/catalog-alarms';
import { RemediationFunction } from '../constructs/remediation-function';
import { isRemediated } from '../resource-names';
import type { VigiaStackProps } from './observation-stack';

export interface RemediationStackProps extends VigiaStackProps {
  readonly codeDirectory: string;
}

export class RemediationStack extends Stack {
  constructor(scope: Construct, id: string, props: RemediationStackProps) {
    super(scope, id, props);
    const { config, codeDirectory } = props;
    if (!isRemediated(config)) return;
    const remediation = new RemediationFunction(this, 'Remediation', {
      config,
      codeDirectory,
    });
    new CatalogAlarms(this, 'Alarms', {
      config,
      owner: 'remediation',
      dimensions: {
        FunctionName: remediation.function.functionName,
        QueueName: remediation.deadLetters.queueName,
      },
    });
  }
}
