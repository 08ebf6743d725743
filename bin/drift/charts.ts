/** The drawings of a drift report as SVG: two distributions on one axis, or two bars a category. */
import { escapeHtml } from '../../rehearsal/report/escape';
import { type Comparison, valueBinsIn } from '../../service/drift/comparison';
import { total } from '../../service/drift/counts';
import { contribution } from '../../service/drift/psi';
import { binText, percent, shortNumber } from '../../service/drift/words';
import { type Histogram, ticksOf } from './histogram';

const width = 460;
const plotHeight = 120;
const margin = { left: 8, right: 8, top: 8, axis: 22 };

/** The reference as a filled shape, the current rows as a line over it. */
export function distributionChart(histogram: Histogram, label: string): string {
  const { before, now } = histogram;
  const height = margin.top + plotHeight + margin.axis;
  const highest = Math.max(...before, ...now, 1e-9);
  const plotWidth = width - margin.left - margin.right;
  const cell = plotWidth / before.length;
  const base = margin.top + plotHeight;
  const y = (share: number): string => (base - (share / highest) * plotHeight).toFixed(1);
  const x = (index: number): string => (margin.left + index * cell).toFixed(1);
  const steps = (shares: readonly number[]): string =>
    shares.map((share, index) => `L${x(index)} ${y(share)}L${x(index + 1)} ${y(share)}`).join('');
  const ticks = ticksOf(histogram).map(({ value, place }) => {
    const at = margin.left + place * plotWidth;
    const anchor = place < 0.06 ? 'start' : place > 0.94 ? 'end' : 'middle';
    return `<line class="axis" x1="${at.toFixed(1)}" x2="${at.toFixed(1)}" y1="${base}" y2="${base + 4}"/><text x="${at.toFixed(1)}" y="${base + 16}" text-anchor="${anchor}">${shortNumber(value)}</text>`;
  });
  const scale = histogram.isLogarithmic
    ? `<text x="${width - margin.right}" y="${margin.top + 8}" text-anchor="end">logarithmic</text>`
    : '';
  return [
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(label)}">`,
    `<path class="before" d="M${x(0)} ${base}${steps(before)}L${x(before.length)} ${base}Z"/>`,
    `<path class="now" d="M${x(0)} ${base}${steps(now)}L${x(now.length)} ${base}"/>`,
    `<line class="axis" x1="${margin.left}" x2="${width - margin.right}" y1="${base}" y2="${base}"/>`,
    ticks.join(''),
    `${scale}</svg>`,
  ].join('');
}

/** More bars than these are read by nobody; the table below has them all. */
const mostBars = 8;
const barStep = 24;
const labelWidth = 150;
const numberWidth = 96;
/** A name longer than its place is cut; the table has it whole. */
const labelLength = 22;

/** A filled bar for the reference, a framed one for the current rows; the categories that changed most. */
export function categoryChart(comparison: Comparison, label: string): string {
  const rows = binRows(comparison).filter(({ before, now }) => before + now > 0);
  const shown = new Set(rows.toSorted((a, b) => b.adds - a.adds).slice(0, mostBars));
  const bars = rows.filter((row) => shown.has(row));
  const longest = Math.max(...bars.map(({ before, now }) => Math.max(before, now)), 1e-9);
  const full = width - labelWidth - numberWidth;
  const size = (share: number): string => ((share / longest) * full).toFixed(1);
  const lines = bars.map(({ text, before, now }, index) => {
    const top = 4 + index * barStep;
    const name = text.length > labelLength ? `${text.slice(0, labelLength - 1)}…` : text;
    return [
      `<text class="label" x="${labelWidth - 8}" y="${top + 13}" text-anchor="end">${escapeHtml(name)}</text>`,
      `<rect class="before" x="${labelWidth}" y="${top}" width="${size(before)}" height="18"/>`,
      `<rect class="nowbar" x="${labelWidth}" y="${top + 4}" width="${size(now)}" height="10"/>`,
      `<text x="${width}" y="${top + 13}" text-anchor="end">${percent(before)} → ${percent(now)}</text>`,
    ].join('');
  });
  const height = 8 + bars.length * barStep;
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(label)}">${lines.join('')}</svg>`;
}

export interface BinRow {
  readonly text: string;
  readonly before: number;
  readonly now: number;
  /** What the bin adds to PSI. */
  readonly adds: number;
}

/** The bins with their shares, in order. */
export function binRows({ bins, reference, current }: Comparison): readonly BinRow[] {
  const before = total(reference);
  const now = total(current);
  const quoted = bins.kind === 'category' ? valueBinsIn(bins) : 0;
  return Array.from(reference, (rows, bin) => {
    const shares = [rows / before, (current[bin] ?? 0) / now] as const;
    const text = bin < quoted ? binText(bins, bin).slice(1, -1) : binText(bins, bin).replace(/^of /, '');
    return { text, before: shares[0], now: shares[1], adds: contribution(...shares) };
  });
}

/** PSI as a bar with the limit at its place; beyond four times the limit the bar is full. */
export function psiBar(psi: number, limit: number, drifted: boolean): string {
  const full = 4 * limit;
  const size = (100 * Math.min(psi, full)) / full;
  const at = (100 * limit) / full;
  return `<svg viewBox="0 0 100 14" preserveAspectRatio="none" aria-hidden="true"><rect class="psi${drifted ? ' far' : ''}" x="0" y="2" width="${size.toFixed(1)}" height="10"/><line class="limit" x1="${at}" x2="${at}" y1="0" y2="14" vector-effect="non-scaling-stroke"/></svg>`;
}
