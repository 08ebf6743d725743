/** Brings a scenario's faults about: in the service through its own loopback door, in a function through its environment. */
import type { Clock } from './clock';
import type { EventLog } from './events';
import { isNamed } from './expectations';
import { deployFaulty } from './faulty-release';
import type { Host } from './host/host';
import { signalGroup } from './host/process-group';
import type { LambdaService } from './lambda/types';
import type { Objects } from './s3/objects';
import type { Fault } from './scenario';
import type { SystemsManager } from './ssm/types';

export interface FaultTargets {
  readonly clock: Clock;
  readonly log: EventLog;
  readonly host: Host;
  readonly lambda: Pick<LambdaService, 'functions' | 'overrideEnvironment'>;
  readonly endpointUrl: string;
  readonly objects: Pick<Objects, 'buckets'>;
  readonly ssm: Pick<SystemsManager, 'documents'>;
}

/** The environment variable, and its value, that opens the service's fault routes. */
export const faultEnvironment = { VIGIA_ALLOW_FAULTS: 'rehearsal' } as const;

/** A caller on the same machine gets its answer in milliseconds; later than this the service is already down. */
const answerMs = 2000;

/** Injects every fault; resolves when the service has taken them. Returns what stops their repetition. */
export async function injectFaults(faults: readonly Fault[], on: FaultTargets): Promise<() => void> {
  const stops: (() => void)[] = [];
  for (const fault of faults) {
    if ('function' in fault) breakFunction(fault, on);
    else if ('release' in fault) await deployBroken(fault, on);
    else stops.push(await breakService(fault, on));
  }
  return () => {
    for (const stop of stops) stop();
  };
}

/** Resolves when the deployment is asked for; how it goes is told by its command. */
async function deployBroken(
  { release: fault }: Extract<Fault, { release: unknown }>,
  { log, host, endpointUrl, objects, ssm }: FaultTargets,
): Promise<void> {
  const bucket = objects.buckets().find((name) => name.includes('release'));
  if (bucket === undefined) {
    throw new FaultRefused(
      'fault: nowhere to put a release, got no bucket for releases, expected one in the assembly; synthesise it again',
    );
  }
  const { kind, ...details } = fault;
  const detail = Object.entries(details).map(([name, value]) => `${name}=${String(value)}`);
  log.emit({ kind: 'fault', what: 'start', fault: `release with ${kind}`, detail: detail.join(' ') });
  try {
    await deployFaulty(fault, {
      endpointUrl,
      bucket,
      instanceId: host.instanceId,
      releaseDirectory: host.releaseDirectory,
      documents: ssm.documents().map(({ name }) => name),
    });
  } catch (error) {
    throw new FaultRefused(
      `fault: the release could not be deployed, got ${(error as Error).message}, expected a command; see the endpoint`,
    );
  }
}

function breakFunction(fault: Extract<Fault, { function: string }>, { lambda, log }: FaultTargets): void {
  const target = lambda.functions().find(({ name }) => isNamed(fault.function, name));
  if (target === undefined) {
    const names = lambda.functions().map(({ name }) => name);
    throw new FaultRefused(
      `fault: unknown function, got ${fault.function}, expected one of ${names.join(', ') || 'none'}; correct the scenario`,
    );
  }
  lambda.overrideEnvironment(target.name, fault.environment);
  const detail = Object.entries(fault.environment)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
  log.emit({ kind: 'fault', what: 'start', fault: `${fault.function} misconfigured`, detail });
}

async function breakService(
  fault: Extract<Fault, { service: unknown }>,
  on: FaultTargets,
): Promise<() => void> {
  const { clock, log, host } = on;
  const { kind, ...details } = fault.service;
  const detail = Object.entries(details)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(' ');
  log.emit({ kind: 'fault', what: 'start', fault: kind, ...(detail === '' ? {} : { detail }) });
  await bring(fault.service, on);

  const complain = (error: Error): void =>
    log.emit({ kind: 'notice', subject: 'fault', text: error.message });
  const stops: (() => void)[] = [];
  if (fault.forSeconds !== undefined) {
    stops.push(
      clock.after(fault.forSeconds * 1000, () => {
        send(host.url, 'DELETE').then(() => log.emit({ kind: 'fault', what: 'stop', fault: kind }), complain);
      }),
    );
  }
  if (fault.repeat !== 'once') {
    const unsubscribe = log.subscribe((event) => {
      if (event.kind !== 'host') return;
      if (fault.repeat === 'until-failed' && event.what.endsWith(' failed')) unsubscribe();
      else if (event.what.endsWith(' active')) bring(fault.service, on).catch(complain);
    });
    stops.push(unsubscribe);
  }
  return () => {
    for (const stop of stops) stop();
  };
}

/** Faults that need nothing of the service: what then befalls its process. */
const fromOutside: Readonly<Partial<Record<string, NodeJS.Signals>>> = { exit: 'SIGKILL', hang: 'SIGSTOP' };

/** Through the service's own door; a service that has none can still die or stand still. */
async function bring(fault: { readonly kind: string }, { host, log }: FaultTargets): Promise<void> {
  try {
    await send(host.url, 'POST', fault);
  } catch (error) {
    const signal = fromOutside[fault.kind];
    if (await hasFaultRoutes(host.url)) throw error;
    if (signal === undefined) {
      throw new FaultRefused(
        `fault: the service has no fault routes, got ${fault.kind}, expected one of ` +
          `${Object.keys(fromOutside).join(', ')}, which need none; rehearse crash, hang or lambda-broken`,
      );
    }
    log.emit({
      kind: 'notice',
      subject: 'fault',
      text: `the service has no fault routes: its process gets ${signal}`,
    });
    signalGroup(host.supervisor.pid(), signal);
  }
}

/** Taking a fault back is harmless, and only a service that offers faults answers it. */
async function hasFaultRoutes(url: string): Promise<boolean> {
  return send(url, 'DELETE').then(
    () => true,
    () => false,
  );
}

/** A service that dies of the request has taken it, so a broken connection is no failure. */
async function send(url: string, method: 'POST' | 'DELETE', body?: unknown): Promise<void> {
  try {
    const response = await fetch(`${url}/__faults`, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(answerMs),
    });
    if (response.status < 300) return;
    throw new FaultRefused(
      `fault: the service refused it, got ${response.status} ${await response.text()}, expected 202; correct the scenario`,
    );
  } catch (error) {
    if (error instanceof FaultRefused) throw error;
  }
}

/** The rehearsal asked for a fault that this service does not offer. */
export class FaultRefused extends Error {}
