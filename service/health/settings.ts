/** The file that says which checks this host makes; what it does not set, design time has already set. */
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import type { CheckSettings, HealthFile } from '../../lib/catalog/health';
import { SettingsError } from '../settings';

const common = { name: z.string().min(1), timeoutMs: z.number().positive(), critical: z.boolean() };
const everySeconds = z.number().positive();

const file = z.strictObject({
  checks: z.array(
    z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('http'), ...common, url: z.url(), status: z.number(), everySeconds }),
      z.strictObject({ kind: z.literal('tcp'), ...common, host: z.string(), port: z.number(), everySeconds }),
      z.strictObject({
        kind: z.literal('disk'),
        ...common,
        path: z.string().optional(),
        minFreePercent: z.number(),
        minFreeInodesPercent: z.number(),
      }),
      z.strictObject({ kind: z.literal('agent'), ...common, maxAgeSeconds: z.number() }),
      z.strictObject({ kind: z.literal('clock'), ...common, maxOffsetMs: z.number() }),
    ]),
  ),
});

/** What a service looks at that was told nothing: only what is there on any machine. */
const withoutFile: readonly CheckSettings[] = [
  {
    kind: 'disk',
    name: 'disk',
    timeoutMs: 1000,
    critical: false,
    minFreePercent: 5,
    minFreeInodesPercent: 5,
  },
];

/**
 * The checks that the file names.
 * @param path undefined where there is no such file
 * @throws SettingsError
 */
export function readHealthFile(path: string | undefined): readonly CheckSettings[] {
  if (path === undefined) return withoutFile;
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new SettingsError([
      `${path}: cannot be read (${(error as Error).message}); correct it or deploy again`,
    ]);
  }
  const parsed = file.safeParse(content);
  if (parsed.success) return (parsed.data satisfies HealthFile).checks;
  const problems = parsed.error.issues.map(
    (issue) => `${issue.path.map(String).join('.') || '(whole file)'}: ${issue.message}`,
  );
  throw new SettingsError([`${path}: not usable, got ${problems.join(' | ')}; correct it or deploy again`]);
}
