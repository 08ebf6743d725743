/**
 * Looks at all checks side by side and remembers what it found. However many ask, and however often: a check runs
 * once at a time, its result holds for a while, and one that hangs is not started again until it has come back.
 */
import { type Clock, within } from '../clock';
import type { Check, CheckResult } from './check';

export interface HealthReport {
  readonly ok: boolean;
  readonly passedPercent: number;
  readonly checks: readonly CheckResult[];
}

export interface HealthBoard {
  /** What is known now; looks where that is too old. Never rejects. */
  look(which?: (check: Check) => boolean): Promise<HealthReport>;
  /** Goes on with other checks; what was found by those that keep their name is forgotten too. */
  replace(checks: readonly Check[]): void;
}

/**
 * A board that has not looked yet.
 * @param tell hears of each check that begins to fail, and that is well again: once each, not at every look
 */
export function createHealthBoard(
  clock: Clock,
  checks: readonly Check[],
  tell: (result: CheckResult) => void = () => {},
): HealthBoard {
  let watched = checks.map((check) => watch(clock, check, tell));
  return {
    async look(which = () => true) {
      const wanted = watched.filter(({ check }) => which(check));
      return reportOf(await Promise.all(wanted.map((each) => each.look())));
    },
    replace(others) {
      watched = others.map((check) => watch(clock, check, tell));
    },
  };
}

function reportOf(results: readonly CheckResult[]): HealthReport {
  const passed = results.filter(({ ok }) => ok).length;
  return {
    ok: passed === results.length,
    passedPercent: results.length === 0 ? 100 : Math.round((1000 * passed) / results.length) / 10,
    checks: results,
  };
}

interface Watched {
  readonly check: Check;
  look(): Promise<CheckResult>;
}

/** One check with its memory. */
function watch(clock: Clock, check: Check, tell: (result: CheckResult) => void): Watched {
  const { name, kind, critical, limitMs, freshMs } = check;
  let latest: { readonly atMs: number; readonly result: CheckResult } | undefined;
  let looking: Promise<CheckResult> | undefined;
  let hangingSinceMs: number | undefined;
  let failingSince: string | undefined;

  const conclude = (startedMs: number, ok: boolean, detail: string | undefined): CheckResult => {
    const endedMs = clock.elapsedMs();
    const isNews = ok === (failingSince !== undefined);
    failingSince = ok ? undefined : (failingSince ?? new Date(clock.now()).toISOString());
    const result: CheckResult = {
      name,
      kind,
      critical,
      ok,
      ms: Math.round((endedMs - startedMs) * 10) / 10,
      ...(detail === undefined ? {} : { detail }),
      ...(failingSince === undefined ? {} : { failingSince }),
    };
    latest = { atMs: endedMs, result };
    if (isNews) tell(result);
    return result;
  };
  const lookOnce = async (): Promise<CheckResult> => {
    const startedMs = clock.elapsedMs();
    if (hangingSinceMs !== undefined) {
      return conclude(startedMs, false, `still no answer after ${Math.round(startedMs - hangingSinceMs)} ms`);
    }
    const abandoned = new AbortController();
    hangingSinceMs = startedMs;
    // Inside a function of its own, so that a check that throws at once is one that rejects.
    const work = (async () => check.run(abandoned.signal))().finally(() => {
      hangingSinceMs = undefined;
    });
    try {
      return conclude(startedMs, true, await within(clock, limitMs, work));
    } catch (error) {
      return conclude(startedMs, false, error instanceof Error ? error.message : String(error));
    } finally {
      abandoned.abort();
    }
  };
  return {
    check,
    async look() {
      if (latest !== undefined && clock.elapsedMs() - latest.atMs < freshMs) return latest.result;
      looking ??= lookOnce().finally(() => {
        looking = undefined;
      });
      return looking;
    },
  };
}
