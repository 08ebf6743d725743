/** Judges a run: what had to happen, what must not have happened, each with the words to say so. Pure. */
import type { RehearsalEvent } from './events';
import type { Happening, Must, MustNot, Scenario } from './scenario';

export interface Outcome {
  readonly words: string;
  readonly met: boolean;
  /** Final: no later event can change it. */
  readonly decided: boolean;
  readonly detail: string;
}

/** Whether a short name from a scenario means this longer one: `errorRateHigh` means `fraud-scorer-dev-errorRateHigh`. */
export function isNamed(short: string, full: string): boolean {
  return full === short || full.endsWith(`-${short}`);
}

export function matches(what: Happening, event: RehearsalEvent): boolean {
  if ('alarm' in what)
    return event.kind === 'alarm' && isNamed(what.alarm, event.name) && event.to === what.to;
  if ('mail' in what) {
    return (
      event.kind === 'mail' &&
      event.error === undefined &&
      event.subject.startsWith(what.mail) &&
      (what.named === undefined || event.subject.includes(what.named)) &&
      (what.about === undefined || event.subject.includes(what.about) || event.text.includes(what.about)) &&
      (what.to === undefined || event.to === what.to)
    );
  }
  if ('command' in what) {
    return event.kind === 'command' && isNamed(what.command, event.document) && event.status === what.status;
  }
  if ('incident' in what) {
    return (
      event.kind === 'incident' &&
      (what.incident === 'opened' ? event.from === 'none' : event.to === what.incident)
    );
  }
  return event.kind === 'lambda' && isNamed(what.function, event.function) && event.error !== undefined;
}

export function inWords(what: Happening): string {
  if ('alarm' in what) return `alarm ${what.alarm} goes ${what.to}`;
  if ('mail' in what) {
    const about = [what.named, what.about]
      .filter((text) => text !== undefined)
      .map((text) => ` about ${text}`);
    return `mail ${what.mail}${about.join('')}${what.to === undefined ? '' : ` to ${what.to}`}`;
  }
  if ('command' in what) return `command ${what.command} ends ${what.status}`;
  if ('incident' in what) return `incident ${what.incident}`;
  return `function ${what.function} fails`;
}

/**
 * Judges the events since the fault.
 * @param over whether the run has ended, so that nothing more can come
 */
export function judge(
  scenario: Scenario,
  events: readonly RehearsalEvent[],
  when: { readonly faultAt: number; readonly now: number; readonly over: boolean },
): Outcome[] {
  const since = events.filter(({ at }) => at >= when.faultAt);
  return [
    ...scenario.must.map((must) => judgeMust(must, since, when)),
    ...scenario.mustNot.map((mustNot) => judgeMustNot(mustNot, since, when)),
  ];
}

function judgeMust(
  must: Must,
  events: readonly RehearsalEvent[],
  { faultAt, now, over }: { faultAt: number; now: number; over: boolean },
): Outcome {
  const limit =
    must.withinSeconds === undefined ? Number.POSITIVE_INFINITY : faultAt + must.withinSeconds * 1000;
  const hits = events.filter((event) => matches(must.what, event));
  const inTime = hits.filter(({ at }) => at <= limit);
  const words =
    inWords(must.what) +
    (must.times === undefined ? '' : ` ${must.times === 1 ? 'once' : `${must.times} times`}`) +
    (must.withinSeconds === undefined ? '' : ` within ${must.withinSeconds} s`);
  const first = hits[0];
  // Exactly so often means in the whole run: one too many is one too many after the limit as well.
  const tooMany = must.times !== undefined && hits.length > must.times;
  const met = must.times === undefined ? inTime.length > 0 : inTime.length === must.times && !tooMany;
  const decided = tooMany || (met && must.times === undefined) || (!met && now > limit) || over;
  const found =
    first === undefined
      ? 'it did not happen'
      : `${hits.length === 1 ? 'it happened' : `it happened ${hits.length} times, first`} ${seconds(first.at - faultAt)} s after the fault`;
  return { words, met, decided, detail: found };
}

function judgeMustNot(
  mustNot: MustNot,
  events: readonly RehearsalEvent[],
  { faultAt, over }: { faultAt: number; over: boolean },
): Outcome {
  const hit = events.find((event) => matches(mustNot.what, event));
  return {
    words: `never: ${inWords(mustNot.what)}, because ${mustNot.because}`,
    met: hit === undefined,
    decided: hit !== undefined || over,
    detail:
      hit === undefined ? 'it did not happen' : `it happened ${seconds(hit.at - faultAt)} s after the fault`,
  };
}

const seconds = (ms: number): string => (ms / 1000).toFixed(1);
