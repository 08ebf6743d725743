/** The figure of an alarm: the line, its limit, the state band below it, numbered flags for what was done. Inline SVG, pure. */
import type { AlarmState, RehearsalEvent } from '../events';
import { offset, shortNumber } from '../timeline';
import type { WatchedSeries } from '../verdict';
import { escapeHtml } from './escape';

export interface Flag {
  readonly at: number;
  readonly words: string;
}

export interface ChartOptions {
  readonly series: WatchedSeries;
  readonly events: readonly RehearsalEvent[];
  readonly flags: readonly Flag[];
  readonly range: { readonly start: number; readonly end: number };
  readonly faultAt: number;
}

/** Pixels; the text sizes fit a phone held upright and A4. */
const size = {
  width: 760,
  height: 260,
  left: 56,
  right: 90,
  top: 26,
  plotBottom: 178,
  band: 190,
  bandHeight: 14,
};

const bandStyle: Readonly<Record<AlarmState, { css: string; words: string }>> = {
  OK: { css: 'ok', words: '● OK' },
  ALARM: { css: 'alarm', words: '▲ ALARM' },
  INSUFFICIENT_DATA: { css: 'unknown', words: '○ no data' },
};

export function chart(options: ChartOptions): string {
  const { range, faultAt } = options;
  // A period that began before the run has its point there: left of the axis, and not of this run.
  const series = {
    ...options.series,
    points: options.series.points.filter(({ at }) => at >= range.start && at <= range.end),
  };
  const x = scale(range.start, range.end, size.left, size.width - size.right);
  const top = Math.max(series.threshold, ...series.points.map(({ value }) => value), 0) * 1.12 || 1;
  const y = scale(0, top, size.plotBottom, size.top);
  const parts = [
    axes(y, top),
    `<line class="fault" x1="${x(faultAt)}" x2="${x(faultAt)}" y1="${size.top - 8}" y2="${size.plotBottom}"/>`,
    `<text class="small" x="${x(faultAt) + 3}" y="${size.top - 10}">fault</text>`,
    `<line class="limit" x1="${size.left}" x2="${size.width - size.right}" y1="${y(series.threshold)}" y2="${y(series.threshold)}"/>`,
    `<text class="small" x="${size.width - size.right + 4}" y="${y(series.threshold) + 4}">limit ${shortNumber(series.threshold)}</text>`,
    line(series, x, y),
    ...stateBand(options, x),
    ...flagMarks(options, x),
    ...timeTicks(options, x),
  ];
  const label = describe(series, faultAt);
  return `<figure><svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${escapeHtml(label)}">${parts.join('')}</svg><figcaption>${escapeHtml(`${series.alarmName}: ${series.label}, one point each ${series.periodSeconds} s, at the start of its period`)}</figcaption></figure>`;
}

/** The same facts in one sentence, for whoever cannot see the figure. */
export function describe(series: WatchedSeries, faultAt: number): string {
  const values = series.points.map(({ value }) => value);
  if (values.length === 0) return `${series.label}: no data; limit ${shortNumber(series.threshold)}`;
  const isBad = (value: number): boolean =>
    series.comparison.startsWith('Less') ? value < series.threshold : value > series.threshold;
  const firstBad = series.points.find(({ value }) => isBad(value));
  const beyond =
    firstBad === undefined ? 'never beyond it' : `beyond it from ${offset(firstBad.at - faultAt)}`;
  return `${series.label} ${shortNumber(Math.min(...values))} to ${shortNumber(Math.max(...values))}, limit ${shortNumber(series.threshold)}, ${beyond}`;
}

type Scale = (value: number) => number;

function scale(fromLow: number, fromHigh: number, toLow: number, toHigh: number): Scale {
  const span = fromHigh - fromLow || 1;
  return (value) => Math.round((toLow + ((value - fromLow) / span) * (toHigh - toLow)) * 10) / 10;
}

function axes(y: Scale, top: number): string {
  const ticks = [0, top / 2.24, top / 1.12];
  return ticks
    .map(
      (value) =>
        `<line class="grid" x1="${size.left}" x2="${size.width - size.right}" y1="${y(value)}" y2="${y(value)}"/>` +
        `<text class="small end" x="${size.left - 6}" y="${y(value) + 4}">${shortNumber(value)}</text>`,
    )
    .join('');
}

/** Points are joined only when they are neighbours: missing data is a gap, never a guess. */
function line(series: WatchedSeries, x: Scale, y: Scale): string {
  const gapMs = series.periodSeconds * 1500;
  const path = series.points
    .map((point, index) => {
      const before = series.points[index - 1];
      const joined = before !== undefined && point.at - before.at <= gapMs;
      return `${joined ? 'L' : 'M'}${x(point.at)} ${y(point.value)}`;
    })
    .join('');
  const dots = series.points.map(
    (point) => `<circle class="dot" cx="${x(point.at)}" cy="${y(point.value)}" r="2.2"/>`,
  );
  return `<path class="data" d="${path}"/>${dots.join('')}`;
}

function stateBand({ series, events, range }: ChartOptions, x: Scale): string[] {
  const changes = events.filter((event) => event.kind === 'alarm' && event.name === series.alarmName);
  const spans: { from: number; to: number; state: AlarmState }[] = [];
  let state: AlarmState = 'INSUFFICIENT_DATA';
  let from = range.start;
  for (const change of changes) {
    if (change.kind !== 'alarm') continue;
    spans.push({ from, to: change.at, state });
    state = change.to;
    from = change.at;
  }
  spans.push({ from, to: range.end, state });
  return spans
    .filter((span) => span.to > span.from)
    .map((span) => {
      const { css, words } = bandStyle[span.state];
      const left = x(Math.max(span.from, range.start));
      const width = Math.max(0, x(span.to) - left);
      // Too narrow a span cannot hold its word; the colour and the hatch still tell.
      const word =
        width > 62 ? `<text class="band-word" x="${left + 4}" y="${size.band + 11}">${words}</text>` : '';
      return `<rect class="band ${css}" x="${left}" y="${size.band}" width="${width}" height="${size.bandHeight}"/>${word}`;
    });
}

function flagMarks({ flags }: ChartOptions, x: Scale): string[] {
  const row = size.band + size.bandHeight + 14;
  let rightmost = Number.NEGATIVE_INFINITY;
  return flags.map(({ at, words }, index) => {
    // Flags closer than a digit's width are pushed apart; their lines stay where they belong.
    const place = Math.max(x(at), rightmost + 14);
    rightmost = place;
    return (
      `<line class="flag" x1="${x(at)}" x2="${x(at)}" y1="${size.top}" y2="${size.band + size.bandHeight}"/>` +
      `<text class="flag-number" x="${place}" y="${row}"><title>${escapeHtml(words)}</title>${index + 1}</text>`
    );
  });
}

function timeTicks({ range, faultAt }: ChartOptions, x: Scale): string[] {
  const stepMs = range.end - range.start > 180_000 ? 60_000 : 20_000;
  const first = Math.ceil((range.start - faultAt) / stepMs);
  const last = Math.floor((range.end - faultAt) / stepMs);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => (first + index) * stepMs).map(
    (since) =>
      `<text class="small middle" x="${x(faultAt + since)}" y="${size.height - 8}">${offset(since)}</text>`,
  );
}
