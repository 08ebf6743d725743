/** `POST /labels`: what was true after all, for predictions that are still remembered. */
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import type { DriftWatch } from '../drift/watch';
import { bodyProblem, pointerTo } from './field-errors';
import { type FieldError, ProblemError } from './problems';

/** Labels come in batches; one of this size is counted in a millisecond. */
const maxLabels = 1000;

const label = z.strictObject({
  /** As the answer to the prediction had it. */
  requestId: z.string().min(1).max(128),
  /** Which prediction of that request. */
  index: z.number().int().min(0).max(65_535).default(0),
  label: z.string().min(1),
});
const body = z.union([
  z.strictObject({ labels: z.array(label).min(1).max(maxLabels) }),
  label.transform((one) => ({ labels: [one] })),
]);

/** Adds the route. All labels of a request are taken, or none. */
export function labelsRoute(app: FastifyInstance, { drift }: { readonly drift: DriftWatch }): void {
  app.post('/labels', async (request) => {
    const { model } = drift;
    if (model === undefined) {
      throw new ProblemError({
        status: 503,
        detail: 'the model is still being loaded; try again in a second',
      });
    }
    const parsed = body.safeParse(request.body);
    if (!parsed.success) throw refusal(shapeErrors(request.body));
    const { labels } = parsed.data;
    const isOne = !Object.hasOwn(request.body as object, 'labels');
    const strange = labels.flatMap((each, index): FieldError[] =>
      model.classes.includes(each.label)
        ? []
        : [
            {
              pointer: isOne ? pointerTo('label') : pointerTo('labels', index, 'label'),
              detail: `is no class of the model, expected one of ${model.classes.slice(0, 20).join(', ')}`,
            },
          ],
    );
    if (strange.length > 0) throw refusal(strange);
    const counts = { counted: 0, unknown: 0, repeated: 0 };
    for (const { requestId, index, label: truth } of labels) {
      const outcome = drift.label(requestId, index, truth);
      counts[outcome === 'class' ? 'counted' : outcome] += 1;
    }
    return counts;
  });
}

/** The mistakes of the form that was meant: many labels, or one. */
function shapeErrors(content: unknown): FieldError[] {
  const isObject = typeof content === 'object' && content !== null && !Array.isArray(content);
  if (!isObject) return [{ pointer: '#', detail: 'is not an object, expected { "labels": [ … ] }' }];
  const form = Object.hasOwn(content, 'labels') ? body.options[0] : label;
  const { error } = form.safeParse(content);
  return (error?.issues ?? []).map(({ path, message }) => ({
    pointer: pointerTo(...path.map(String)),
    detail: message,
  }));
}

const refusal = (errors: readonly FieldError[]): ProblemError => bodyProblem(errors, 'no label was counted');
