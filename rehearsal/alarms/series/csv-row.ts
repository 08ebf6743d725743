/** One row of a table of samples: the header's columns found, each cell checked, the sample stored. */
import { suppliedNamespace } from '../../cloudwatch/supplied';
import { unitExamples, units } from '../../cloudwatch/units';
import { parseDimensions } from './dimensions-text';
import { createInstantReader, instantExamples, instantRangeWords, isPlausible } from './instant';
import type { SampleColumn } from './sample-column';
import type { SampleTable } from './sample-table';
import { type Complaint, SeriesError, shown } from './series-error';

export const requiredColumns = ['timestamp', 'namespace', 'metric', 'dimensions', 'value'] as const;
export const optionalColumns = ['unit', 'resolution'] as const;
const knownColumns = [...requiredColumns, ...optionalColumns];
type ColumnName = (typeof knownColumns)[number];

/** Decimal, as people and programs write numbers; not `0x10`, not `1,5`. */
const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
/** AWS takes no larger ones. */
const maxMagnitude = 2 ** 360;
/** AWS's documented limit of namespaces and names. */
const maxNameLength = 255;

export type TakeRow = (cells: readonly string[], line: number) => void;

/** Reads the header first, then rows; `file` is how errors name the file. */
export function createRowReader(table: SampleTable, file: string): TakeRow {
  let take: TakeRow | undefined;
  return (cells, line) => {
    if (take === undefined) take = createCellReader(table, file, readHeader(cells, file, line));
    else take(cells, line);
  };
}

function readHeader(cells: readonly string[], file: string, line: number): readonly ColumnName[] {
  const complain = (what: string, got: string): SeriesError =>
    new SeriesError(`${file}:${line}`, {
      what,
      got,
      expected: `${requiredColumns.join(',')} and perhaps ${optionalColumns.join(',')}, in any order`,
      action: 'correct the header',
    });
  const names = cells.map((cell) => cell.trim());
  const columns = names.map((name) => {
    const known = knownColumns.find((each) => each === name);
    if (known === undefined) throw complain('the header has an unknown column', shown(name));
    return known;
  });
  const twice = columns.find((name, index) => columns.indexOf(name) !== index);
  if (twice !== undefined) throw complain('the header has a column twice', shown(twice));
  const missing = requiredColumns.filter((name) => !columns.includes(name));
  if (missing.length > 0) throw complain(`the header lacks ${missing.join(', ')}`, shown(names.join(',')));
  return columns;
}

function createCellReader(table: SampleTable, file: string, header: readonly ColumnName[]): TakeRow {
  const place = Object.fromEntries(knownColumns.map((name) => [name, header.indexOf(name)]));
  const { timestamp = -1, namespace = -1, metric = -1, dimensions = -1, value = -1 } = place;
  const { unit = -1, resolution = -1 } = place;
  const readInstant = createInstantReader();
  /** By the cells that name the metric, as they stand: each is understood once. */
  const columns = new Map<string, SampleColumn>();

  // Made once: a function made for each row would take longer than the row.
  const complain = (line: number, column: string, complaint: Complaint): SeriesError =>
    new SeriesError(`${file}:${line}, ${column}`, complaint);

  return (cells, line) => {
    if (cells.length !== header.length) throw complain(line, 'the row', wrongLength(cells, header));
    const at = readInstant(cells[timestamp] ?? '');
    if (at === undefined) throw complain(line, 'timestamp', noTime(cells[timestamp]));
    if (!isPlausible(at)) throw complain(line, 'timestamp', strangeTime(cells[timestamp]));
    const text = cells[value] ?? '';
    const amount = Number(text);
    if (!number.test(text) || !(Math.abs(amount) <= maxMagnitude))
      throw complain(line, 'value', noNumber(text));
    const key = `${cells[namespace]}\n${cells[metric]}\n${cells[dimensions]}\n${cells[unit] ?? ''}\n${cells[resolution] ?? ''}`;
    let column = columns.get(key);
    if (column === undefined) {
      column = columnOf(table, (name, complaint) => complain(line, name, complaint), {
        namespace: cells[namespace] ?? '',
        metric: cells[metric] ?? '',
        dimensions: cells[dimensions] ?? '',
        unit: cells[unit] ?? '',
        resolution: cells[resolution] ?? '',
      });
      columns.set(key, column);
    }
    column.add(at, amount);
  };
}

function wrongLength(cells: readonly string[], header: readonly string[]): Complaint {
  return {
    what: 'another number of cells than the header has',
    got: `${cells.length}`,
    expected: `${header.length}`,
    action: 'put a cell that holds a comma in quotes',
  };
}

function noTime(text = ''): Complaint {
  return {
    what: 'no time with a zone',
    got: shown(text),
    expected: instantExamples,
    action: 'write ISO 8601 with Z or an offset',
  };
}

function strangeTime(text = ''): Complaint {
  return {
    what: 'no data is of this time',
    got: shown(text),
    expected: instantRangeWords,
    action: 'correct the year',
  };
}

function noNumber(text: string): Complaint {
  return {
    what: 'no number that CloudWatch takes',
    got: shown(text),
    expected: 'a finite decimal number, at most 2^360',
    action: 'leave out rows without a value',
  };
}

type IdentityCells = Readonly<Record<'namespace' | 'metric' | 'dimensions' | 'unit' | 'resolution', string>>;

function columnOf(
  table: SampleTable,
  complain: (column: string, complaint: Complaint) => SeriesError,
  cells: IdentityCells,
): SampleColumn {
  const { namespace, metric, unit, resolution } = cells;
  const isReserved = namespace.startsWith(':') && namespace !== suppliedNamespace;
  if (namespace === '' || namespace.length > maxNameLength || isReserved)
    throw complain('namespace', {
      what: 'no namespace',
      got: shown(namespace),
      expected: `1 to ${maxNameLength} characters, the first no colon`,
      action: 'write the namespace of the metric, as AWS/Lambda',
    });
  if (metric === '' || metric.length > maxNameLength)
    throw complain('metric', {
      what: 'no name of a metric',
      got: shown(metric),
      expected: `1 to ${maxNameLength} characters`,
      action: 'write the name of the metric',
    });
  const reading = parseDimensions(cells.dimensions);
  if (!reading.ok)
    throw complain('dimensions', {
      what: reading.problem,
      got: shown(cells.dimensions),
      expected: 'Name=value;Name=value, with \\; \\= \\\\ for these characters in them, or nothing',
      action: 'correct the cell',
    });
  if (unit !== '' && !units.includes(unit))
    throw complain('unit', {
      what: 'no unit',
      got: shown(unit),
      expected: unitExamples,
      action: 'correct it or leave the cell empty',
    });
  if (resolution !== '' && resolution !== '1' && resolution !== '60')
    throw complain('resolution', {
      what: 'no storage resolution',
      got: shown(resolution),
      expected: '1 or 60, in seconds',
      action: 'leave the cell empty for 60',
    });
  return table.column({
    namespace,
    name: metric,
    dimensions: reading.dimensions,
    unit: unit === '' ? undefined : unit,
    storageResolutionSeconds: resolution === '1' ? 1 : 60,
  });
}
