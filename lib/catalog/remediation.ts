/** What the remediation function is made of, where more than its own stack must know it. */
import type { Config } from '../config/config';

export const remediationFunction = {
  /** Lambda gives processor in proportion to memory: with less, each cold start and each mail would come later. */
  memoryMiB: 512,
  /** CloudWatch acts on changes only, so alarms that stay red are looked at again this often. */
  recheckMinutes: 1,
} as const;

/** Whether anything listens to the events topic; without it alarms go to people directly. */
export function isRemediated(config: Config): boolean {
  return config.remediation.mode !== 'off';
}
