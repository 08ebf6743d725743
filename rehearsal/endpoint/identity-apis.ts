/** STS and EC2 on the wire: who the caller is, and which hosts there are. */
import { z } from 'zod';
import { type Api, type Context, listOf, operation, text } from './operation';

export const stsApi: Api = {
  name: 'STS',
  queryVersion: '2011-06-15',
  namespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
  operations: {
    GetCallerIdentity: operation(z.object({}), (_input, { services }) => {
      const { partition, accountId } = services.place;
      return {
        Arn: `arn:${partition}:sts::${accountId}:assumed-role/rehearsal/rehearsal`,
        UserId: 'AROAREHEARSAL:rehearsal',
        Account: accountId,
      };
    }),
  },
};

type Instance = ReturnType<Context['services']['ssm']['instances']>[number];

const filterInput = z.object({ Name: text, Value: listOf(text).default([]) });

/** Whether the instance passes a filter; one that is not known here hides everything, as a mistyped one does on AWS. */
function passes(instance: Instance, { Name, Value }: z.output<typeof filterInput>): boolean {
  const state = instance.online ? 'running' : 'stopped';
  if (Name === 'instance-id') return Value.includes(instance.instanceId);
  if (Name === 'instance-state-name') return Value.includes(state);
  if (Name === 'tag-key') return Value.some((key) => key in instance.tags);
  if (!Name.startsWith('tag:')) return false;
  const found = instance.tags[Name.slice('tag:'.length)];
  return found !== undefined && Value.includes(found);
}

/** EC2's XML names, which are not those of its API. */
function describe(instance: Instance, { services, startedAt }: Context): object {
  const { region, accountId } = services.place;
  return {
    reservationId: `r-${instance.instanceId.slice(2)}`,
    ownerId: accountId,
    groupSet: [],
    instancesSet: [
      {
        instanceId: instance.instanceId,
        instanceState: instance.online ? { code: 16, name: 'running' } : { code: 80, name: 'stopped' },
        instanceType: instance.instanceType,
        launchTime: new Date(startedAt),
        placement: { availabilityZone: `${region}a`, tenancy: 'default' },
        privateIpAddress: '127.0.0.1',
        tagSet: Object.entries(instance.tags).map(([key, value]) => ({ key, value })),
      },
    ],
  };
}

export const ec2Api: Api = {
  name: 'EC2',
  queryVersion: '2016-11-15',
  namespace: 'http://ec2.amazonaws.com/doc/2016-11-15/',
  isEc2: true,
  operations: {
    DescribeInstances: operation(
      z.object({ InstanceId: listOf(text).default([]), Filter: listOf(filterInput).default([]) }),
      ({ InstanceId, Filter }, context) => ({
        reservationSet: context.services.ssm
          .instances()
          .filter(
            (instance) =>
              (InstanceId.length === 0 || InstanceId.includes(instance.instanceId)) &&
              Filter.every((filter) => passes(instance, filter)),
          )
          .map((instance) => describe(instance, context)),
      }),
    ),
  },
};
