/** The functions of the template: invocation, logs, metrics, and the events that a rehearsal's timeline shows. */
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { AwsError } from '../aws-error';
import { type AsyncEvent, createAsyncInvoker } from './asynchronous';
import { environmentOf } from './environment';
import { endLines, errorOf, incidentIn, startLine } from './log-lines';
import { allows } from './permission';
import { createSandbox, type Sandbox } from './sandbox';
import { type FunctionTemplate, functionNameOf, readFunctions } from './template';
import type {
  FunctionRecord,
  InvocationResult,
  InvocationSource,
  LambdaDependencies,
  LambdaService,
} from './types';

interface FunctionState {
  readonly template: FunctionTemplate;
  readonly sandbox: Sandbox;
  overrides: Readonly<Record<string, string | undefined>>;
}

/** The bootstrap as a script of its own: the processes know nothing of this program's loader. */
function writeBootstrap(directory: string): string {
  const outfile = join(directory, 'bootstrap.mjs');
  buildSync({
    entryPoints: [join(__dirname, 'bootstrap.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
  });
  return outfile;
}

/** `2026/11/14/[$LATEST]0f3c...`, as Lambda names the stream of each process. */
function logStreamName(at: number, newId: () => string): string {
  const day = new Date(at).toISOString().slice(0, 10).replaceAll('-', '/');
  return `${day}/[$LATEST]${newId().replaceAll('-', '')}`;
}

function traceIdOf(template: FunctionTemplate, at: number, newId: () => string): string {
  const hex = newId().replaceAll('-', '').padEnd(40, '0');
  const sampled = template.settings.TracingConfig?.Mode === 'Active' ? 1 : 0;
  const seconds = Math.floor(at / 1000).toString(16);
  return `Root=1-${seconds}-${hex.slice(0, 24)};Parent=${hex.slice(16, 32)};Sampled=${sampled}`;
}

async function createFunction(
  template: FunctionTemplate,
  script: string,
  dependencies: LambdaDependencies,
): Promise<FunctionState> {
  const { place, clock, emit, newId, logs, codeDirectory, path, endpointUrl, xrayAddress } = dependencies;
  const taskRoot = codeDirectory(template.resource);
  let logStream = logStreamName(clock.now(), newId);
  logs.ensureGroup(template.logGroup);
  const write = (line: string): void =>
    logs.put(template.logGroup, logStream, [{ timestamp: clock.now(), message: line }]);
  const state = {
    template,
    overrides: {},
    sandbox: await createSandbox({
      clock,
      script,
      taskRoot,
      timeoutSeconds: template.settings.Timeout,
      onSpawn: dependencies.onSpawn,
      environment: (runtimeApi): Readonly<Record<string, string>> => {
        logStream = logStreamName(clock.now(), newId);
        const { overrides } = state as FunctionState;
        const surroundings = { place, path, endpointUrl, xrayAddress };
        return environmentOf(template, { surroundings, taskRoot, runtimeApi, logStream, overrides });
      },
      onStart: (requestId) => write(startLine(template, requestId, clock.now())),
      onLine: (line) => {
        if (line === '') return;
        write(line);
        const incident = incidentIn(line);
        if (incident !== undefined) emit(incident);
      },
      onEnd: (requestId, outcome) => {
        for (const line of endLines(template, requestId, outcome, clock.now())) write(line);
      },
    }),
  };
  return state;
}

/** Counts what AWS/Lambda counts, at the moment of its happening. */
function createCounts({ cloudwatch, clock }: LambdaDependencies) {
  return (functionName: string, values: Readonly<Record<string, number>>): void =>
    cloudwatch.put(
      Object.entries(values).map(([name, value]) => ({
        namespace: 'AWS/Lambda',
        name,
        dimensions: { FunctionName: functionName },
        unit: name === 'Duration' ? 'Milliseconds' : 'Count',
        storageResolutionSeconds: 60 as const,
        at: clock.now(),
        values: [value],
      })),
    );
}

function recordOf({ template, overrides }: FunctionState): FunctionRecord {
  const { settings } = template;
  const variables = { ...settings.Environment?.Variables, ...overrides };
  return {
    name: template.name,
    arn: template.arn,
    runtime: settings.Runtime,
    handler: settings.Handler,
    memoryMegabytes: settings.MemorySize,
    timeoutSeconds: settings.Timeout,
    role: settings.Role,
    description: settings.Description,
    logGroup: template.logGroup,
    environment: Object.fromEntries(
      Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
  };
}

type RunOnce = (event: AsyncEvent, source: InvocationSource) => Promise<InvocationResult>;

function createRunner(
  dependencies: LambdaDependencies,
  functions: ReadonlyMap<string, FunctionState>,
  isStopped: () => boolean,
): RunOnce {
  const { clock, emit, newId } = dependencies;
  const count = createCounts(dependencies);
  return async ({ template, requestId, payload }, source) => {
    const state = functions.get(template.name);
    if (state === undefined) throw new AwsError('ResourceNotFoundException', template.arn, 404);
    const traceId = traceIdOf(template, clock.now(), newId);
    const functionArn = template.arn;
    const outcome = await state.sandbox.invoke({ requestId, payload, functionArn, traceId });
    const { durationMs, coldStart, failed } = outcome;
    const error = failed ? { error: errorOf(outcome.payload) } : {};
    if (!isStopped()) {
      count(template.name, { Invocations: 1, Errors: failed ? 1 : 0, Throttles: 0, Duration: durationMs });
      emit({ kind: 'lambda', function: template.name, requestId, durationMs, coldStart, source, ...error });
    }
    return { requestId, payload: outcome.payload, durationMs, coldStart, ...error };
  };
}

/** Prepares every AWS::Lambda::Function; processes start with their first event. */
export async function startLambda(dependencies: LambdaDependencies): Promise<LambdaService> {
  const { resources, place, newId, workDirectory } = dependencies;
  const templates = readFunctions(resources, place);
  const script = templates.length === 0 ? '' : writeBootstrap(workDirectory);
  const functions = new Map<string, FunctionState>();
  for (const template of templates) {
    functions.set(template.name, await createFunction(template, script, dependencies));
  }
  let stopped = false;
  const runOnce = createRunner(dependencies, functions, () => stopped);
  const count = createCounts(dependencies);
  const asynchronous = createAsyncInvoker(dependencies, runOnce, (name, metric) =>
    count(name, { [metric]: 1 }),
  );
  const need = (nameOrArn: string): FunctionState => {
    const state = functions.get(functionNameOf(nameOrArn));
    if (state !== undefined) return state;
    const message = `Function not found: ${nameOrArn}`;
    throw new AwsError('ResourceNotFoundException', message, 404);
  };
  const eventFor = (nameOrArn: string, payload: string, source: InvocationSource): AsyncEvent => ({
    template: need(nameOrArn).template,
    requestId: newId(),
    payload: payload === '' ? '{}' : payload,
    source,
  });
  return {
    functions: () => [...functions.values()].map(recordOf),
    find: (nameOrArn) => {
      const state = functions.get(functionNameOf(nameOrArn));
      return state === undefined ? undefined : recordOf(state);
    },
    invoke: async (nameOrArn, payload, source) => runOnce(eventFor(nameOrArn, payload, source), source),
    invokeAsync: (nameOrArn, payload, source) => {
      const event = eventFor(nameOrArn, payload, source);
      asynchronous.start(event);
      return event.requestId;
    },
    allows: (nameOrArn, principal) =>
      allows(functions.get(functionNameOf(nameOrArn))?.template.permissions ?? [], principal, place),
    overrideEnvironment: (functionName, variables) => {
      const state = need(functionName);
      state.overrides = variables;
      state.sandbox.restart();
    },
    stop: async () => {
      stopped = true;
      asynchronous.stop();
      await Promise.all([...functions.values()].map((state) => state.sandbox.stop()));
    },
  };
}
