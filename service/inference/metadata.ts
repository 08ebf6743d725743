/** What is known about a model beside its numbers: `model.json`, checked when it is loaded and trusted afterwards. */
import * as z from 'zod';

const share = z.number().min(0).max(1);
const named = z.string().min(1);

const feature = z
  .strictObject({ name: named, type: z.enum(['number', 'integer']), min: z.number(), max: z.number() })
  .refine(({ min, max }) => min < max, { error: 'expected min below max', path: ['min'] });

const metadata = z
  .strictObject({
    name: named,
    version: named,
    task: named,
    features: z.array(feature).min(1),
    classes: z.array(named).min(2),
    /** Names of the ONNX graph's own input and output. */
    input: named,
    output: named,
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
    probe: z.strictObject({ instance: z.record(z.string(), z.number()), class: named }),
    sha256: z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hexadecimal digits'),
  })
  .superRefine((model, context) => {
    const complain = (path: (string | number)[], message: string): void => {
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
    for (const { name, min, max } of model.features) {
      const value = model.probe.instance[name];
      if (value === undefined || value < min || value > max) {
        complain(['probe', 'instance', name], `expected a number from ${min} to ${max}`);
      }
    }
  });

export type ModelMetadata = Readonly<z.infer<typeof metadata>>;
export type Feature = ModelMetadata['features'][number];

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
