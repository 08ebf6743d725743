/** From two tables to columns of one kind each: what is a number, a category, a time, or nothing to compare. */

import { excerpt } from '../../rehearsal/excerpt';
import type { Column } from '../../service/drift/columns';
import type { Season } from '../../service/drift/season';
import { isMissing, problem, type Table, type TableColumn } from './table';

export interface Choices {
  /** Columns that are categories though they look like numbers: codes. */
  readonly category: readonly string[];
  /** Columns that are no features. */
  readonly ignore: readonly string[];
}

export interface PreparedSamples {
  readonly reference: readonly Column[];
  readonly current: readonly Column[];
  readonly seasons: readonly Season[];
  /** What was left out and why: for the person, not for the judgement. */
  readonly remarks: readonly string[];
}

type Kind = 'number' | 'category' | 'time' | 'name' | 'empty';

/** From this share of numbers on, what is no number is a mistake and not a category. */
const nearlyAll = 0.9;
/** Above this share of distinct values a text names its row, as an id does: no two samples share any. */
const mostDistinctShare = 0.5;
/** Below this many rows even ids repeat by chance no less than categories do. */
const leastForNames = 50;

/** Takes the reference's columns as the features. @throws UsageError with file, line and column */
export function prepareSamples(reference: Table, current: Table, choices: Choices): PreparedSamples {
  checkNames(reference, choices);
  const remarks: string[] = [];
  const before: Column[] = [];
  const now: Column[] = [];
  const seasons: Season[] = [];
  for (const column of reference.columns) {
    if (choices.ignore.includes(column.name)) continue;
    const other = current.columns.find(({ name }) => name === column.name);
    if (other === undefined) throw lacks(current, reference, column);
    const kind = choices.category.includes(column.name) ? 'category' : kindOf(column, reference);
    if (kind === 'time') {
      seasons.push(...seasonsOf(column, other));
      remarks.push(`${column.name} holds times: it says when rows are from and is no feature.`);
    } else if (kind === 'name') {
      remarks.push(`${column.name} is left out: nearly each row has another text, as names and ids have.`);
    } else if (kind === 'empty') {
      remarks.push(`${column.name} is left out: the reference has no value in it.`);
    } else {
      before.push(columnOf(column, kind, reference));
      now.push(columnOf(other, kind, current));
    }
  }
  for (const { name } of current.columns) {
    const isKnown = reference.columns.some((column) => column.name === name);
    if (!isKnown && !choices.ignore.includes(name))
      remarks.push(`${name} is only in ${current.file} and is not compared.`);
  }
  if (before.length === 0)
    throw problem(
      reference.file,
      'nothing to compare',
      'no column of numbers or categories',
      'at least one',
      'look at what was left out',
    );
  for (const { file, rows, lines } of [reference, current]) {
    if (rows > lines.length)
      remarks.push(
        `${file} has ${rows.toLocaleString('en-US')} rows; an even choice of ${lines.length.toLocaleString('en-US')} was compared.`,
      );
  }
  return { reference: before, current: now, seasons, remarks };
}

function checkNames({ columns, file }: Table, { category, ignore }: Choices): void {
  for (const [option, names] of [
    ['--category', category],
    ['--ignore', ignore],
  ] as const) {
    for (const name of names) {
      if (!columns.some((column) => column.name === name))
        throw problem(
          option,
          'no such column',
          `'${excerpt(name)}'`,
          `one of ${file}: ${excerpt(columns.map((column) => column.name).join(', '))}`,
          'correct the name',
        );
    }
  }
}

function lacks(current: Table, reference: Table, { name }: TableColumn): Error {
  return problem(
    `${current.file}:1, ${name}`,
    'the column is missing',
    excerpt(current.columns.map((column) => column.name).join(', ')),
    `the columns of ${reference.file}`,
    `add it, or leave it out with --ignore ${name}`,
  );
}

/** What a column of the reference is. Its numbers decide; a few cells of text among them are a mistake and are told. */
export function kindOf(column: TableColumn, { rows, file, lines }: Table): Kind {
  const filled = rows - column.missing;
  if (filled === 0) return 'empty';
  if (column.numbers === filled) return 'number';
  if (column.firstText !== undefined && column.numbers >= nearlyAll * filled) {
    throw problem(
      `${file}:${column.firstText.line}, ${column.name}`,
      'no number',
      `'${excerpt(column.firstText.text)}'`,
      'a decimal number as in the other rows, or nothing',
      `correct it, or compare the column as categories with --category ${column.name}`,
    );
  }
  if (column.times === filled) return 'time';
  const distinct = new Set(column.cells).size;
  return lines.length >= leastForNames && distinct > mostDistinctShare * lines.length ? 'name' : 'category';
}

/** The cells as values of this kind. @throws UsageError at the first that is none */
export function columnOf(column: TableColumn, kind: 'number' | 'category', { file, lines }: Table): Column {
  const { name, cells } = column;
  if (kind === 'category') {
    return { name, kind, values: cells.map((cell) => (isMissing(cell) ? null : cell)) };
  }
  if (column.firstText !== undefined) {
    const { line, text } = column.firstText;
    throw problem(
      `${file}:${line}, ${name}`,
      'no number',
      `'${excerpt(text)}'`,
      'a decimal number as in the reference, or nothing',
      'correct the cell',
    );
  }
  const values = Float64Array.from(cells, (cell) => (isMissing(cell) ? Number.NaN : Number(cell)));
  const endless = values.findIndex((value) => !Number.isNaN(value) && !Number.isFinite(value));
  if (endless >= 0)
    throw problem(
      `${file}:${lines[endless]}, ${name}`,
      'too large a number',
      `'${excerpt(cells[endless] ?? '')}'`,
      'one that a double can hold',
      'correct the cell',
    );
  return { name, kind, values };
}

/** The hour and the weekday of times, as they are written: their zone is the data's own. */
function seasonsOf(reference: TableColumn, current: TableColumn): Season[] {
  const { name } = reference;
  const hour = (cell: string): string | undefined => /[T ](\d{2}):/.exec(cell)?.[1];
  const weekday = (cell: string): string | undefined => {
    const day = Date.parse(cell.slice(0, 10));
    return Number.isNaN(day) ? undefined : String(new Date(day).getUTCDay());
  };
  return [
    { part: `the hours of ${name}`, of: hour },
    { part: `the weekdays of ${name}`, of: weekday },
  ].map(({ part, of }) => ({
    name: part,
    reference: reference.cells.map(of),
    current: current.cells.map(of),
  }));
}
