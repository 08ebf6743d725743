/**
 * The host's configuration in Parameter Store, and the document that applies it. Each revision has parameters of its own,
 * so a host never reads half of two; a pointer names the one that holds, for the first boot.
 */
import { CfnDocument, ParameterTier, StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { scopeName } from '../../../catalog/names';
import type { Config } from '../../../config/config';
import { applyConfigurationDocument } from '../documents/apply-configuration';
import { type HostFiles, hostFiles } from '../host-files';
import { documentName, hostParameterPath } from '../resource-names';

export class HostConfiguration extends Construct {
  readonly files: HostFiles;
  readonly document: CfnDocument;

  constructor(scope: Construct, id: string, config: Config, agentConfig: Readonly<Record<string, unknown>>) {
    super(scope, id);
    const path = hostParameterPath(config);
    this.files = hostFiles(config, agentConfig);
    const pointer = new StringParameter(this, 'Revision', {
      parameterName: `${path}/revision`,
      description: `The revision of the host configuration of ${scopeName(config)} that holds`,
      stringValue: this.files.revision,
      tier: ParameterTier.STANDARD,
    });
    for (const [name, stringValue] of Object.entries(this.files.contents)) {
      const parameter = new StringParameter(this, name, {
        parameterName: `${path}/${this.files.revision}/${name}`,
        description: `Host configuration of ${scopeName(config)}: ${name}`,
        stringValue,
        tier: ParameterTier.STANDARD,
      });
      // The pointer must never name what is not there yet.
      pointer.node.addDependency(parameter);
    }
    this.document = new CfnDocument(this, 'Apply', {
      name: documentName(config, 'apply-configuration'),
      documentType: 'Command',
      documentFormat: 'JSON',
      targetType: '/AWS::EC2::Instance',
      // The default would replace a named document, which fails because the name is taken.
      updateMethod: 'NewVersion',
      content: applyConfigurationDocument(config.service),
    });
  }
}
