/** `GET /metrics`: the counters for Prometheus, in the format it asks for. */
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../clock';
import { contentTypes, type Format, renderExposition } from '../telemetry/exposition';
import { type Exposed, familiesOf } from '../telemetry/families';

/** Prometheus asks every few seconds; whoever asks more often gets the same text again, which costs next to nothing. */
const freshMs = 1000;

export interface MetricsDeps {
  readonly clock: Clock;
  /** Undefined where nothing is counted: then there is no such route. */
  readonly exposed: (() => Exposed) | undefined;
}

/** Adds `/metrics`. An answer is at most a second old. */
export function metricsRoute(app: FastifyInstance, { clock, exposed }: MetricsDeps): void {
  if (exposed === undefined) return;
  const kept = new Map<Format, { readonly text: string; readonly atMs: number }>();
  const textIn = (format: Format): string => {
    const last = kept.get(format);
    const now = clock.elapsedMs();
    if (last !== undefined && now - last.atMs < freshMs) return last.text;
    const text = renderExposition(familiesOf(exposed()), format);
    kept.set(format, { text, atMs: now });
    return text;
  };
  app.get('/metrics', async (request, reply) => {
    const format = formatFor(request.headers.accept ?? '');
    return reply.type(contentTypes[format]).send(textIn(format));
  });
}

/** OpenMetrics where the caller prefers it; text for everyone else, a browser above all. */
export function formatFor(accept: string): Format {
  const openmetrics = quality(accept, 'application/openmetrics-text');
  return openmetrics > 0 && openmetrics >= quality(accept, 'text/plain') ? 'openmetrics' : 'prometheus';
}

/** The highest quality with which a type is accepted; 0 when it is not named. */
function quality(accept: string, type: string): number {
  let highest = 0;
  for (const range of accept.toLowerCase().split(',')) {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim());
    if (name !== type) continue;
    const given = parameters.find((parameter) => parameter.startsWith('q='));
    const value = given === undefined ? 1 : Number(given.slice(2));
    if (value > highest) highest = value;
  }
  return highest;
}
