/** The environment of a function's process: the template's, Lambda's own, and nothing of this machine but PATH. */
import type { Place } from '../resources';
import type { FunctionTemplate } from './template';

export interface Surroundings {
  readonly place: Place;
  readonly path: string;
  readonly endpointUrl: string;
  readonly xrayAddress: string;
}

/**
 * SDKs send to the host in a queue's URL whatever AWS_ENDPOINT_URL says, so a queue's address in the template's
 * variables must be the endpoint's.
 */
function withLocalQueues(
  variables: Readonly<Record<string, string>>,
  { place, endpointUrl }: Surroundings,
): Record<string, string> {
  const onAws = `https://sqs.${place.region}.amazonaws.com/`;
  const here = `${endpointUrl}/`;
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, value.replaceAll(onAws, here)]),
  );
}

/** Variables of one process; `overrides` win over the template, as a configuration update would. */
export function environmentOf(
  template: FunctionTemplate,
  options: {
    readonly surroundings: Surroundings;
    readonly taskRoot: string;
    readonly runtimeApi: string;
    readonly logStream: string;
    readonly overrides: Readonly<Record<string, string | undefined>>;
  },
): Record<string, string> {
  const { surroundings, taskRoot, runtimeApi, logStream, overrides } = options;
  const { settings, name, logGroup } = template;
  const logging = settings.LoggingConfig;
  const variables: Record<string, string | undefined> = {
    PATH: surroundings.path,
    // No one's credentials: requests are signed with them, and the endpoint does not look.
    AWS_ACCESS_KEY_ID: 'REHEARSAL',
    AWS_SECRET_ACCESS_KEY: 'rehearsal',
    AWS_SESSION_TOKEN: 'rehearsal',
    AWS_ENDPOINT_URL: surroundings.endpointUrl,
    AWS_XRAY_DAEMON_ADDRESS: surroundings.xrayAddress,
    // The SDK's warning is about this machine's Node.js, not about the one on AWS.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    ...withLocalQueues(settings.Environment?.Variables ?? {}, surroundings),
    ...overrides,
    AWS_REGION: surroundings.place.region,
    AWS_DEFAULT_REGION: surroundings.place.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${settings.Runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(settings.MemorySize),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: logStream,
    AWS_LAMBDA_LOG_FORMAT: logging?.LogFormat ?? 'Text',
    ...(logging?.LogFormat === 'JSON' ? { AWS_LAMBDA_LOG_LEVEL: logging.ApplicationLogLevel ?? 'INFO' } : {}),
    AWS_LAMBDA_RUNTIME_API: runtimeApi,
    LAMBDA_TASK_ROOT: taskRoot,
    LAMBDA_RUNTIME_DIR: taskRoot,
    _HANDLER: settings.Handler,
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
  };
  return Object.fromEntries(
    Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
