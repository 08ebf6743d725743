/** `vigia alarms explain`: why an alarm is in a state, evaluation by evaluation. */
import { alarmsIn } from '../rehearsal/alarms/backtest/family';
import { readZone } from '../rehearsal/alarms/backtest/nights';
import { toJson } from '../rehearsal/alarms/explain/json';
import { runExplain } from '../rehearsal/alarms/explain/run';
import { toText } from '../rehearsal/alarms/explain/text';
import { findAlarm } from '../rehearsal/alarms/find-alarm';
import type { AlarmTemplate } from '../rehearsal/alarms/template/read-alarm-templates';
import { skipAlarms } from '../rehearsal/alarms/template/skip-alarms';
import { type AlarmInputOptions, readAlarmInputs, readTime, reportPaint } from './alarm-inputs';
import { UsageError } from './usage-error';

export interface AlarmsExplainOptions extends AlarmInputOptions {
  /** Only the last evaluation not after this time, ISO 8601. */
  readonly at?: string | undefined;
  /** Every evaluation, not only those at which something is new. */
  readonly all: boolean;
  readonly timezone: string;
  readonly json: boolean;
}

/** Returns the exit code, which is 0. Mistakes of the person are thrown. */
export async function alarmsExplain(alarm: string, options: AlarmsExplainOptions): Promise<number> {
  const at = readTime('--at', options.at);
  const zone = readZone(options.timezone);
  const { template: whole, series, from, to, remarks } = await readAlarmInputs(options);
  // What the alarm does not depend on may be as it likes: only what is asked about must be evaluable.
  const template = skipAlarms(whole, options.skip);
  const { resources, place } = template;
  refuseUnresolved(alarm, template);
  const explanation = runExplain({
    resources,
    place,
    source: series.source,
    asked: alarm,
    from,
    to,
    at,
    all: options.all,
  });
  for (const { subject, text } of remarks) process.stderr.write(`${subject}: ${text}\n`);
  const text = options.json
    ? JSON.stringify(toJson(explanation), null, 2)
    : toText(explanation, { zone, all: options.all, paint: reportPaint() }).join('\n');
  process.stdout.write(`${text}\n`);
  return 0;
}

/** An alarm that the template has and that cannot be resolved is told with its reason, not as unknown. */
function refuseUnresolved(asked: string, { resources, refused }: AlarmTemplate): void {
  const { name } = findAlarm([...alarmsIn(resources), ...refused], asked);
  const refusal = refused.find((each) => each.name === name);
  if (refusal !== undefined) throw new UsageError(refusal.reason);
}
