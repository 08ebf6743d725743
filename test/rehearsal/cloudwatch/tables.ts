/** The tables of AWS's page on missing data, and rows that only its older editions have. */
import type { TreatMissingData } from '../../../rehearsal/cloudwatch/decide';

export const treatments: readonly TreatMissingData[] = ['missing', 'ignore', 'breaching', 'notBreaching'];

export interface TableRow {
  readonly source: string;
  readonly m: number;
  readonly points: string;
  /** missing, ignore, breaching, notBreaching */
  readonly states: readonly string[];
  readonly filled?: number;
}

export const tableRows: readonly TableRow[] = [
  { source: 'table A 1', m: 3, points: '0 - X - X', filled: 0, states: ['OK', 'OK', 'OK', 'OK'] },
  { source: 'table A 2', m: 3, points: '0 - - - -', filled: 2, states: ['OK', 'OK', 'OK', 'OK'] },
  {
    source: 'table A 3',
    m: 3,
    points: '- - - - -',
    filled: 3,
    states: ['INSUFFICIENT_DATA', 'keep', 'ALARM', 'OK'],
  },
  { source: 'table A 4', m: 3, points: '0 X X - X', filled: 0, states: ['ALARM', 'ALARM', 'ALARM', 'ALARM'] },
  { source: 'table A 5', m: 3, points: '- - X - -', filled: 2, states: ['ALARM', 'keep', 'ALARM', 'OK'] },
  { source: 'table B 1', m: 2, points: '0 - X - X', filled: 0, states: ['ALARM', 'ALARM', 'ALARM', 'ALARM'] },
  { source: 'table B 2', m: 2, points: '0 0 X 0 X', filled: 0, states: ['ALARM', 'ALARM', 'ALARM', 'ALARM'] },
  { source: 'table B 3', m: 2, points: '0 - X - -', filled: 1, states: ['OK', 'OK', 'ALARM', 'OK'] },
  { source: 'table B 4', m: 2, points: '- - - - 0', filled: 2, states: ['OK', 'OK', 'ALARM', 'OK'] },
  { source: 'table B 5', m: 2, points: '- - - X -', filled: 2, states: ['ALARM', 'keep', 'ALARM', 'OK'] },
  {
    source: 'table C 1 (2019)',
    m: 3,
    points: '- - - - X',
    states: ['INSUFFICIENT_DATA', 'keep', 'ALARM', 'OK'],
  },
  { source: 'table C 2 (2019)', m: 3, points: 'X - - - -', states: ['ALARM', 'keep', 'ALARM', 'OK'] },
  {
    source: 'table C 3 (2019)',
    m: 2,
    points: '- - - - X',
    states: ['INSUFFICIENT_DATA', 'keep', 'ALARM', 'OK'],
  },
];
