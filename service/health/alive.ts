/**
 * What the unit's watchdog is told: the process still turns and lets people in. Asked through its own socket, as a caller
 * would, and of nothing but itself. Not of the model and not of any dependency: the watchdog kills without any of the
 * guards that a remedy has, so it may act only on what nothing but a restart can repair. What the model does is seen by
 * the alarms, and what dependencies do by whoever sends callers.
 */
import type { Calls } from '../outgoing/calls';
import { answersItself, loopbackOf } from './self-check';

/** A function that says whether this process is alive. Never rejects. */
export function createAliveCheck(
  calls: Pick<Calls, 'http'>,
  bind: string,
  port: () => number,
): () => Promise<boolean> {
  return () => answersItself(calls, loopbackOf(bind), port(), '/health/live');
}
