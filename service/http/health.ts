/** The health routes: alive, well in itself, ready for callers, well all through. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../clock';
import type { Health } from '../health/health';
import type { Verdict } from '../health/verdict';
import type { Lifecycle } from '../lifecycle';
import { sendProblem } from './problems';

export interface HealthDeps {
  readonly clock: Clock;
  readonly lifecycle: Lifecycle;
  readonly service: string;
  readonly stage: string;
  readonly health: Health;
  /** Null where it was not built as a release. */
  readonly release: string | null;
  /** Whether the degraded mode is forced, forbidden, or left to itself. */
  readonly degraded: () => string;
}

/** Adds `/health`, `/health/live`, `/health/self`, `/health/ready` and `/health/deep`. */
export function healthRoutes(
  app: FastifyInstance,
  { clock, lifecycle, service, stage, health, release, degraded }: HealthDeps,
): void {
  app.get('/health', async (_request, reply) => {
    const { phase, model } = lifecycle;
    reply.status(phase === 'ready' ? 200 : 503);
    return {
      status: phase,
      service,
      stage,
      release,
      model: model === undefined ? null : { name: model.metadata.name, version: model.metadata.version },
      degraded: degraded(),
      uptimeSeconds: Math.floor(clock.elapsedMs() / 1000),
    };
  });

  // That there is an answer at all is the answer: a blocked event loop gives none.
  app.get('/health/live', async () => ({ status: 'live' }));

  app.get('/health/self', async (request, reply) => answer(request, reply, 'well', await health.self()));

  app.get('/health/ready', async (request, reply) => answer(request, reply, 'ready', await health.ready()));

  // A report whatever is in it, so no problem document: each check is told of, the failed ones with since when.
  app.get('/health/deep', async (_request, reply) => {
    const report = await health.deep();
    reply.status(report.ok ? 200 : 503);
    return {
      status: report.ok ? 'well' : 'unwell',
      passedPercent: report.passedPercent,
      checks: report.checks,
    };
  });
}

function answer(request: FastifyRequest, reply: FastifyReply, word: string, verdict: Verdict) {
  if (verdict.well) return { status: word };
  return sendProblem(request, reply, { status: 503, detail: verdict.detail });
}
