/** One line of the sheet: how many of what, at which price, and where the number comes from. */
import { type Price, type PriceKey, priceSources, prices } from './prices';

/** Parts of the sheet, in its order. */
export const groups = [
  'host',
  'network',
  'metrics and alarms',
  'logs and traces',
  'remediation and mail',
] as const;
export type Group = (typeof groups)[number];

export interface Line {
  readonly group: Group;
  readonly item: string;
  readonly quantity: number;
  readonly unit: string;
  readonly usdPerUnit: number | null;
  /** Null where no price is known: the total is then a least. */
  readonly usd: number | null;
  readonly source: string;
  readonly read: string;
  readonly isConfirmed: boolean;
  /** Where the quantity comes from, where the item does not say it. */
  readonly because: string;
  /** Resources of the templates that this line pays for, with their number. */
  readonly counts: Readonly<Record<string, number>>;
  /** Resource types that are billed by use, so that their number does not matter. */
  readonly covers: readonly string[];
}

export interface LineDraft {
  readonly item: string;
  readonly quantity: number;
  readonly price: PriceKey | Price | undefined;
  readonly unit?: string;
  readonly because?: string;
  readonly counts?: Readonly<Record<string, number>>;
  readonly covers?: readonly string[];
}

/** Lines of one group; those of which there is nothing are left out. */
export function linesOf(group: Group, drafts: readonly LineDraft[]): Line[] {
  return drafts.filter(({ quantity }) => quantity > 0).map((draft) => lineOf(group, draft));
}

function lineOf(group: Group, { item, quantity, price, unit, because, counts, covers }: LineDraft): Line {
  const known = typeof price === 'string' ? prices[price] : price;
  const source = known === undefined ? undefined : priceSources[known.source];
  return {
    group,
    item,
    quantity,
    unit: unit ?? known?.unit ?? '',
    usdPerUnit: known?.usd ?? null,
    usd: known === undefined ? null : known.usd * quantity,
    source: source?.name ?? 'no price is known here',
    read: source?.read ?? '',
    isConfirmed: known?.isConfirmed ?? false,
    because: because ?? '',
    counts: counts ?? {},
    covers: covers ?? [],
  };
}
