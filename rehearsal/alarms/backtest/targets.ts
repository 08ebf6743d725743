/** Which targets of actions count as pages: what --pages-to says must be in the template. */
import { excerpt } from '../../excerpt';
import { BacktestError } from './backtest-error';
import type { TemplateAlarm } from './family';

/** Enough to recognise a typing mistake by, few enough to read. */
const shownTargets = 5;

/** Text that no target contains would make every page vanish from the report. @throws BacktestError */
export function refuseUnknownTargets(pagesTo: readonly string[], alarms: readonly TemplateAlarm[]): void {
  const targets = new Set(alarms.flatMap(({ resource }) => targetsOf(resource.properties.AlarmActions)));
  const unknown = pagesTo.find((part) => part === '' || ![...targets].some((arn) => arn.includes(part)));
  if (unknown === undefined) return;
  const shown = [...targets].slice(0, shownTargets).map(excerpt).join(', ');
  const rest = targets.size > shownTargets ? ', ...' : '';
  const expected =
    targets.size === 0 ? 'no --pages-to, because no alarm has an ALARM action' : `part of ${shown}${rest}`;
  throw new BacktestError(
    `--pages-to: no ALARM action has such a target, got '${excerpt(unknown)}', expected ${expected}; correct it`,
  );
}

function targetsOf(actions: unknown): readonly string[] {
  return Array.isArray(actions) ? actions.filter((action) => typeof action === 'string') : [];
}
