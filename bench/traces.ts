/**
 * What a trace costs a request: nothing worth naming when it is off or not sampled, some microseconds when it is.
 * `node --import tsx bench/traces.ts` prints nanoseconds for each, the best of several rounds in one process.
 */
import { randomFillSync } from 'node:crypto';
import { systemClock } from '../service/clock';
import { createPredictionLines } from '../service/http/prediction-lines';
import { requestIdOf } from '../service/http/request-id';
import { createCalls } from '../service/outgoing/calls';
import { defaultSwitches } from '../service/switches';
import { createTraceIds } from '../service/tracing/trace-ids';
import { createTraces, type Traces } from '../service/tracing/traces';

const clock = systemClock();
const ids = createTraceIds(() => clock.now(), randomFillSync);
/** What a client library sends with a prediction, and a caller that traces. */
const ordinary = {
  host: 'a',
  'content-type': 'application/json',
  'content-length': '180',
  connection: 'keep-alive',
};
const refusing = { ...ordinary, traceparent: '00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-00' };

/** Best of the rounds: what others do on this machine only ever adds. */
function nanoseconds(calls: number, run: () => unknown): number {
  let best = Number.POSITIVE_INFINITY;
  let kept: unknown;
  for (let round = 0; round < 7; round += 1) {
    const startedMs = clock.elapsedMs();
    for (let call = 0; call < calls; call += 1) kept = run();
    best = Math.min(best, ((clock.elapsedMs() - startedMs) * 1e6) / calls);
  }
  // Its use is what keeps the loop from being left out.
  if (kept === clock) throw new Error('never');
  return best;
}

const say = (what: string, value: number, unit = 'ns'): void => {
  process.stdout.write(`${what.padEnd(58)}${value.toFixed(value < 10 ? 1 : 0).padStart(8)} ${unit}\n`);
};

function tracesWith(traceShare: number): Traces {
  return createTraces({
    // Nobody listens there: what a span costs the request is paid before it is sent.
    endpoint: 'http://127.0.0.1:9/v1/traces',
    headersFile: undefined,
    reservoirPerSecond: 0,
    ...{ service: 'bench', stage: 'dev', logGroup: '/vigia/bench-dev/service', clock },
    calls: { ...createCalls(clock), open: () => {} },
    switches: () => ({ ...defaultSwitches, traceShare }),
    putSpanId: ids.putSpanId,
    complain: () => {},
  });
}

async function main(): Promise<void> {
  const million = 1_000_000;
  say(
    'an id for a request',
    nanoseconds(million, () => requestIdOf({ headers: ordinary }, ids.traceId)),
  );
  const id = '1-5759e988-bd862e3fe1be46a9ffffffff';
  const usual = tracesWith(0.05);
  usual.start();
  const { tracing } = usual;
  say(
    'not traced by the share',
    nanoseconds(million, () => tracing.begin(id, ordinary, '/predict')),
  );
  say(
    "not traced by the caller's decision",
    nanoseconds(million, () => tracing.begin(id, refusing, '/predict')),
  );
  const lines = createPredictionLines(
    () => defaultSwitches,
    250,
    (write) => write(),
  );
  const request = { traceId: id, latencyMs: 1, isTraced: false };
  say(
    'no line in the log by the share',
    nanoseconds(million, () => lines.lineOf(request)),
  );
  const always = tracesWith(1);
  always.start();
  const traced = (): void => {
    const trace = always.tracing.begin(id, ordinary, '/predict');
    trace?.enter('validation');
    trace?.enter('inference');
    trace?.enter('post-processing');
    trace?.annotate({ model: 'm', version: '1', class: 'ok', instances: 1, degraded: false });
    trace?.end(200);
  };
  say('traced: four spans, until they are queued', nanoseconds(20_000, traced));
  await Promise.all([usual.close(), always.close()]);
}

void main();
