/** Two samples, column by column, to one judgement: seasons first, then the features together. */
import { type Column, compareColumns } from './columns';
import { defaultRules, type JudgedFeature, judge } from './judge';
import { isCalendarName, matched, matchingRows, oneSided, type Season } from './season';
import { conclude, type Judgement } from './verdict';
import { psiText } from './words';

export interface Samples {
  /** Features of the reference, and those of the current rows in the same order and of the same kinds. */
  readonly reference: readonly Column[];
  readonly current: readonly Column[];
  /** What says when rows are from besides features: parts of timestamps. */
  readonly seasons: readonly Season[];
  /** Features that say when a row is from, by the person's own word, besides those whose names do. */
  readonly calendar: ReadonlySet<string>;
}

/** Compares, and judges what is left after season and chance. */
export function compareSamples({ reference, current, seasons, calendar }: Samples): Judgement {
  const isCalendar = ({ name }: Column): boolean => calendar.has(name) || isCalendarName(name);
  const pairs = reference.flatMap((before, index) => {
    const now = current[index];
    return now === undefined ? [] : [{ before, now }];
  });
  const all = [
    ...seasons,
    ...pairs
      .filter(({ before }) => isCalendar(before))
      .map(({ before, now }) => ({ name: before.name, reference: parts(before), current: parts(now) })),
  ];
  const season = oneSided(all);
  const whole = judge(pairs.map(({ before, now }) => compareColumns(before, now)));
  if (season === undefined) return conclude(whole);
  const rows = matchingRows(season, defaultRules.minimumRows);
  const subjects = new Set(pairs.filter(({ before }) => isCalendar(before)).map(({ before }) => before.name));
  if (rows === undefined) {
    return conclude(
      whole.map((feature) => (feature.drifted ? undecided(feature, season) : feature)),
      { unmatched: whole.some(({ drifted }) => drifted) ? { by: season.name } : undefined },
    );
  }
  const judged = judge(
    pairs.map(({ before, now }) =>
      compareColumns(subjects.has(before.name) ? before : matched(before, rows), now),
    ),
  );
  const names: string[] = [];
  const features = judged.map((feature, index) => {
    const before = whole[index];
    if (subjects.has(feature.name)) {
      if (feature.drifted) names.push(feature.name);
      return ofTheClock(feature);
    }
    if (feature.drifted || before?.drifted !== true) return feature;
    names.push(feature.name);
    return explained(feature, before, season);
  });
  return conclude(features, { seasonal: { by: season.name, names } });
}

/** What a feature that says when the rows are from tells of is the clock. */
function ofTheClock(feature: JudgedFeature): JudgedFeature {
  if (!feature.drifted) return feature;
  return {
    ...feature,
    drifted: false,
    size: 'cannot tell',
    reason: `PSI ${psiText(feature.psi)}: the current rows cover other times than the reference; it says when they are from, not how they are.`,
  };
}

function explained(feature: JudgedFeature, whole: JudgedFeature, season: Season): JudgedFeature {
  return {
    ...feature,
    reason: `PSI ${psiText(feature.psi)} beside the reference's rows of the same ${season.name}, ${psiText(whole.psi)} beside all of them: a season, no drift.`,
  };
}

function undecided(feature: JudgedFeature, season: Season): JudgedFeature {
  return {
    ...feature,
    drifted: false,
    size: 'cannot tell',
    reason: `PSI ${psiText(feature.psi)}, but the current rows are of another part of ${season.name} than the reference: season and drift cannot be told apart.`,
  };
}

function parts(column: Column): Season['reference'] {
  if (column.kind === 'category') return column.values.map((value) => value ?? undefined);
  return Array.from(column.values, (value) => (Number.isNaN(value) ? undefined : String(value)));
}
