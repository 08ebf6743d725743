/** The health routes, from cheapest to deepest: is it alive, may it get traffic, is all of it well. */
import type { FastifyInstance } from 'fastify';
import { type Clock, within } from '../clock';
import { checkLimitMs, type DeepCheck, runChecks } from '../health/checks';
import { probe } from '../inference/model';
import type { Lifecycle } from '../lifecycle';

export interface HealthDeps {
  readonly clock: Clock;
  readonly lifecycle: Lifecycle;
  readonly service: string;
  readonly stage: string;
  readonly checks: readonly DeepCheck[];
}

/** Adds `/health`, `/health/live`, `/health/ready` and `/health/deep`. */
export function healthRoutes(
  app: FastifyInstance,
  { clock, lifecycle, service, stage, checks }: HealthDeps,
): void {
  app.get('/health', async (_request, reply) => {
    const { phase, model } = lifecycle;
    reply.status(phase === 'ready' ? 200 : 503);
    return {
      status: phase,
      service,
      stage,
      model: model === undefined ? null : { name: model.metadata.name, version: model.metadata.version },
      uptimeSeconds: Math.floor(clock.elapsedMs() / 1000),
    };
  });

  // That there is an answer at all is the answer: a blocked event loop gives none.
  app.get('/health/live', async () => ({ status: 'live' }));

  app.get('/health/ready', async (request, reply) => {
    const { phase, model } = lifecycle;
    if (phase !== 'ready' || model === undefined) {
      reply.status(503);
      return { status: phase };
    }
    try {
      await within(clock, checkLimitMs, probe(model));
      return { status: 'ready' };
    } catch (err) {
      request.log.warn({ err }, 'the model does not answer its probe');
      reply.status(503);
      return { status: 'model does not answer' };
    }
  });

  app.get('/health/deep', async (_request, reply) => {
    const report = await runChecks(clock, checks);
    reply.status(report.ok ? 200 : 503);
    return { status: report.ok ? 'well' : 'unwell', checks: report.checks };
  });
}
