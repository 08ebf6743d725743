/** The deep health checks: what can be wrong inside while the service still answers. */
import { rm, writeFile } from 'node:fs/promises';
import type { AppendFile } from '../append-file';
import { type Clock, sleep, within } from '../clock';
import { probe } from '../inference/model';
import type { Lifecycle } from '../lifecycle';

/** A check that takes longer than this is no longer about health but about waiting. */
export const checkLimitMs = 1000;

/** Behind by this much, the loop alone would eat the whole latency budget of 250 ms. */
const maxLagMs = 200;

export interface DeepCheck {
  readonly name: string;
  /** Rejects when something is wrong; the message says what. */
  run(): Promise<void>;
}

export interface CheckResult {
  readonly name: string;
  readonly ok: boolean;
  readonly ms: number;
  readonly detail?: string;
}

export interface DeepReport {
  readonly ok: boolean;
  readonly passedPercent: number;
  readonly checks: readonly CheckResult[];
}

/** Runs all checks side by side, each under the same limit. Never rejects. */
export async function runChecks(clock: Clock, checks: readonly DeepCheck[]): Promise<DeepReport> {
  const results = await Promise.all(checks.map((check) => runCheck(clock, check)));
  const passed = results.filter(({ ok }) => ok).length;
  return {
    ok: passed === results.length,
    passedPercent: results.length === 0 ? 100 : Math.round((1000 * passed) / results.length) / 10,
    checks: results,
  };
}

async function runCheck(clock: Clock, { name, run }: DeepCheck): Promise<CheckResult> {
  const startedMs = clock.elapsedMs();
  const spentMs = (): number => Math.round((clock.elapsedMs() - startedMs) * 10) / 10;
  try {
    await within(clock, checkLimitMs, run());
    return { name, ok: true, ms: spentMs() };
  } catch (error) {
    return { name, ok: false, ms: spentMs(), detail: error instanceof Error ? error.message : String(error) };
  }
}

/** The model is there and knows the answer to its probe. */
export const modelCheck = (lifecycle: Lifecycle): DeepCheck => ({
  name: 'model',
  async run() {
    if (lifecycle.model === undefined) throw new Error('no model is loaded');
    await probe(lifecycle.model);
  },
});

/** Something can be written where the metrics go: permission bits say nothing of a full disk. */
export const diskCheck = (probePath: string): DeepCheck => ({
  name: 'disk',
  async run() {
    await writeFile(probePath, 'vigia\n');
    await rm(probePath, { force: true });
  },
});

/** The event loop comes round in time. */
export const eventLoopCheck = (clock: Clock): DeepCheck => ({
  name: 'eventLoop',
  async run() {
    const startedMs = clock.elapsedMs();
    await sleep(clock, 0);
    const lagMs = clock.elapsedMs() - startedMs;
    if (lagMs > maxLagMs)
      throw new Error(`behind by ${Math.round(lagMs)} ms, expected at most ${maxLagMs} ms`);
  },
});

/** The last metrics reached their file. */
export const metricsFileCheck = (file: AppendFile): DeepCheck => ({
  name: 'metricsFile',
  async run() {
    const { failure } = file.state();
    if (failure !== undefined) throw new Error(failure);
  },
});
