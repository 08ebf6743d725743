/** A sheet as the tests of the cost sheet start from it. */
import type { Config } from '../../../../lib/config/config';
import { type Load, loadOf } from '../../../../lib/render/cost/load';
import { costSheet, type Sheet } from '../../../../lib/render/cost/sheet';

export function sheetOf(config: Config, load: Partial<Load> = {}): Sheet {
  return costSheet({ config, load: { ...loadOf(config), ...load }, agentConfigBytes: 1000 });
}

/** Quantity of the one line with this price and these words. */
export function quantityOf(sheet: Sheet, words: RegExp): number {
  const [line, ...others] = sheet.lines.filter(({ item }) => words.test(item));
  if (line === undefined || others.length > 0) throw new Error(`${words}: got ${others.length} more lines`);
  return line.quantity;
}
