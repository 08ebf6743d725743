/** One Systems Manager document a remedy. */
import { CfnDocument } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { type RemedyKey, remedies } from '../../../catalog/remedies';
import type { Config } from '../../../config/config';
import { restartServiceDocument } from '../documents/restart-service';
import { documentName } from '../resource-names';

const contents: Readonly<Record<RemedyKey, object>> = { restartService: restartServiceDocument };

export class RemedyDocuments extends Construct {
  readonly names: readonly string[];

  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id);
    this.names = (Object.keys(remedies) as RemedyKey[]).map((key) => {
      const name = documentName(config, remedies[key].document);
      new CfnDocument(this, key, {
        name,
        documentType: 'Command',
        documentFormat: 'JSON',
        targetType: '/AWS::EC2::Instance',
        // The default would replace a named document, which fails because the name is taken.
        updateMethod: 'NewVersion',
        content: contents[key],
      });
      return name;
    });
  }
}
