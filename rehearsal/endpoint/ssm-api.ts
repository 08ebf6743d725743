/** Systems Manager on the wire: documents, parameters, managed hosts, and the commands of their own file. */
import { z } from 'zod';
import { AwsError } from '../aws-error';
import { type Api, type Context, listOf, type Operations, operation, text } from './operation';
import { commandOperations } from './ssm-commands';

type Instance = ReturnType<Context['services']['ssm']['instances']>[number];
type Document = ReturnType<Context['services']['ssm']['documents']>[number];

const filterInput = z.object({ Key: text, Values: listOf(text) });

function passes(instance: Instance, { Key, Values }: z.output<typeof filterInput>): boolean {
  if (Key === 'InstanceIds') return Values.includes(instance.instanceId);
  if (Key === 'PingStatus') return Values.includes(pingOf(instance));
  if (Key === 'tag-key') return Values.some((key) => key in instance.tags);
  if (Key.startsWith('tag:')) return Values.includes(instance.tags[Key.slice('tag:'.length)] ?? '');
  throw new AwsError('InvalidFilterKey', `not rehearsed: the filter ${Key}`);
}

const pingOf = (instance: Instance): string => (instance.online ? 'Online' : 'ConnectionLost');

const describeInstanceInformation = operation(
  z.object({ Filters: listOf(filterInput).default([]) }),
  ({ Filters }, { services }) => ({
    InstanceInformationList: services.ssm
      .instances()
      .filter((instance) => Filters.every((filter) => passes(instance, filter)))
      .map((instance) => ({
        InstanceId: instance.instanceId,
        PingStatus: pingOf(instance),
        LastPingDateTime: new Date(services.clock.now()),
        // The first agent that passes parameters as environment variables.
        AgentVersion: '3.3.2746.0',
        IsLatestVersion: true,
        PlatformType: 'Linux',
        PlatformName: 'Amazon Linux',
        PlatformVersion: '2023',
        ResourceType: 'EC2Instance',
        IPAddress: '127.0.0.1',
        ComputerName: instance.instanceId,
      })),
  }),
);

const getParameter = operation(z.object({ Name: text }), ({ Name }, { services, startedAt }) => {
  const value = services.ssm.parameter(Name);
  if (value === undefined) throw new AwsError('ParameterNotFound', `there is no parameter ${Name}`);
  const { partition, region, accountId } = services.place;
  return {
    Parameter: {
      Name,
      Type: 'String',
      Value: value,
      Version: 1,
      LastModifiedDate: new Date(startedAt),
      ARN: `arn:${partition}:ssm:${region}:${accountId}:parameter/${Name.replace(/^\//, '')}`,
      DataType: 'text',
    },
  };
});

function needDocument(nameOrArn: string, { services }: Context): Document {
  const name = nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1);
  const found = services.ssm.documents().find((document) => document.name === name);
  if (found === undefined) throw new AwsError('InvalidDocument', `there is no document ${nameOrArn}`);
  return found;
}

const contentOf = ({ content }: Document): string =>
  typeof content === 'string' ? content : JSON.stringify(content, null, 2);

function parametersOf({ content }: Document): object[] {
  const parsed = (typeof content === 'string' ? JSON.parse(content) : content) as {
    parameters?: Record<string, { type?: string; description?: string; default?: unknown }>;
  };
  return Object.entries(parsed.parameters ?? {}).map(([Name, declared]) => ({
    Name,
    Type: declared.type,
    Description: declared.description ?? '',
    ...(declared.default === undefined ? {} : { DefaultValue: String(declared.default) }),
  }));
}

const identityOf = (document: Document, { services }: Context): object => ({
  Name: document.name,
  Owner: services.place.accountId,
  DocumentVersion: '1',
  DocumentType: 'Command',
  DocumentFormat: 'JSON',
  SchemaVersion: document.schemaVersion,
  PlatformTypes: ['Linux'],
});

const operations: Operations = {
  ...commandOperations,
  DescribeInstanceInformation: describeInstanceInformation,
  GetParameter: getParameter,
  GetDocument: operation(z.object({ Name: text }), ({ Name }, context) => {
    const document = needDocument(Name, context);
    return {
      Name: document.name,
      DocumentVersion: '1',
      Status: 'Active',
      Content: contentOf(document),
      DocumentType: 'Command',
      DocumentFormat: 'JSON',
    };
  }),
  DescribeDocument: operation(z.object({ Name: text }), ({ Name }, context) => {
    const document = needDocument(Name, context);
    return {
      Document: {
        ...identityOf(document, context),
        Status: 'Active',
        DefaultVersion: '1',
        LatestVersion: '1',
        Parameters: parametersOf(document),
      },
    };
  }),
  ListDocuments: operation(z.object({}), (_input, context) => ({
    DocumentIdentifiers: context.services.ssm.documents().map((one) => identityOf(one, context)),
  })),
};

export const ssmApi: Api = {
  name: 'SSM',
  targetPrefix: 'AmazonSSM',
  jsonVersion: '1.1',
  operations,
};
