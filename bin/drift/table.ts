/**
 * A CSV file with a header, in memory that does not grow with it: every row is looked at, and an even choice of them is
 * kept once there are many. Two hundred thousand rows tell any difference that matters; the rest only takes time.
 */
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { excerpt, visible } from '../../rehearsal/excerpt';
import { UsageError } from '../usage-error';

/** A KS distance of 0.01 is certain with so many rows, and PSI's noise is below 0.001. */
export const mostRows = 100_000;
/** A row of features is shorter by far; more means that a quote was not closed. */
const maxRowLength = 1_000_000;

export interface Cell {
  readonly line: number;
  readonly text: string;
}

export interface TableColumn {
  readonly name: string;
  /** The kept rows' cells, in the order of `Table.lines`. */
  readonly cells: string[];
  /** Over all rows, kept or not. */
  readonly numbers: number;
  readonly times: number;
  readonly missing: number;
  /** The first cell that is there and no number. */
  readonly firstText: Cell | undefined;
}

export interface Table {
  readonly file: string;
  readonly columns: readonly TableColumn[];
  readonly rows: number;
  /** The line of each kept row. */
  readonly lines: readonly number[];
}

interface GrowingColumn {
  readonly name: string;
  readonly cells: string[];
  numbers: number;
  times: number;
  missing: number;
  firstText: Cell | undefined;
}

/** What pandas and spreadsheets write where there is no value. */
const missingWords = new Set(['', 'NA', 'N/A', 'n/a', 'NaN', 'nan', 'null', 'NULL', 'None', '#N/A', '<NA>']);
const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
/** A date, perhaps with a time and a zone. */
const time = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

export const isMissing = (cell: string): boolean => missingWords.has(cell);
export const isNumber = (cell: string): boolean => number.test(cell);

/**
 * Reads the whole file.
 * @param random makes the choice of rows; seeded, so that the same file gives the same report
 * @throws UsageError with file, line and column
 */
export async function readTable(file: string, random: () => number): Promise<Table> {
  const lines: number[] = [];
  let columns: GrowingColumn[] | undefined;
  let rows = 0;
  const take = (cells: readonly string[], line: number): void => {
    if (columns === undefined) {
      columns = readHeader(cells, file, line);
      return;
    }
    if (cells.length !== columns.length) throw wrongLength(file, line, cells.length, columns.length);
    const place = rows < mostRows ? rows : Math.floor(random() * (rows + 1));
    rows += 1;
    if (place < mostRows) lines[place] = line;
    for (let index = 0; index < columns.length; index++) {
      const column = columns[index];
      const cell = cells[index] ?? '';
      if (column === undefined) continue;
      if (isMissing(cell)) column.missing += 1;
      else if (isNumber(cell)) column.numbers += 1;
      else {
        if (time.test(cell)) column.times += 1;
        column.firstText ??= { line, text: cell };
      }
      if (place < mostRows) column.cells[place] = cell;
    }
  };
  await readRows(file, take);
  if (columns === undefined) throw noHeader(file);
  if (rows === 0) throw problem(`${file}:2`, 'no rows', 'a header alone', 'at least one row', 'add rows');
  return { file, columns, rows, lines };
}

/** Each row's cells, and the line where it ends. @throws UsageError for what cannot be read */
export async function readRows(
  file: string,
  take: (cells: readonly string[], line: number) => void,
): Promise<void> {
  // A character that is no UTF-8 becomes one that no text holds, and then the cell is told.
  const parser = parse({
    bom: true,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
    max_record_size: maxRowLength,
    // What is returned would be collected.
    on_record: (cells: string[], context) => {
      take(cells, context.lines);
      return null;
    },
  });
  parser.resume();
  try {
    await pipeline(createReadStream(file), parser);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    if (error instanceof CsvError) {
      const line = typeof error.lines === 'number' ? error.lines : 1;
      throw problem(
        `${file}:${line}`,
        'no CSV',
        excerpt(error.message),
        'cells as "one, with a comma" and "one with a "" quote"',
        'correct the line',
      );
    }
    const { code = String(error) } = error as NodeJS.ErrnoException;
    throw problem(file, 'cannot be read', code, 'a CSV file with a header', 'correct the path or its mode');
  }
}

function readHeader(cells: readonly string[], file: string, line: number): GrowingColumn[] {
  const names = cells.map((cell) => cell.trim());
  const empty = names.indexOf('');
  // Without names that are words, the first row is data.
  const strange = names.find((name) => isNumber(name));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (empty >= 0)
    throw problem(
      `${file}:${line}, column ${empty + 1}`,
      'the column has no name',
      "''",
      'a header with a name for each column',
      'name it',
    );
  if (strange !== undefined)
    throw problem(
      `${file}:${line}`,
      'the header is a row of data',
      `'${excerpt(strange)}'`,
      'names of columns',
      'write them into the first line',
    );
  if (twice !== undefined)
    throw problem(
      `${file}:${line}, ${visible(twice)}`,
      'the column is there twice',
      `'${excerpt(twice)}'`,
      'each name once',
      'rename one',
    );
  return names.map((name) => ({ name, cells: [], numbers: 0, times: 0, missing: 0, firstText: undefined }));
}

function wrongLength(file: string, line: number, got: number, expected: number): UsageError {
  return problem(
    `${file}:${line}`,
    'another number of cells than the header has',
    String(got),
    String(expected),
    'put a cell that holds a comma in quotes',
  );
}

/** A message in the form of all messages here. */
export function problem(
  subject: string,
  what: string,
  got: string,
  expected: string,
  action: string,
): UsageError {
  return new UsageError(visible(`${subject}: ${what}, got ${got}, expected ${expected}; ${action}`));
}

/** A file without a first line has no columns to speak of. */
export const noHeader = (file: string): Error =>
  problem(`${file}:1`, 'no header', 'an empty file', 'names of columns', 'write them into the first line');
