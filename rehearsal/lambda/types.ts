/** What Lambda is to the rest of the rehearsal: the shipped bundles, each in its own process. */
import type { Clock } from '../clock';
import type { CloudWatch } from '../cloudwatch/types';
import type { Emit } from '../events';
import type { Delivery, Principal } from '../iam/types';
import type { Logs } from '../logs/types';
import type { Place, Resource } from '../resources';
import type { Sqs } from '../sqs/types';

/** What asked for the invocation. */
export type InvocationSource = 'sns' | 'events' | 'schedule' | 'alarm' | 'invoke' | 'retry';

export interface FunctionRecord {
  readonly name: string;
  readonly arn: string;
  readonly runtime: string;
  readonly handler: string;
  readonly memoryMegabytes: number;
  readonly timeoutSeconds: number;
  readonly role: string;
  readonly description: string;
  readonly logGroup: string;
  /** What the process gets from the template, overrides included. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface InvocationResult {
  readonly requestId: string;
  /** The handler's answer as JSON text, or the error object `{errorType, errorMessage, trace}`. */
  readonly payload: string;
  readonly durationMs: number;
  readonly coldStart: boolean;
  /** Present when the function failed: its error in one line. */
  readonly error?: string;
}

export interface LambdaService {
  functions(): readonly FunctionRecord[];
  /** By name, ARN, or ARN with a qualifier. */
  find(nameOrArn: string): FunctionRecord | undefined;
  /** Waits for the answer. Throws AwsError ResourceNotFoundException. */
  invoke(nameOrArn: string, payload: string, source: InvocationSource): Promise<InvocationResult>;
  /** Queues the event with the template's retries and destinations; answers the request id. */
  invokeAsync(nameOrArn: string, payload: string, source: InvocationSource): string;
  /** Whether the function's resource policy (AWS::Lambda::Permission) lets this principal invoke it. */
  allows(nameOrArn: string, principal: Principal): boolean;
  /** Adds variables over the template's (`undefined` removes one) and restarts the process: a scenario's fault. */
  overrideEnvironment(functionName: string, variables: Readonly<Record<string, string | undefined>>): void;
  /** Ends every process; resolves when the last one is gone. */
  stop(): Promise<void>;
}

/** What an on-failure destination needs of SNS, in words of its own: SNS itself is built on this file. */
export interface FailureTopics {
  publish(request: {
    readonly topicArn: string;
    readonly message: string;
    readonly principal: Principal;
  }): Delivery;
}

export interface LambdaDependencies {
  readonly resources: readonly Resource[];
  readonly place: Place;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly newId: () => string;
  readonly cloudwatch: Pick<CloudWatch, 'put'>;
  readonly logs: Pick<Logs, 'put' | 'ensureGroup'>;
  readonly sqs: Pick<Sqs, 'deliver'>;
  /** SNS is made after Lambda: pass `{ publish: (request) => sns.publish(request) }`. */
  readonly sns: FailureTopics;
  /** The unpacked asset of an AWS::Lambda::Function. */
  readonly codeDirectory: (resource: Resource) => string;
  /** AWS_ENDPOINT_URL of every function. */
  readonly endpointUrl: string;
  /** host:port that takes trace segments. */
  readonly xrayAddress: string;
  /** Where the bootstrap may be written; it exists already and the caller removes it. */
  readonly workDirectory: string;
  /** PATH, the only variable that functions get from this machine. */
  readonly path: string;
  /** Told the id of every process, so that it can be ended even after a crash of the rehearsal. */
  readonly onSpawn?: (pid: number) => void;
  /** Waits before the first and second retry; AWS waits one minute, then two. */
  readonly retryDelaysMs?: readonly number[];
}
