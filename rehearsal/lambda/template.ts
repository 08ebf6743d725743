/** Reads the functions of the template: their settings, who may invoke them, and what becomes of failed events. */
import { z } from 'zod';
import { NotRehearsable } from '../not-rehearsable';
import type { Place, Resource } from '../resources';

/** Defaults are the service's. */
const functionProperties = z.object({
  Handler: z.string(),
  Runtime: z.string(),
  Timeout: z.coerce.number().default(3),
  MemorySize: z.coerce.number().default(128),
  Role: z.string().default(''),
  Description: z.string().default(''),
  PackageType: z.string().default('Zip'),
  Layers: z.array(z.unknown()).default([]),
  ReservedConcurrentExecutions: z.coerce.number().optional(),
  Environment: z.object({ Variables: z.record(z.string(), z.coerce.string()).default({}) }).optional(),
  DeadLetterConfig: z.object({ TargetArn: z.string() }).optional(),
  TracingConfig: z.object({ Mode: z.string() }).optional(),
  LoggingConfig: z
    .object({
      LogGroup: z.string().optional(),
      LogFormat: z.enum(['Text', 'JSON']).default('Text'),
      ApplicationLogLevel: z.string().optional(),
    })
    .optional(),
});

const destination = z.object({ Destination: z.string() });
const invokeConfigProperties = z.object({
  FunctionName: z.string(),
  Qualifier: z.string(),
  MaximumRetryAttempts: z.coerce.number().default(2),
  MaximumEventAgeInSeconds: z.coerce.number().default(21_600),
  DestinationConfig: z
    .object({ OnFailure: destination.optional(), OnSuccess: destination.optional() })
    .optional(),
});

const permissionProperties = z.object({
  Action: z.string(),
  FunctionName: z.string(),
  Principal: z.string(),
  SourceArn: z.string().optional(),
  SourceAccount: z.coerce.string().optional(),
});

/** What the template says of events that nobody waits for. */
export interface AsyncSettings {
  readonly maximumRetryAttempts: number;
  readonly maximumEventAgeSeconds: number;
  readonly onFailure?: string;
  readonly onSuccess?: string;
  readonly deadLetterArn?: string;
}

export type Permission = z.infer<typeof permissionProperties>;

export interface FunctionTemplate {
  readonly resource: Resource;
  readonly subject: string;
  readonly name: string;
  readonly arn: string;
  readonly settings: z.infer<typeof functionProperties>;
  readonly logGroup: string;
  readonly async: AsyncSettings;
  readonly permissions: readonly Permission[];
}

const subjectOf = (resource: Resource): string => `${resource.logicalId} (${resource.type})`;

function parse<T>(schema: z.ZodType<T>, resource: Resource): T {
  const parsed = schema.safeParse(resource.properties);
  if (parsed.success) return parsed.data;
  throw new NotRehearsable(subjectOf(resource), z.prettifyError(parsed.error), 'correct the property');
}

/** The function's name in a name, an ARN, or an ARN with a qualifier. */
export function functionNameOf(nameOrArn: string): string {
  const parts = nameOrArn.split(':');
  return parts.length >= 7 ? (parts[6] ?? '') : (parts[0] ?? '');
}

function checkFunction(subject: string, settings: z.infer<typeof functionProperties>): void {
  const refuse = (why: string, action: string): never => {
    throw new NotRehearsable(subject, why, action);
  };
  if (!settings.Runtime.startsWith('nodejs')) {
    refuse(`the runtime ${settings.Runtime} is not rehearsed`, 'use a nodejs runtime');
  }
  if (settings.PackageType !== 'Zip') refuse('container images are not rehearsed', 'ship a zip');
  if (settings.Layers.length > 0) refuse('layers are not rehearsed', 'bundle what the layer holds');
  if (settings.ReservedConcurrentExecutions === 0) {
    refuse('ReservedConcurrentExecutions 0 lets nothing run', 'remove the property');
  }
}

function asyncSettings(
  config: z.infer<typeof invokeConfigProperties> | undefined,
  deadLetterArn: string | undefined,
): AsyncSettings {
  const onFailure = config?.DestinationConfig?.OnFailure?.Destination;
  const onSuccess = config?.DestinationConfig?.OnSuccess?.Destination;
  return {
    maximumRetryAttempts: config?.MaximumRetryAttempts ?? 2,
    maximumEventAgeSeconds: config?.MaximumEventAgeInSeconds ?? 21_600,
    ...(onFailure === undefined ? {} : { onFailure }),
    ...(onSuccess === undefined ? {} : { onSuccess }),
    ...(deadLetterArn === undefined ? {} : { deadLetterArn }),
  };
}

/** Every AWS::Lambda::Function with its AWS::Lambda::Permission and AWS::Lambda::EventInvokeConfig. */
export function readFunctions(resources: readonly Resource[], place: Place): FunctionTemplate[] {
  const ofType = (type: string): Resource[] => resources.filter((resource) => resource.type === type);
  const permissions = ofType('AWS::Lambda::Permission').map((one) => parse(permissionProperties, one));
  const configs = ofType('AWS::Lambda::EventInvokeConfig').map((resource) => {
    const config = parse(invokeConfigProperties, resource);
    if (config.Qualifier === '$LATEST') return config;
    throw new NotRehearsable(
      subjectOf(resource),
      `the qualifier ${config.Qualifier} is not rehearsed`,
      'use $LATEST',
    );
  });
  return ofType('AWS::Lambda::Function').map((resource) => {
    const settings = parse(functionProperties, resource);
    const subject = subjectOf(resource);
    checkFunction(subject, settings);
    const name = resource.id;
    const isOfThis = (one: { FunctionName: string }): boolean => functionNameOf(one.FunctionName) === name;
    return {
      resource,
      subject,
      name,
      arn: `arn:${place.partition}:lambda:${place.region}:${place.accountId}:function:${name}`,
      settings,
      logGroup: settings.LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`,
      async: asyncSettings(configs.find(isOfThis), settings.DeadLetterConfig?.TargetArn),
      permissions: permissions.filter(isOfThis),
    };
  });
}
