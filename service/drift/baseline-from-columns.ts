/** Makes a baseline from rows: the training data, or whatever else the model's inputs should look like. */
import type { Baseline, DescribedModel } from './baseline';
import { binsOf, type Column, countInto } from './columns';
import { type FeatureBins, missingIn, valueBinsIn } from './comparison';
import { isCalendarName } from './season';

export interface BaselineRows {
  readonly source: string;
  readonly columns: readonly Column[];
  /** Features that say when a row is from, besides those whose names do. */
  readonly calendar: readonly string[];
  /** The model's own answers about rows it was not trained on, where they are at hand. */
  readonly answers?: { readonly classes: Column; readonly confidence: Column } | undefined;
}

/** Every feature of the model has its column. */
export function baselineOf(
  { source, columns, calendar, answers }: BaselineRows,
  model: DescribedModel,
): Baseline {
  const features = model.features.map(({ name, categories = [] }) => {
    const column = columns.find((each) => each.name === name);
    if (column === undefined) throw new Error(`${name}: no column for it`);
    return [name, rowsByBin(column, categories)] as const;
  });
  return {
    source,
    features: Object.fromEntries(features),
    calendar: model.features
      .map(({ name }) => name)
      .filter((name) => calendar.includes(name) || isCalendarName(name)),
    ...(answers === undefined ? {} : { answers: answersOf(answers, model.classes) }),
  };
}

type Bins = Baseline['features'][string];

function rowsByBin(column: Column, categories: readonly string[]): Bins {
  const bins: FeatureBins = column.kind === 'number' ? binsOf(column) : { kind: 'category', categories };
  const counts = countInto(bins, column, new Set(categories));
  const values = counts.slice(0, valueBinsIn(bins));
  if (bins.kind === 'number') return { edges: [...bins.edges], counts: values, missing: missingIn(counts) };
  return {
    counts: Object.fromEntries(bins.categories.map((category, index) => [category, values[index] ?? 0])),
    missing: missingIn(counts),
  };
}

function answersOf(
  { classes, confidence }: NonNullable<BaselineRows['answers']>,
  names: readonly string[],
): NonNullable<Baseline['answers']> {
  const byConfidence = rowsByBin(confidence, []);
  const byClass = rowsByBin(classes, names);
  if (!('edges' in byConfidence) || 'edges' in byClass)
    throw new Error('answers: classes or confidence of a wrong kind');
  return { classes: byClass.counts, confidence: byConfidence };
}
