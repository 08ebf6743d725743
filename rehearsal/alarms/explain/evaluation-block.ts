/** One evaluation in full, as a small table: the newest periods side by side with what was found in each. */
import { bucketStart } from '../../cloudwatch/buckets';
import type { Evaluation } from '../../cloudwatch/evaluation';
import { localTime } from '../backtest/nights';
import { harmless, shortNumber, wrap } from '../backtest/words';
import { because } from './because';
import { type ExplainTextOptions, timeText, width } from './text-options';

/** What was found in a period, in one character. */
export const marks = { ok: '.', breaching: '!', missing: '-' } as const;

export function markOf({ breaching }: Evaluation, index: number): string {
  const found = breaching[index];
  return found === undefined ? marks.missing : found ? marks.breaching : marks.ok;
}

const labelWidth = 12;
const dayMs = 86_400_000;

/** Time, periods, values, inputs, what was judged, why, and AWS's reason where the state changed. */
export function evaluationBlock(
  evaluation: Evaluation,
  resultId: string | undefined,
  { zone, paint }: ExplainTextOptions,
): string[] {
  const { at, from, to, points, kept } = evaluation;
  const changed = from !== to;
  const state = changed ? `${from} -> ${to}` : `stays ${to}`;
  const tone = to === 'ALARM' ? 'bad' : to === 'OK' ? 'good' : 'soft';
  const rows = rowsOf(evaluation, resultId, zone);
  const cell = Math.max(...rows.flatMap(([, cells]) => cells.map((text) => text.length))) + 2;
  const shown = Math.max(1, Math.min(points.length, Math.floor((width - labelWidth) / cell)));
  const hidden = points.length - shown;
  const lines = rows.map(([label, cells]) => {
    const texts = cells.slice(-shown).map((text) => text.padStart(cell));
    return `  ${label.slice(0, labelWidth - 3).padEnd(labelWidth - 2)}${texts.join('')}`;
  });
  return [
    `${timeText(at, evaluation, zone)}  ${paint(tone, state)}`,
    ...lines,
    ...(hidden === 0 ? [] : olderLines(evaluation, hidden)),
    ...labelled('because', because(evaluation)),
    ...(changed && kept === undefined
      ? labelled('AWS says', evaluation.reason).map((line) => paint('soft', line))
      : []),
    '',
  ];
}

type Row = readonly [label: string, cells: readonly string[]];

function rowsOf(evaluation: Evaluation, resultId: string | undefined, zone: string): Row[] {
  const { grid, points, inputs, sampleCounts, verdict, kept, band } = evaluation;
  const starts = points.map((_, index) => bucketStart(grid, index));
  const times = starts.map((start) => shortTime(start, evaluation, zone));
  const numbers = (values: readonly (number | undefined)[]): string[] =>
    points.map((_, index) => {
      const value = values[index];
      return value === undefined ? '-' : shortNumber(value);
    });
  // An alarm on one metric is made of nothing but its value.
  const others = resultId === undefined ? [] : [...inputs].filter(([id]) => id !== resultId);
  const judged = new Set(verdict.judged);
  return [
    ['period', times],
    ...others.map(([id, values]): Row => [id, numbers(values)]),
    ['value', numbers(points)],
    ...(band === undefined ? [] : bandRows(band, numbers)),
    ...(kept === 'low samples' && sampleCounts !== undefined
      ? [['samples', sampleCounts.map(String)] as const]
      : []),
    ['found', points.map((_, index) => words[markOf(evaluation, index)] ?? '')],
    ['judged', points.map((_, index) => (judged.has(index) ? '*' : ''))],
  ];
}

const words: Readonly<Record<string, string>> = {
  [marks.ok]: 'ok',
  [marks.breaching]: 'breach',
  [marks.missing]: 'missing',
};

function bandRows(
  { lower, upper }: NonNullable<Evaluation['band']>,
  numbers: (values: readonly (number | undefined)[]) => string[],
): Row[] {
  return [
    ['upper', numbers(upper)],
    ['lower', numbers(lower)],
  ];
}

/** The day is said only where the range is longer than one. */
function shortTime(at: number, { grid }: Evaluation, zone: string): string {
  const text = localTime(at, zone);
  if (grid.periodMs * grid.length > dayMs) return text.slice(5);
  const seconds = `:${String(Math.floor(at / 1000) % 60).padStart(2, '0')}`;
  return `${text.slice(11)}${grid.periodMs < 60_000 ? seconds : ''}`;
}

/** Periods for which the table has no room, as marks. */
function olderLines(evaluation: Evaluation, hidden: number): string[] {
  const strip = Array.from({ length: hidden }, (_, index) => markOf(evaluation, index)).join('');
  const room = width - labelWidth - 20;
  const [shown, dots] = strip.length > room ? [strip.slice(-room), '..'] : [strip, ''];
  return [`  ${'older'.padEnd(labelWidth - 2)}  ${dots}${shown}  (${hidden} periods)`];
}

function labelled(label: string, text: string): string[] {
  const indent = ' '.repeat(labelWidth + 2);
  const [first = '', ...others] = wrap(harmless(text), width, indent);
  return [`  ${label.padEnd(labelWidth)}${first.slice(labelWidth + 2)}`, ...others];
}
