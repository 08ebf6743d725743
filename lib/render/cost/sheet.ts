/** The monthly sheet of one stage: lines, total, quotas. Pure: the same configuration and load give the same sheet. */
import type { Config } from '../../config/config';
import { entranceLines, hostLines, networkLines } from './host-lines';
import type { Line } from './line';
import { type Load, monthlyUse } from './load';
import { logLines } from './log-lines';
import { metricLines } from './metric-lines';
import { type Quota, quotasOf } from './quotas';
import { remediationLines } from './remediation-lines';

/** Prices are of this region; others differ by a few to fifty percent. */
export const priceRegion = 'us-east-1';

export interface SheetInput {
  readonly config: Config;
  readonly load: Load;
  /** What an hour of the host costs the reader; the list price when undefined. */
  readonly hostUsdPerHour?: number | undefined;
  /** Bytes of the agent's configuration as it is stored, which only its renderer knows. */
  readonly agentConfigBytes: number;
}

export interface Sheet {
  readonly service: string;
  readonly stage: string;
  /** Where the stage is deployed, if its configuration says so. */
  readonly region: string | undefined;
  readonly load: Load;
  readonly lines: readonly Line[];
  readonly totalUsd: number;
  /** Of the total, what grows with traffic: the difference to the same stage without requests. */
  readonly trafficUsd: number;
  /** Items nobody has priced here; with any of them the total is a least. */
  readonly unpriced: readonly string[];
  readonly quotas: readonly Quota[];
}

export function costSheet(input: SheetInput): Sheet {
  const { config, load } = input;
  const lines = allLines(input);
  const totalUsd = sum(lines);
  return {
    service: config.service,
    stage: config.stage,
    region: config.env?.region,
    load,
    lines,
    totalUsd,
    trafficUsd: totalUsd - sum(allLines({ ...input, load: { ...load, requestsPerSecond: 0 } })),
    unpriced: lines.filter(({ usd }) => usd === null).map(({ item }) => item),
    quotas: quotasOf(config, input.agentConfigBytes),
  };
}

function allLines({ config, load, hostUsdPerHour }: SheetInput): Line[] {
  const use = monthlyUse(load);
  return [
    ...hostLines(config, hostUsdPerHour),
    ...networkLines(config, use),
    ...entranceLines(config),
    ...metricLines(config, use),
    ...logLines(config, load, use),
    ...remediationLines(config, use),
  ];
}

function sum(lines: readonly Line[]): number {
  return lines.reduce((total, { usd }) => total + (usd ?? 0), 0);
}
