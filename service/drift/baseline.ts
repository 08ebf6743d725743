/**
 * What a model was trained on, as rows by bin: what its inputs and answers are compared with. It stands in model.json, and
 * is checked against the model's own features before it is used.
 */
import * as z from 'zod';
import { type FeatureBins, valueBinsIn } from './comparison';

/** Four steps of halving find one of sixteen bins, and a prediction pays for each step. */
export const mostEdges = 15;
/** A category with its own bin costs a counter; a model with more has ids for categories. */
const mostCategories = 1000;

const rows = z.number().int().nonnegative();

const numberBins = z
  .strictObject({
    /** A bin holds what is above one edge up to and including the next. */
    edges: z.array(z.number()).min(1).max(mostEdges),
    /** One more than there are edges. */
    counts: z.array(rows),
    missing: rows.default(0),
  })
  .refine(({ edges, counts }) => counts.length === edges.length + 1, {
    error: 'expected one count more than there are edges',
    path: ['counts'],
  })
  .refine(({ edges }) => edges.every((edge, index) => index === 0 || edge > (edges[index - 1] ?? edge)), {
    error: 'expected ascending edges',
    path: ['edges'],
  });

const categoryBins = z.strictObject({
  counts: z.record(z.string(), rows).refine((counts) => Object.keys(counts).length <= mostCategories, {
    error: `expected at most ${mostCategories} categories`,
  }),
  missing: rows.default(0),
});

export const baselineSchema = z.strictObject({
  /** Where the rows are from, for people. */
  source: z.string().min(1),
  features: z.record(z.string(), z.union([numberBins, categoryBins])),
  /** Features that say when a row is from, and tell of the clock and not of the world. They are counted and not judged. */
  calendar: z.array(z.string()).default([]),
  /** The model's answers about rows that it was not trained on. */
  answers: z.strictObject({ confidence: numberBins, classes: z.record(z.string(), rows) }).optional(),
});

export type Baseline = Readonly<z.infer<typeof baselineSchema>>;

/** What a baseline must know of a model. */
export interface DescribedModel {
  readonly features: readonly {
    readonly name: string;
    readonly type: string;
    readonly categories?: readonly string[] | undefined;
  }[];
  readonly classes: readonly string[];
}

/** What a baseline holds for something: its bins, and the rows in them with the missing last. */
export interface Subject {
  readonly name: string;
  readonly bins: FeatureBins;
  readonly counts: readonly number[];
}

export interface Problem {
  readonly path: readonly string[];
  readonly message: string;
}

/** Fewer rows than these could not tell anything from anything. */
const leastRows = 100;

/** Why a baseline is not one of this model; empty when it is. */
export function baselineProblems(baseline: Baseline, model: DescribedModel): readonly Problem[] {
  const problems: Problem[] = [];
  const complain = (path: readonly string[], message: string): void => {
    problems.push({ path, message });
  };
  for (const { name, type, categories = [] } of model.features) {
    const known = Object.hasOwn(baseline.features, name) ? baseline.features[name] : undefined;
    const path = ['features', name];
    if (known === undefined) complain(path, 'is missing, expected the rows by bin of this feature');
    else if ('edges' in known === (type === 'category'))
      complain(path, `expected ${type === 'category' ? 'rows by category' : 'edges and counts'}`);
    else if (!('edges' in known)) {
      for (const category of Object.keys(known.counts)) {
        if (!categories.includes(category))
          complain([...path, 'counts', category], 'is no category of the model');
      }
    }
    if (known !== undefined && rowsIn(known) < leastRows)
      complain(path, `has too few rows, got ${rowsIn(known)}, expected at least ${leastRows}`);
  }
  const names = model.features.map(({ name }) => name);
  for (const name of Object.keys(baseline.features)) {
    if (!names.includes(name)) complain(['features', name], 'is no feature of the model');
  }
  for (const name of baseline.calendar) {
    if (!names.includes(name)) complain(['calendar', name], 'is no feature of the model');
  }
  for (const name of Object.keys(baseline.answers?.classes ?? {})) {
    if (!model.classes.includes(name)) complain(['answers', 'classes', name], 'is no class of the model');
  }
  return problems;
}

type Bins = Baseline['features'][string];

function rowsIn({ counts, missing }: Bins): number {
  return Object.values(counts).reduce((sum, count) => sum + count, missing);
}

/** The features in the model's order. The baseline has been checked against the model. */
export function featureSubjects(baseline: Baseline, { features }: DescribedModel): readonly Subject[] {
  return features.flatMap(({ name, categories = [] }) => {
    const known = baseline.features[name];
    return known === undefined ? [] : [subjectOf(name, known, categories)];
  });
}

/** Names of what is compared besides features; no feature's name has such brackets in earnest. */
export const confidenceName = '(confidence)';
export const className = '(class)';

/** The model's answers; none when the baseline does not have them. */
export function answerSubjects({ answers }: Baseline, { classes }: DescribedModel): readonly Subject[] {
  if (answers === undefined) return [];
  return [
    subjectOf(className, { counts: answers.classes, missing: 0 }, classes),
    subjectOf(confidenceName, answers.confidence, []),
  ];
}

function subjectOf(name: string, known: Bins, categories: readonly string[]): Subject {
  if ('edges' in known) {
    const { edges, counts, missing } = known;
    return { name, bins: { kind: 'number', edges }, counts: [...counts, missing] };
  }
  const bins: FeatureBins = { kind: 'category', categories };
  const rowsOf = new Map(Object.entries(known.counts));
  const counts = categories.map((category) => rowsOf.get(category) ?? 0);
  // Between the categories and the missing: rarer ones and new ones, of which a model's own list has none.
  return { name, bins, counts: [...counts.slice(0, valueBinsIn(bins)), 0, 0, known.missing] };
}
