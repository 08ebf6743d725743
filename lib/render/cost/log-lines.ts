/** Log lines by what writes them, and traces by their share. */
import { logGroups } from '../../catalog/host';
import { scopeName } from '../../catalog/names';
import { isRemediated } from '../../catalog/remediation';
import { tracesTarget } from '../../catalog/traces';
import type { Config } from '../../config/config';
import { type Line, type LineDraft, linesOf } from './line';
import type { Load, MonthlyUse } from './load';

/** Days of an average month, over which stored bytes are billed. */
const daysPerMonth = 365 / 12;

type LogGroupKey = keyof ReturnType<typeof logGroups>;

export function logLines(config: Config, load: Load, use: MonthlyUse): Line[] {
  const percent = (share: number): string => `${Number((share * 100).toPrecision(3))} % of requests`;
  const because: Readonly<Record<LogGroupKey, string>> = {
    service: `JSON lines of ${percent(load.logShare)}`,
    metrics: 'EMF documents, one pair each five seconds',
    remediation: 'one call a minute',
  };
  const gigabytes: Record<string, number> = {};
  const names = logGroups(scopeName(config));
  for (const key of Object.keys(names) as LogGroupKey[]) {
    if (key !== 'remediation' || isRemediated(config)) gigabytes[key] = use.logGB[key];
  }
  const hasFlowLog = config.host.network.kind !== 'existing';
  const stored = Object.values(gigabytes).reduce((sum, each) => sum + each, hasFlowLog ? use.logGB.flow : 0);
  const ingested = Object.entries(gigabytes).map(
    ([key, quantity]): LineDraft => ({
      item: `Log group ${names[key as LogGroupKey]}`,
      quantity,
      price: 'logIngest',
      because: because[key as LogGroupKey],
    }),
  );
  return linesOf('logs and traces', [
    ...ingested,
    {
      item: 'Flow log of the VPC',
      quantity: hasFlowLog ? use.logGB.flow : 0,
      price: 'logIngest',
      covers: ['AWS::EC2::FlowLog'],
    },
    {
      item: 'Log storage',
      quantity: (stored * config.logRetentionDays) / daysPerMonth,
      price: 'logStorage',
      because: `${config.logRetentionDays} days kept, counted uncompressed: a most`,
      covers: ['AWS::Logs::LogGroup'],
    },
    {
      item: 'X-Ray traces of predictions',
      quantity: tracesTarget(config) === 'agent' ? use.traces : 0,
      price: 'traceRecorded',
      because: percent(load.traceShare),
    },
    {
      item: 'X-Ray traces of the remediation',
      quantity: isRemediated(config) ? use.functionTraces : 0,
      price: 'traceRecorded',
      because: 'the default rule records the first call of each second, so all of them',
    },
  ]);
}
