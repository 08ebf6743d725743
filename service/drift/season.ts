/**
 * Seasons: rows of one night differ from those of a whole week, and nothing has drifted. Where a column says when a row is
 * from, the current rows are compared with as many reference rows of the same hours, days or months.
 */
import { type Column, compareColumns, pick } from './columns';
import { defaultRules } from './judge';

/** The parts of time that rows are from; undefined where a row does not say. */
export interface Season {
  readonly name: string;
  readonly reference: readonly (string | undefined)[];
  readonly current: readonly (string | undefined)[];
}

/** Parts of the season with a smaller share of the current rows than this are too rare to be matched. */
const rareShare = 0.005;
/** A season that the reference does not have for more of the current rows than this is none to match by. */
const mostUnmatched = 0.1;

const stopWords =
  /^(last|past|prev|previous|per|since|until|ago|count|number|num|n|avg|mean|sum|rate|total)$/;
const calendarNames = [
  /^(hour|hr)( of day)?$/,
  /^day( of (week|month|year))?$/,
  /^(weekday|week day|dow|weekend)$/,
  /^(month|week)( of year)?$/,
  /^(quarter|season)$/,
  /^(time|part) of day$/,
];

/** Whether a column says by its name when its rows are from: `hour_of_day`, `txWeekday`, not `payments_last_hour`. */
export function isCalendarName(name: string): boolean {
  const words = name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '' && word !== 'is');
  if (words.some((word) => stopWords.test(word))) return false;
  return words.some((_, from) => calendarNames.some((pattern) => pattern.test(words.slice(from).join(' '))));
}

/** The seasons of which the current rows show another mix than the reference, as one; undefined when none does. */
export function oneSided(seasons: readonly Season[]): Season | undefined {
  const tilted = seasons.filter(isTilted);
  const [first, ...others] = tilted;
  if (first === undefined) return undefined;
  return others.reduce(
    (together, next) => ({
      name: `${together.name} and ${next.name}`,
      reference: joined(together.reference, next.reference),
      current: joined(together.current, next.current),
    }),
    first,
  );
}

function joined(one: Season['reference'], other: Season['reference']): Season['reference'] {
  return one.map((part, row) => {
    const second = other[row];
    return part === undefined || second === undefined ? undefined : `${part} ${second}`;
  });
}

function isTilted({ name, reference, current }: Season): boolean {
  const column = (parts: Season['reference']): Column => ({
    name,
    kind: 'category',
    values: parts.map((part) => part ?? null),
  });
  const known = new Set(reference);
  const strangers = current.filter((part) => !known.has(part)).length;
  // A month that the reference has never seen cannot be matched; hiding drift behind it would hide it for ever.
  if (strangers > mostUnmatched * current.length) return false;
  const { psi, noise } = compareColumns(column(reference), column(current));
  return psi >= Math.max(defaultRules.moderatePsi, noise);
}

/**
 * Reference rows with the current rows' mix of seasons, as many as there are; undefined when the reference has too few.
 * Each part gives evenly spread rows, so that the choice is the same each time.
 */
export function matchingRows({ reference, current }: Season, minimumRows: number): Int32Array | undefined {
  const rowsOf = new Map<string, number[]>();
  for (const [row, part] of reference.entries()) {
    if (part === undefined) continue;
    const rows = rowsOf.get(part);
    if (rows === undefined) rowsOf.set(part, [row]);
    else rows.push(row);
  }
  const wanted = new Map<string, number>();
  for (const part of current) if (part !== undefined) wanted.set(part, (wanted.get(part) ?? 0) + 1);
  let factor = Number.POSITIVE_INFINITY;
  for (const [part, rows] of wanted) {
    const has = rowsOf.get(part)?.length ?? 0;
    if (has > 0 && rows >= rareShare * current.length) factor = Math.min(factor, has / rows);
  }
  if (!Number.isFinite(factor)) return undefined;
  const chosen: number[] = [];
  for (const [part, rows] of wanted) {
    const has = rowsOf.get(part) ?? [];
    const take = Math.min(has.length, Math.floor(rows * factor + 1e-9));
    for (let index = 0; index < take; index++) chosen.push(has[Math.floor((index * has.length) / take)] ?? 0);
  }
  return chosen.length < minimumRows ? undefined : Int32Array.from(chosen).sort();
}

/** The column with the rows that match, or the whole where nothing needs to be matched. */
export function matched(column: Column, rows: Int32Array | undefined): Column {
  return rows === undefined ? column : pick(column, rows);
}
