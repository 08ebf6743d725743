/** The sheet as text that a terminal, a mail and a review can show. */
import { freeResources, notOnTheSheet } from './free-resources';
import { groups, type Line } from './line';
import type { Quota } from './quotas';
import { priceRegion, type Sheet } from './sheet';

const widths = { item: 42, quantity: 12, unit: 14, each: 19, usd: 10 } as const;

/**
 * Lines of the sheet: what, how many, at which price, how much; then quotas, sources, and what is not on it.
 * @param budgetUsd what a month may cost; told beside the total when given
 */
export function sheetText(sheet: Sheet, budgetUsd?: number): string[] {
  const { service, stage, load, lines } = sheet;
  const marks = marksOf(lines);
  return [
    `${service} ${stage}: a month at ${figure(load.requestsPerSecond)} requests a second, USD, list prices of ${priceRegion}`,
    ...(sheet.region === undefined || sheet.region === priceRegion
      ? []
      : [`It is deployed in ${sheet.region}, where prices differ.`]),
    ...groups.flatMap((group) => groupText(group, lines, marks)),
    '',
    ...totalText(sheet, budgetUsd),
    '',
    'Quotas with a published number',
    ...sheet.quotas.map(quotaText),
    '',
    'Where prices come from (? = unconfirmed)',
    ...[...marks].map(([source, mark]) => `  ${mark}  ${source}`),
    '',
    'Not on this sheet',
    ...notOnTheSheet.map((item) => `  - ${item}`),
    `  - what is free: ${Object.keys(freeResources).length} resource types, each with its reason in lib/render/cost/free-resources.ts`,
  ];
}

/** A letter a source, in the order in which they appear. */
function marksOf(lines: readonly Line[]): ReadonlyMap<string, string> {
  const sources = lines.filter(({ usdPerUnit }) => usdPerUnit !== null).map((line) => sourceOf(line));
  return new Map([...new Set(sources)].map((source, index) => [source, String.fromCharCode(97 + index)]));
}

const sourceOf = ({ source, read }: Line): string => `${source}; ${read}`;

function groupText(group: string, lines: readonly Line[], marks: ReadonlyMap<string, string>): string[] {
  const own = lines.filter((line) => line.group === group);
  if (own.length === 0) return [];
  const subtotal = own.reduce((sum, { usd }) => sum + (usd ?? 0), 0);
  const width = 2 + widths.item + widths.quantity + 1 + widths.unit + widths.each;
  return [
    '',
    `${group[0]?.toUpperCase()}${group.slice(1)}`.padEnd(width) + money(subtotal).padStart(widths.usd),
    ...own.flatMap((line) => lineText(line, marks)),
  ];
}

function lineText(line: Line, marks: ReadonlyMap<string, string>): string[] {
  const mark = `${marks.get(sourceOf(line)) ?? ' '}${line.isConfirmed ? '' : '?'}`;
  const { item } = widths;
  const isLong = line.item.length > item;
  const cells = [
    figure(line.quantity).padStart(widths.quantity),
    ' ',
    (line.quantity === 1 ? line.unit.replace(/s$/, '') : line.unit).padEnd(widths.unit),
    each(line.usdPerUnit).padStart(widths.each),
    (line.usd === null ? 'unknown' : money(line.usd)).padStart(widths.usd),
    `  ${mark}`,
  ].join('');
  return [
    ...(isLong ? [`  ${line.item}`] : []),
    `  ${(isLong ? '' : line.item).padEnd(item)}${cells}`,
    ...(line.because === '' ? [] : [`    ${line.because}`]),
  ];
}

function totalText({ totalUsd, trafficUsd, unpriced, load }: Sheet, budgetUsd: number | undefined): string[] {
  const atLeast = unpriced.length > 0 ? 'at least ' : '';
  const millions = (load.requestsPerSecond * 2_628_000) / 1e6;
  return [
    `Total ${atLeast}${money(totalUsd)} USD a month; ${money(trafficUsd)} of it grows with traffic` +
      (millions > 0 ? `, ${money(trafficUsd / millions)} a million requests` : ''),
    ...unpriced.map((item) => `  without ${item}: no price is known here; give --host-usd-per-hour`),
    ...(budgetUsd === undefined ? [] : [budgetText(totalUsd, budgetUsd)]),
  ];
}

function budgetText(totalUsd: number, budgetUsd: number): string {
  const difference = money(Math.abs(budgetUsd - totalUsd));
  return totalUsd > budgetUsd
    ? `OVER the budget of ${money(budgetUsd)} USD by ${difference}`
    : `Within the budget of ${money(budgetUsd)} USD, ${difference} left`;
}

function quotaText({ subject, used, limit, unit, source }: Quota): string {
  const share = (100 * used) / limit;
  const percent = share < 1 ? '<1 %' : `${Math.round(share)} %`;
  const numbers = `${figure(used)} of ${figure(limit)} ${unit}`;
  return `  ${subject.padEnd(widths.item + 4)}${numbers.padEnd(29)}${percent.padStart(5)}   ${source}`;
}

const money = (usd: number): string => (usd > 0 && usd < 0.005 ? '<0.01' : usd.toFixed(2));

/** Four digits are more than any of the guesses deserves. */
function figure(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: Math.max(4, wholeDigits(value)) });
}

/** A count is never rounded to zeros: 26,280,000 requests stay what they are. */
const wholeDigits = (value: number): number => (value < 1 ? 1 : Math.floor(Math.log10(value)) + 1);

/** Prices of calls are so small that a million of them is what people can read. */
function each(usd: number | null): string {
  if (usd === null) return '';
  return usd < 0.001 ? `${Number((usd * 1e6).toPrecision(6))} a million` : String(Number(usd.toPrecision(6)));
}
