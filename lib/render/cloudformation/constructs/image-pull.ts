/** What the host may fetch from a private registry: the one repository that its image is in. */
import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { Config } from '../../../config/config';
import { privateRegistry } from '../../../config/workload';

/** Adds nothing where there is no image, or where it lies in a registry that is not AWS's. */
export function grantPull(role: Role, { workload }: Config): void {
  const registry = workload.kind === 'container' ? privateRegistry(workload.image) : undefined;
  if (registry === undefined) return;
  const { account, region, repository } = registry;
  role.addToPolicy(
    // The password is one for the whole registry; AWS knows no resource to name here.
    new PolicyStatement({ sid: 'EnterRegistry', actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }),
  );
  role.addToPolicy(
    new PolicyStatement({
      sid: 'PullOwnImage',
      actions: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchCheckLayerAvailability'],
      resources: [
        Stack.of(role).formatArn({
          service: 'ecr',
          account,
          region,
          resource: 'repository',
          resourceName: repository,
        }),
      ],
    }),
  );
}
