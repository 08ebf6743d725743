/** A small chart in plain text: the judged series, its limit, the gaps, and the alarm's state below. */
import type { AlarmState } from '../../events';
import { formatDuration } from './duration';

export interface ChartPoint {
  readonly at: number;
  /** Undefined where the period has no datapoint. */
  readonly value: number | undefined;
  /** The alarm's state after the evaluation that ends with this period. */
  readonly state: AlarmState;
  readonly upper?: number | undefined;
  readonly lower?: number | undefined;
}

export interface ChartOptions {
  readonly useUnicode: boolean;
  /** Offsets count from here. */
  readonly start: number;
  /** Marked below the states. */
  readonly mark: number;
  readonly maxColumns?: number;
}

/** Fits a terminal of 80 columns with the labels. */
const defaultColumns = 60;
/** High enough to see a shape, low enough to see several failures at once. */
const rowCount = 7;
const labelWidth = 9;

const symbols = {
  unicode: { point: '●', limit: '╌', tick: '┤', cross: '┼', OK: '●', ALARM: '▲', INSUFFICIENT_DATA: '○' },
  ascii: { point: '*', limit: '-', tick: '|', cross: '+', OK: 'o', ALARM: 'A', INSUFFICIENT_DATA: '.' },
} as const;

/** Lines of the chart; none without a single value. */
export function drawChart(points: readonly ChartPoint[], options: ChartOptions): string[] {
  const columns = narrowed(points, options.maxColumns ?? defaultColumns);
  const scale = scaleOf(columns);
  if (scale === undefined) return [];
  const draw = symbols[options.useUnicode ? 'unicode' : 'ascii'];
  const grid = Array.from({ length: rowCount }, () => columns.map(() => ' '));
  columns.forEach(({ value, upper, lower }, column) => {
    for (const limit of [upper, lower]) put(grid, scale.rowOfLimit(limit), column, draw.limit);
    put(grid, beside(value, [upper, lower], scale), column, draw.point);
  });
  const labels = labelsOf(columns, scale);
  const rows = grid.map((cells, row) => {
    const label = labels.get(row);
    const isLimit = label?.isLimit === true;
    const line = `${(label?.text ?? '').padStart(labelWidth)} ${isLimit ? draw.cross : draw.tick}${cells.join('')}`;
    return isLimit ? `${line} limit` : line.trimEnd();
  });
  const gaps = columns.map(({ value }) => (value === undefined ? '-' : ' ')).join('');
  const states = columns.map(({ state }) => draw[state]).join('');
  return [
    ...rows,
    ...(gaps.trim() === '' ? [] : [`${'no data'.padStart(labelWidth)}  ${gaps.trimEnd()}`]),
    `${'state'.padStart(labelWidth)}  ${states}`,
    markLine(columns, options),
    `${' '.repeat(labelWidth)}  ${draw.OK} OK  ${draw.ALARM} ALARM  ${draw.INSUFFICIENT_DATA} INSUFFICIENT_DATA`,
  ];
}

interface Scale {
  readonly top: number;
  readonly bottom: number;
  rowOf(value: number | undefined): number | undefined;
  /** Leaves room on each side on which there are values. */
  rowOfLimit(limit: number | undefined): number | undefined;
}

function scaleOf(columns: readonly ChartPoint[]): Scale | undefined {
  const values = columns.flatMap(({ value, upper, lower }) =>
    [value, upper, lower].filter((each) => each !== undefined),
  );
  if (columns.every(({ value }) => value === undefined)) return undefined;
  const top = Math.max(...values);
  // Most metrics begin at zero, and half a scale would make a small change look large.
  const bottom = Math.min(0, ...values);
  const height = top - bottom || 1;
  const rowOf = (value: number | undefined): number | undefined =>
    value === undefined ? undefined : Math.round(((top - value) / height) * (rowCount - 1));
  return {
    top,
    bottom,
    rowOf,
    rowOfLimit: (limit) => {
      const row = rowOf(limit);
      if (row === undefined || limit === undefined) return undefined;
      return Math.min(Math.max(row, top > limit ? 1 : 0), rowCount - (bottom < limit ? 2 : 1));
    },
  };
}

/** The point's row: on a limit's own only where it is the limit, else it would not show on which side it is. */
function beside(
  value: number | undefined,
  limits: readonly (number | undefined)[],
  scale: Scale,
): number | undefined {
  let row = scale.rowOf(value);
  for (const limit of limits) {
    const limitRow = scale.rowOfLimit(limit);
    if (row === undefined || value === undefined || limit === undefined || limitRow === undefined) continue;
    if (value > limit) row = Math.min(row, limitRow - 1);
    else if (value < limit) row = Math.max(row, limitRow + 1);
    else row = limitRow;
  }
  return row;
}

function put(grid: string[][], row: number | undefined, column: number, symbol: string): void {
  const cells = row === undefined ? undefined : grid[row];
  if (cells !== undefined) cells[column] = symbol;
}

function labelsOf(
  columns: readonly ChartPoint[],
  scale: Scale,
): Map<number, { text: string; isLimit: boolean }> {
  const newest = columns.at(-1);
  const labels = new Map<number, { text: string; isLimit: boolean }>();
  labels.set(0, { text: shortNumber(scale.top), isLimit: false });
  labels.set(rowCount - 1, { text: shortNumber(scale.bottom), isLimit: false });
  for (const limit of [newest?.upper, newest?.lower]) {
    const row = scale.rowOfLimit(limit);
    if (row !== undefined && limit !== undefined)
      labels.set(row, { text: shortNumber(limit), isLimit: true });
  }
  return labels;
}

function markLine(columns: readonly ChartPoint[], { start, mark }: ChartOptions): string {
  const column = Math.max(
    0,
    columns.findLastIndex(({ at }) => at <= mark),
  );
  const text = `^ ${formatDuration(mark - start)}`;
  return `${' '.repeat(labelWidth + 2 + column)}${text}`;
}

/** Fewer columns than points: each shows the value furthest beyond its limit, and the last state. */
function narrowed(points: readonly ChartPoint[], columns: number): ChartPoint[] {
  const size = Math.ceil(points.length / columns);
  if (size <= 1) return [...points];
  return Array.from({ length: Math.ceil(points.length / size) }, (_, index) => {
    const group = points.slice(index * size, (index + 1) * size);
    const last = group.at(-1);
    const worst = group.reduce((left, right) => (beyond(right) > beyond(left) ? right : left));
    return { ...worst, at: last?.at ?? worst.at, state: last?.state ?? worst.state };
  });
}

function beyond({ value, upper, lower }: ChartPoint): number {
  if (value === undefined) return Number.NEGATIVE_INFINITY;
  if (upper === undefined && lower === undefined) return value;
  return Math.max(value - (upper ?? Number.POSITIVE_INFINITY), (lower ?? Number.NEGATIVE_INFINITY) - value);
}

/** Four digits are as many as a person compares. */
export function shortNumber(value: number): string {
  return String(Number(value.toPrecision(4)));
}
