/** As much of a model.json as drift needs to know; the service checks the whole when it loads it. */
import * as z from 'zod';

const described = z.object({
  features: z
    .array(
      z.object({
        name: z.string().min(1),
        type: z.enum(['number', 'integer', 'category']),
        categories: z.array(z.string()).optional(),
      }),
    )
    .min(1),
  classes: z.array(z.string()).min(2),
  validation: z.object({ accuracy: z.number().min(0).max(1) }),
});

export type ReadModel = z.infer<typeof described>;

export type ReadModelResult =
  | { readonly ok: true; readonly model: ReadModel }
  | { readonly ok: false; readonly problem: string };

/** Reads the parsed content of a model.json. */
export function readDescribedModel(content: unknown): ReadModelResult {
  const parsed = described.safeParse(content);
  if (parsed.success) return { ok: true, model: parsed.data };
  const [first] = parsed.error.issues;
  return { ok: false, problem: `${first?.path.map(String).join('.') || 'the whole'}: ${first?.message}` };
}
