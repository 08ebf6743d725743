/** `vigia cost`: what a stage costs in a month, and how near it comes to limits, before anything is deployed. */

import type { Config } from '../lib/config/config';
import { renderAgentConfig } from '../lib/render/agent/agent-config';
import { knownFamilies } from '../lib/render/cost/instance-prices';
import { loadOf } from '../lib/render/cost/load';
import { costSheet, priceRegion, type Sheet } from '../lib/render/cost/sheet';
import { sheetText } from '../lib/render/cost/text';
import { loadConfig } from './load-config';
import { UsageError } from './usage-error';

export interface CostOptions {
  readonly stage?: string | undefined;
  readonly requestsPerSecond?: number | undefined;
  readonly budget?: number | undefined;
  readonly hostUsdPerHour?: number | undefined;
  readonly json: boolean;
}

/** Returns the exit code: 0, or 1 when the total is over the budget. Mistakes of the person are thrown. */
export function cost(
  { stage, requestsPerSecond, budget, hostUsdPerHour, json }: CostOptions,
  write: (text: string) => void = (text) => process.stdout.write(text),
): number {
  const config = loadConfig(stage);
  const sheet = sheetOf(config, requestsPerSecond, hostUsdPerHour);
  if (budget !== undefined && sheet.unpriced.length > 0) {
    throw new UsageError(
      `--budget: cannot be judged, got ${config.host.instanceType}, which has no price here, expected a type of ` +
        `${knownFamilies.join(', ')}; give its price with --host-usd-per-hour`,
    );
  }
  const isOver = budget !== undefined && sheet.totalUsd > budget;
  write(
    json
      ? `${JSON.stringify({ ...sheet, priceRegion, budgetUsd: budget ?? null, isOverBudget: isOver }, null, 2)}\n`
      : `${sheetText(sheet, budget).join('\n')}\n`,
  );
  return isOver ? 1 : 0;
}

/** The sheet of one stage; the size of the agent's configuration is known to its renderer alone. */
export function sheetOf(config: Config, requestsPerSecond?: number, hostUsdPerHour?: number): Sheet {
  const agentConfigBytes = Buffer.byteLength(JSON.stringify(renderAgentConfig(config)));
  return costSheet({
    config,
    load: loadOf(config, requestsPerSecond),
    hostUsdPerHour,
    agentConfigBytes,
  });
}
