/** What every part of an explanation's text shares: the width of the screen, the zone and the form of times. */
import type { Evaluation } from '../../cloudwatch/evaluation';
import { localTime } from '../backtest/nights';
import type { Paint } from '../backtest/text';

/** What an ordinary terminal is wide. */
export const width = 80;

export interface ExplainTextOptions {
  readonly zone: string;
  readonly all: boolean;
  readonly paint: Paint;
}

/** With seconds where evaluations are less than a minute apart. */
export function timeText(at: number, { grid }: Evaluation, zone: string): string {
  const minute = localTime(at, zone);
  if (grid.periodMs >= 60_000) return minute;
  return `${minute}:${String(Math.floor(at / 1000) % 60).padStart(2, '0')}`;
}
