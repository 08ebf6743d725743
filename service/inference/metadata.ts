/** What is known about a model beside its numbers: `model.json`, checked when it is loaded and trusted afterwards. */
import * as z from 'zod';
import { baselineProblems, baselineSchema } from '../drift/baseline';
import { encode, type Feature, feature, wanted } from './features';

type Complain = (path: (string | number)[], message: string) => void;

const share = z.number().min(0).max(1);
const named = z.string().min(1);

const metadata = z
  .strictObject({
    name: named,
    version: named,
    task: named,
    features: z.array(feature).min(1),
    classes: z.array(named).min(2),
    /** Name of the graph's input, a tensor of rows and features. Left out when the graph has one input for each feature. */
    input: named.optional(),
    /** Name of the graph's output: a probability for each class, or that of the second of two classes alone. */
    output: named,
    /** What makes probabilities of that output where the graph leaves it to its caller. */
    activation: z.enum(['softmax', 'sigmoid']).optional(),
    /**
     * What is answered, and marked as degraded, when the model cannot answer: a probability for each class, such as its
     * share in the training data. Without it such a request fails, for nobody has said what a wrong answer costs.
     */
    fallback: z.record(z.string(), share).optional(),
    training: z.strictObject({
      data: named,
      seed: z.number().int(),
      rows: z.number().int().positive(),
      algorithm: named,
    }),
    validation: z.strictObject({
      rows: z.number().int().positive(),
      accuracy: share,
      meanConfidence: share,
    }),
    lowConfidenceBelow: share,
    /** One instance whose class is known: the service asks itself this to see whether the model still answers. */
    probe: z.strictObject({
      instance: z.record(z.string(), z.union([z.number(), z.string(), z.null()])),
      class: named,
    }),
    sha256: z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hexadecimal digits'),
    /** What inputs and answers are compared with. Without it drift is not watched. */
    baseline: baselineSchema.optional(),
  })
  .superRefine((model, context) => {
    const complain: Complain = (path, message) => {
      context.addIssue({ code: 'custom', path, message });
    };
    const names = model.features.map(({ name }) => name);
    const twice = names.findIndex((name, index) => names.indexOf(name) !== index);
    if (twice >= 0)
      complain(['features', twice, 'name'], `expected each name once, got ${names[twice]} again`);
    if (new Set(model.classes).size !== model.classes.length)
      complain(['classes'], 'expected each class once');
    if (!model.classes.includes(model.probe.class)) {
      complain(['probe', 'class'], `expected one of ${model.classes.join(', ')}`);
    }
    for (const known of model.features) {
      const value = model.probe.instance[known.name];
      if (value === undefined || encode(value, known) === undefined) {
        complain(['probe', 'instance', known.name], `expected ${wanted(known)}`);
      }
    }
    const strangers = Object.keys(model.probe.instance).filter((name) => !names.includes(name));
    for (const name of strangers)
      complain(['probe', 'instance', name], 'expected only features of the model');
    if (model.fallback !== undefined) checkFallback(model.fallback, model.classes, complain);
    if (model.baseline !== undefined) {
      for (const { path, message } of baselineProblems(model.baseline, model))
        complain(['baseline', ...path], message);
    }
  });

export type ModelMetadata = Readonly<z.infer<typeof metadata>>;
export type { Feature };

/** Probabilities for all classes, or they could not be answered with. */
function checkFallback(
  fallback: Readonly<Record<string, number>>,
  classes: readonly string[],
  complain: Complain,
): void {
  const named = Object.keys(fallback);
  if (named.length !== classes.length || classes.some((name) => !Object.hasOwn(fallback, name))) {
    complain(['fallback'], `expected a probability for each of ${classes.join(', ')}`);
  }
  const sum = Object.values(fallback).reduce((total, probability) => total + probability, 0);
  if (Math.abs(sum - 1) > roundingError) complain(['fallback'], `expected a sum of 1, got ${sum}`);
}

/** Shares written with three digits may miss a sum of 1 by this much. */
const roundingError = 1e-3;

/** A model that cannot be used as it lies there; the message is one line for whoever put it there. */
export class ModelError extends Error {}

/** Reads the text of a `model.json`. `path` is only for the message. Throws a `ModelError` that names the field. */
export function parseMetadata(text: string, path: string): ModelMetadata {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new ModelError(
      `${path}: is not JSON (${error instanceof Error ? error.message : error}); write it with service/model/train.py`,
    );
  }
  const result = metadata.safeParse(content);
  if (result.success) return Object.freeze(result.data);
  const issues = result.error.issues.map((issue) => {
    const field = issue.path.map(String).join('.');
    return field === '' ? issue.message : `${field}: ${issue.message}`;
  });
  throw new ModelError(
    `${path}: does not describe a model, ${issues.join(', ')}; correct it or write it with service/model/train.py`,
  );
}
