/** Samples as a table: CSV in, of any length and in pieces, and CSV out. */

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { describeMetric } from '../../cloudwatch/identity';
import type { Datum } from '../../cloudwatch/types';
import type { SeriesSource } from '../types';
import { createRowReader, optionalColumns, requiredColumns, type TakeRow } from './csv-row';
import { printDimensions } from './dimensions-text';
import type { SampleTable } from './sample-table';
import { SeriesError } from './series-error';

/** A row of samples is shorter by far; more means that a quote was not closed. */
const maxRowLength = 65_536;
/** One value that came more often than this is no list of samples any more. */
const mostCopies = 1_000_000;

/**
 * Stores the rows of a CSV file in the table.
 * Rows without quotes are cut at their commas here, which makes the whole three times as fast; from the first quote of
 * the file on, the parser reads.
 * @param chunks the text in pieces of any size
 * @param file how errors name it
 * @throws SeriesError with line and column
 */
export async function readCsv(chunks: Iterable<string>, table: SampleTable, file: string): Promise<void> {
  const take = createRowReader(table, file);
  const pieces = soundPieces(chunks, file)[Symbol.iterator]();
  let line = 0;
  let rest = '';
  for (let piece = pieces.next(); piece.done !== true; piece = pieces.next()) {
    const text = line === 0 && rest === '' ? piece.value.replace(/^\ufeff/, '') : rest + piece.value;
    const quote = text.indexOf('"');
    const end = text.lastIndexOf('\n', quote < 0 ? text.length : quote) + 1;
    line = takePlainRows(text.slice(0, end), line, take);
    rest = text.slice(end);
    if (quote >= 0) return readQuoted(rest, pieces, { line, take, file });
    if (rest.length > maxRowLength) throw tooLong(file, line + 1);
  }
  if (rest !== '') line = takePlainRows(`${rest}\n`, line, take);
}

/** What a decoder leaves for bytes that are no UTF-8, and what no text holds. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the character that is looked for
const unsound = /[\u0000\ufffd]/;

/** The pieces as they are. @throws SeriesError at the line of the first character that is none */
function* soundPieces(chunks: Iterable<string>, file: string): Generator<string, undefined> {
  let line = 1;
  for (const piece of chunks) {
    const found = piece.search(unsound);
    if (found >= 0) throw noText(file, line + linesIn(piece.slice(0, found)), piece[found]);
    line += linesIn(piece);
    yield piece;
  }
  return undefined;
}

function linesIn(text: string): number {
  let count = 0;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) count += 1;
  return count;
}

function noText(file: string, line: number, character: string | undefined): SeriesError {
  return new SeriesError(`${file}:${line}`, {
    what: 'no text in UTF-8',
    got: character === '\u0000' ? 'a zero byte, as of binary data or UTF-16' : 'a byte of another encoding',
    expected: 'UTF-8',
    action: 'save the file as UTF-8',
  });
}

/** Returns the number of the last line. Each line of the text is complete. */
function takePlainRows(text: string, linesBefore: number, take: TakeRow): number {
  let line = linesBefore;
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = text.charCodeAt(newline - 1) === 13 && newline > start ? newline - 1 : newline;
    line += 1;
    if (end > start) take(text.slice(start, end).split(','), line);
    start = newline + 1;
  }
  return line;
}

interface From {
  /** Lines that were read before. */
  readonly line: number;
  readonly take: TakeRow;
  readonly file: string;
}

async function readQuoted(
  first: string,
  pieces: Iterator<string>,
  { line, take, file }: From,
): Promise<void> {
  function* remaining(): Generator<string> {
    yield first;
    for (let piece = pieces.next(); piece.done !== true; piece = pieces.next()) yield piece.value;
  }
  const parser = parse({
    // The number of cells is checked where the line is told.
    relax_column_count: true,
    skip_empty_lines: true,
    record_delimiter: ['\r\n', '\n'],
    max_record_size: maxRowLength,
    // What is returned would be collected.
    on_record: (cells: string[], context) => {
      take(cells, line + context.lines);
      return null;
    },
  });
  parser.resume();
  try {
    await pipeline(Readable.from(remaining()), parser);
  } catch (error) {
    throw error instanceof CsvError ? notCsv(error, line, file) : error;
  }
}

function notCsv(error: CsvError, linesBefore: number, file: string): SeriesError {
  const line = linesBefore + (typeof error.lines === 'number' ? error.lines : 1);
  if (error.code === 'CSV_MAX_RECORD_SIZE') return tooLong(file, line);
  return new SeriesError(`${file}:${line}`, {
    what: 'no CSV',
    got: 'a quote that stands wrong or is never closed',
    expected: 'cells as "one, with a comma" and "one with a "" quote"',
    action: 'correct the line',
  });
}

function tooLong(file: string, line: number): SeriesError {
  return new SeriesError(`${file}:${line}`, {
    what: 'the row does not end',
    got: `more than ${maxRowLength} characters`,
    expected: 'one sample a row',
    action: 'close the quote or break the line',
  });
}

/**
 * Writes every sample as a row that `readCsv` reads back. When samples arrived is lost: a recording keeps it.
 * @param write called with whole lines
 * @throws SeriesError for counts that are no number of rows
 */
export function writeCsv(source: SeriesSource, write: (lines: string) => void): void {
  write(`${[...requiredColumns, ...optionalColumns].join(',')}\n`);
  for (const { datum } of source.arrivals()) {
    const { namespace, name, dimensions, unit = '', storageResolutionSeconds, at, values, counts } = datum;
    if (datum.statisticValues !== undefined) throw noRows(datum, 'a statistic set');
    const identity = `${cell(namespace)},${cell(name)},${cell(printDimensions(dimensions))}`;
    const before = `${new Date(at).toISOString()},${identity}`;
    for (let index = 0; index < values.length; index++) {
      const count = counts?.[index] ?? 1;
      if (!Number.isInteger(count) || count > mostCopies)
        throw noRows(datum, `a value that came ${count} times`);
      // Adding zero makes -0 the same as 0, which it is for every alarm.
      const row = `${before},${(values[index] ?? 0) + 0},${unit},${storageResolutionSeconds}\n`;
      for (let copy = 0; copy < count; copy++) write(row);
    }
  }
}

function noRows(datum: Datum, got: string): SeriesError {
  return new SeriesError(describeMetric(datum), {
    what: 'cannot be written as rows, one a sample',
    got,
    expected: `values that came up to ${mostCopies} times`,
    action: 'keep it as a recording',
  });
}

/** In quotes where a comma, a quote or a line break would be taken for the end of the cell. */
function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
