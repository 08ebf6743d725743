/** One Systems Manager document for each entry of the catalog; they act on the host and come and go with it. */
import { CfnDocument } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { type DocumentKey, documents } from '../../../catalog/documents';
import type { Config } from '../../../config/config';
import { hostDocuments } from '../documents/host-documents';
import { documentName } from '../resource-names';

export class HostDocuments extends Construct {
  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id);
    const contents = hostDocuments(config.service);
    for (const key of Object.keys(documents) as DocumentKey[]) {
      new CfnDocument(this, key, {
        name: documentName(config, documents[key].name),
        documentType: 'Command',
        documentFormat: 'JSON',
        targetType: '/AWS::EC2::Instance',
        // The default would replace a named document, which fails because the name is taken.
        updateMethod: 'NewVersion',
        content: contents[key],
      });
    }
  }
}
