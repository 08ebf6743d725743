/** How this service does, as its heartbeat tells it with each flush of the metrics. */
import type { Health } from './health/health';
import { answersItself, loopbackOf } from './health/self-check';
import type { Lifecycle } from './lifecycle';
import type { Calls } from './outgoing/calls';
import type { Vitals } from './telemetry/telemetry';

interface Observed {
  readonly calls: Pick<Calls, 'http'>;
  readonly lifecycle: Lifecycle;
  readonly health: Health;
}

/** Undefined for a service that does not serve: before its start is over and after its stop has begun. */
export async function readVitals(
  { calls, lifecycle, health }: Observed,
  bind: string,
  port: number,
): Promise<Vitals | undefined> {
  const [up, { passedPercent, checks }] = await Promise.all([
    // Not whether it is ready: the alarm on this heartbeat restarts, and a restart repairs no dependency.
    answersItself(calls, loopbackOf(bind), port, '/health/self'),
    health.deep(),
  ]);
  if (!lifecycle.serving) return undefined;
  const modelWell = checks.some(({ kind, ok }) => kind === 'model' && ok);
  return { modelLoaded: modelWell ? 1 : 0, ...(up ? { serviceUp: 1 } : {}), systemHealth: passedPercent };
}
