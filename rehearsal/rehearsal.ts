/** Rehearses scenarios, one world each, and hands over what happens while it happens. The rehearsal's front door. */
import { type Clock, systemClock } from './clock';
import type { RehearsalEvent } from './events';
import { inWords, judge } from './expectations';
import { rehearse } from './run';
import type { Scenario } from './scenario';
import type { Run } from './verdict';
import { createWorld, type World } from './world';

export interface RehearsalOptions {
  readonly assemblyDirectory: string;
  readonly scenarios: readonly Scenario[];
  readonly port: number;
  readonly keep: boolean;
  /** Directories made for this rehearsal: gone even when it is killed outright. */
  readonly disposable: readonly string[];
  /** How many scenarios run at the same time. */
  readonly jobs: number;
  readonly onEvent: (scenario: Scenario, event: RehearsalEvent) => void;
  readonly onStatus: (text: string) => void;
  readonly onWorld: (scenario: Scenario, world: World) => void;
  /** Each line of the recording of what CloudWatch was given, with its end. */
  readonly onRecord: (scenario: Scenario, line: string) => void;
  readonly onRun: (run: Run) => void;
}

export interface Rehearsal {
  /** In the order in which the scenarios were asked for. */
  readonly runs: Promise<Run[]>;
  /** Ends every scenario early and takes its world down; `runs` resolves with what there is. */
  abort(): void;
  /** With `keep`: takes the worlds down that were left standing. */
  release(): Promise<void>;
}

/** How often the status line changes. */
const statusMs = 500;

export function startRehearsal(options: RehearsalOptions): Rehearsal {
  const clock = systemClock();
  const kept: World[] = [];
  let aborted = false;
  const results: Run[] = [];
  const queue = options.scenarios.map((scenario, index) => ({ scenario, index }));
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined && !aborted; next = queue.shift()) {
      const run = await rehearseOne(next.scenario, clock, options, { aborted: () => aborted, kept });
      results[next.index] = run;
      options.onRun(run);
    }
  };
  const workers = Array.from({ length: Math.max(1, options.jobs) }, () =>
    worker().catch((error: unknown) => {
      // The other scenarios end early, and each takes its world down, before anyone hears of this.
      aborted = true;
      throw error;
    }),
  );
  const runs = Promise.allSettled(workers).then((outcomes) => {
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    return results.filter((run) => run !== undefined);
  });
  return {
    runs,
    abort: () => {
      aborted = true;
    },
    release: async () => {
      await Promise.all(kept.splice(0).map((world) => world.stop()));
    },
  };
}

async function rehearseOne(
  scenario: Scenario,
  clock: Clock,
  options: RehearsalOptions,
  state: { aborted: () => boolean; kept: World[] },
): Promise<Run> {
  const record = (line: string): void => options.onRecord(scenario, line);
  const world = await createWorld({ ...options, clock, record });
  world.log.subscribe((event) => options.onEvent(scenario, event));
  options.onWorld(scenario, world);
  const stopStatus = tellStatus(scenario, world, options.onStatus);
  try {
    return await rehearse(world, scenario, state.aborted);
  } finally {
    stopStatus();
    if (options.keep && !state.aborted()) state.kept.push(world);
    else await world.stop();
  }
}

/** Tells what the scenario is waiting for, until stopped. */
function tellStatus(scenario: Scenario, { clock, log }: World, tell: (text: string) => void): () => void {
  const startedAt = clock.now();
  let cancel = (): void => {};
  const next = (): void => {
    const now = clock.now();
    const seconds = Math.floor((now - startedAt) / 1000);
    tell(`${scenario.name}  ${seconds} s  ${waitingFor(scenario, log.events, now)}`);
    cancel = clock.after(statusMs, next);
  };
  next();
  return () => cancel();
}

function waitingFor(scenario: Scenario, events: readonly RehearsalEvent[], now: number): string {
  const fault = events.find(({ kind }) => kind === 'fault');
  if (fault === undefined) return 'waiting for a quiet start';
  const outcomes = judge(scenario, events, { faultAt: fault.at, now, over: false });
  const index = outcomes.findIndex(({ met }) => !met);
  const must = scenario.must[index];
  return must === undefined ? 'watching that nothing else happens' : `waiting: ${inWords(must.what)}`;
}
