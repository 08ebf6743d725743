/** Systems Manager's operations on commands. */
import { z } from 'zod';
import { AwsError } from '../aws-error';
import type { Command, CommandInvocation, PluginResult } from '../ssm/types';
import { boolean, type Context, listOf, number, type Operations, operation, page, text } from './operation';

/** What the API shows of a step's output: short in lists, long for one invocation. */
const listedCharacters = 2_500;
const standardOutputCharacters = 24_000;
const standardErrorCharacters = 8_000;
const perPage = 50;

const finished = new Set(['Success', 'Failed', 'TimedOut', 'Cancelled']);

function describeCommand(command: Command): object {
  const countOf = (states: readonly string[]): number =>
    command.invocations.filter((one) => states.includes(one.status)).length;
  return {
    CommandId: command.commandId,
    DocumentName: command.documentName,
    DocumentVersion: '$DEFAULT',
    Comment: command.comment,
    ExpiresAfter: new Date(command.expiresAt),
    Parameters: command.parameters,
    InstanceIds: command.instanceIds,
    Targets: command.targets,
    RequestedDateTime: new Date(command.requestedAt),
    Status: command.status,
    StatusDetails: command.statusDetails,
    OutputS3BucketName: '',
    OutputS3KeyPrefix: '',
    MaxConcurrency: '50',
    MaxErrors: '0',
    TargetCount: command.invocations.length,
    CompletedCount: countOf([...finished]),
    ErrorCount: countOf(['Failed', 'TimedOut']),
    DeliveryTimedOutCount: 0,
  };
}

function describePlugin(plugin: PluginResult): object {
  const separator = plugin.errorOutput === '' ? '' : '\n----------ERROR-------\n';
  return {
    Name: plugin.name,
    Status: plugin.status,
    StatusDetails: plugin.status,
    ResponseCode: plugin.responseCode,
    ...(plugin.startedAt === undefined ? {} : { ResponseStartDateTime: new Date(plugin.startedAt) }),
    ...(plugin.endedAt === undefined ? {} : { ResponseFinishDateTime: new Date(plugin.endedAt) }),
    Output: `${plugin.output}${separator}${plugin.errorOutput}`.slice(0, listedCharacters),
    StandardOutputUrl: '',
    StandardErrorUrl: '',
  };
}

const describeInvocation = (
  command: Command,
  invocation: CommandInvocation,
  withDetails: boolean,
): object => ({
  CommandId: command.commandId,
  InstanceId: invocation.instanceId,
  InstanceName: '',
  Comment: command.comment,
  DocumentName: command.documentName,
  DocumentVersion: '$DEFAULT',
  RequestedDateTime: new Date(command.requestedAt),
  Status: invocation.status,
  StatusDetails: invocation.statusDetails,
  StandardOutputUrl: '',
  StandardErrorUrl: '',
  CommandPlugins: withDetails ? invocation.plugins.map(describePlugin) : [],
});

const listInput = z.object({
  CommandId: text.optional(),
  InstanceId: text.optional(),
  MaxResults: number.default(perPage),
  NextToken: text.optional(),
  Filters: listOf(z.object({ key: text, value: text })).default([]),
  Details: boolean.default(false),
});

/** The commands that a list asks for, newest first as the API answers. */
function selected(input: z.output<typeof listInput>, { services }: Context): Command[] {
  const tests = input.Filters.map(({ key, value }): ((command: Command) => boolean) => {
    if (key === 'Status') return (command) => command.status === value;
    if (key === 'DocumentName') return (command) => command.documentName === value;
    if (key === 'InvokedAfter') return (command) => command.requestedAt > new Date(value).getTime();
    if (key === 'InvokedBefore') return (command) => command.requestedAt < new Date(value).getTime();
    throw new AwsError('InvalidFilterKey', `not rehearsed: the filter ${key}`);
  });
  return services.ssm
    .commands()
    .filter(
      (command) =>
        (input.CommandId === undefined || command.commandId === input.CommandId) &&
        (input.InstanceId === undefined ||
          command.invocations.some((one) => one.instanceId === input.InstanceId)) &&
        tests.every((test) => test(command)),
    )
    .toReversed();
}

const isoOrNothing = (at: number | undefined): string => (at === undefined ? '' : new Date(at).toISOString());

function elapsed(plugin: PluginResult | undefined): string {
  if (plugin?.startedAt === undefined || plugin.endedAt === undefined) return '';
  return `PT${((plugin.endedAt - plugin.startedAt) / 1000).toFixed(3)}S`;
}

/** The step that is asked for; a document of several steps wants one named. */
function pluginOf(invocation: CommandInvocation, name: string | undefined): PluginResult | undefined {
  if (name === undefined) {
    if (invocation.plugins.length > 1) {
      const names = invocation.plugins.map((plugin) => plugin.name).join(', ');
      throw new AwsError('InvalidPluginName', `the document has several steps, name one of ${names}`);
    }
    return invocation.plugins[0];
  }
  const found = invocation.plugins.find((plugin) => plugin.name === name);
  if (found === undefined && invocation.plugins.length > 0) {
    throw new AwsError('InvalidPluginName', `the document has no step ${name}`);
  }
  return found;
}

const getCommandInvocation = operation(
  z.object({ CommandId: text, InstanceId: text, PluginName: text.optional() }),
  ({ CommandId, InstanceId, PluginName }, { services }) => {
    const command = services.ssm.commands().find((one) => one.commandId === CommandId);
    const invocation = command?.invocations.find((one) => one.instanceId === InstanceId);
    if (command === undefined || invocation === undefined) {
      throw new AwsError('InvocationDoesNotExist', 'the command has no invocation on this instance');
    }
    const plugin = pluginOf(invocation, PluginName);
    const state: { status: string; statusDetails?: string } =
      PluginName === undefined || plugin === undefined ? invocation : plugin;
    return {
      CommandId,
      InstanceId,
      Comment: command.comment,
      DocumentName: command.documentName,
      DocumentVersion: '$DEFAULT',
      PluginName: plugin?.name ?? '',
      ResponseCode: plugin?.responseCode ?? -1,
      ExecutionStartDateTime: isoOrNothing(plugin?.startedAt),
      ExecutionElapsedTime: elapsed(plugin),
      ExecutionEndDateTime: isoOrNothing(plugin?.endedAt),
      Status: state.status,
      StatusDetails: state.statusDetails ?? state.status,
      StandardOutputContent: (plugin?.output ?? '').slice(0, standardOutputCharacters),
      StandardOutputUrl: '',
      StandardErrorContent: (plugin?.errorOutput ?? '').slice(0, standardErrorCharacters),
      StandardErrorUrl: '',
      CloudWatchOutputConfig: { CloudWatchLogGroupName: '', CloudWatchOutputEnabled: false },
    };
  },
);

const sendCommand = operation(
  z.object({
    DocumentName: text,
    InstanceIds: listOf(text).optional(),
    Targets: listOf(z.object({ Key: text, Values: listOf(text) })).optional(),
    Parameters: z.record(z.string(), listOf(text)).optional(),
    TimeoutSeconds: number.optional(),
    Comment: text.optional(),
  }),
  ({ DocumentName, InstanceIds, Targets, Parameters, TimeoutSeconds, Comment }, { services }) => ({
    Command: describeCommand(
      services.ssm.sendCommand({
        DocumentName,
        ...(InstanceIds === undefined ? {} : { InstanceIds }),
        ...(Targets === undefined ? {} : { Targets }),
        ...(Parameters === undefined ? {} : { Parameters }),
        ...(TimeoutSeconds === undefined ? {} : { TimeoutSeconds }),
        ...(Comment === undefined ? {} : { Comment }),
      }),
    ),
  }),
);

export const commandOperations: Operations = {
  SendCommand: sendCommand,
  GetCommandInvocation: getCommandInvocation,
  ListCommands: operation(listInput, (input, context) => {
    const { items, nextToken } = page(selected(input, context), input.MaxResults, input.NextToken);
    return { Commands: items.map(describeCommand), NextToken: nextToken };
  }),
  ListCommandInvocations: operation(listInput, (input, context) => {
    const found = selected(input, context).flatMap((command) =>
      command.invocations
        .filter((one) => input.InstanceId === undefined || one.instanceId === input.InstanceId)
        .map((invocation) => describeInvocation(command, invocation, input.Details)),
    );
    const { items, nextToken } = page(found, input.MaxResults, input.NextToken);
    return { CommandInvocations: items, NextToken: nextToken };
  }),
};
