/** From the phase of the service and what its checks found to the one word that others act on. Pure. */
import type { Phase } from '../lifecycle';
import type { CheckResult } from './check';

export type Verdict = { readonly well: true } | { readonly well: false; readonly detail: string };

/** Whether this process does its own work. It still does while it drains: a stop that was asked for is no illness. */
export function selfVerdict(phase: Phase, results: readonly CheckResult[]): Verdict {
  return phase === 'draining' ? failures(results) : verdictIn(phase, results);
}

/** Whether callers should be sent here. */
export function readyVerdict(phase: Phase, results: readonly CheckResult[]): Verdict {
  return verdictIn(phase, results);
}

function verdictIn(phase: Phase, results: readonly CheckResult[]): Verdict {
  if (phase === 'starting') return { well: false, detail: 'the service is starting' };
  if (phase !== 'ready') return { well: false, detail: 'the service is stopping' };
  return failures(results);
}

function failures(results: readonly CheckResult[]): Verdict {
  const failed = results.filter(({ ok }) => !ok);
  if (failed.length === 0) return { well: true };
  return {
    well: false,
    detail: failed.map(({ name, detail = 'fails' }) => `${name}: ${detail}`).join(' | '),
  };
}
