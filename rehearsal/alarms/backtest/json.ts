/** A backtest as JSON for programs: the plain part first and fixed, then what only this report knows. */
import type { Backtest, PlayedVariant, PlayedWhatIf } from './run';
import type { AlarmSummary, Totals } from './summary';

/** ISO 8601 in UTC with milliseconds. */
export const isoTime = (at: number): string => new Date(at).toISOString();

/** Each alarm of the template is there, those without transitions too. */
export function toJson(backtest: Backtest): Record<string, unknown> {
  return {
    assumptions: backtest.settings,
    alarms: Object.fromEntries(backtest.alarms.map((alarm) => [alarm.name, alarmJson(alarm)])),
    from: isoTime(backtest.start),
    to: isoTime(backtest.end),
    summary: totalsJson(backtest.totals),
    alarmsWithoutData: backtest.blind,
    unreadMetrics: backtest.unread,
    variants: backtest.whatIfs.flatMap(variantsJson),
    notices: backtest.notices.map(({ at, subject, text }) => ({ at: isoTime(at), subject, text })),
    notPublishedByAws: backtest.assumptions,
    definitions: backtest.definitions,
  };
}

function alarmJson(alarm: AlarmSummary): Record<string, unknown> {
  const { initial, transitions, actions } = alarm.playback;
  return {
    initial,
    transitions: transitions.map(({ at, from, to, reason }) => ({ at: isoTime(at), from, to, reason })),
    actions: actions.map(({ at, arn }) => ({ at: isoTime(at), arn })),
    kind: alarm.kind,
    logicalId: alarm.playback.logicalId,
    withheld: alarm.withheld.map(({ at, state, by }) => ({ at: isoTime(at), state, by })),
    ...numbers(alarm),
    shareWithoutData: alarm.shareWithoutData ?? null,
    episodes: alarm.episodes.map((episode) => ({
      from: isoTime(episode.start),
      to: episode.isOpen ? null : isoTime(episode.end),
      seconds: (episode.end - episode.start) / 1000,
      peak: episode.peak ?? null,
      flap: episode.isFlap,
      reason: episode.reason,
    })),
  };
}

function numbers(alarm: AlarmSummary): Record<string, unknown> {
  return {
    pages: alarm.pages.map(isoTime),
    nightsWoken: alarm.nights,
    secondsInState: alarm.secondsInState,
    longestAlarmSeconds: alarm.longestAlarmSeconds,
    flaps: alarm.flaps,
  };
}

function totalsJson(totals: Totals): Record<string, unknown> {
  return {
    pages: totals.pages,
    nightsWoken: totals.nights,
    secondsInAlarm: totals.secondsInAlarm,
    flaps: totals.flaps,
    firstPageAt: totals.firstPageAt === undefined ? null : isoTime(totals.firstPageAt),
  };
}

function variantsJson({ alarm, variants }: PlayedWhatIf): Record<string, unknown>[] {
  return variants.map((variant) => ({ alarm: alarm ?? null, ...variantJson(variant) }));
}

function variantJson({ set, refused, alarms, totals }: PlayedVariant): Record<string, unknown> {
  if (refused !== undefined) return { set, refused };
  return {
    set,
    alarms: Object.fromEntries(alarms.map((alarm) => [alarm.name, numbers(alarm)])),
    summary: totalsJson(totals),
  };
}
