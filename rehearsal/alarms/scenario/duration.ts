/** Spans of time as people write them: `90s`, `1m30s`, `1h`, `2d`. */

const unitsMs = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

const written = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?$/;

/** Milliseconds; undefined for what is no span of time. Units go from large to small, each at most once. */
export function parseDuration(text: string): number | undefined {
  const found = written.exec(text);
  if (found === null || text === '') return undefined;
  return unitsMs.reduce((sum, [, unitMs], index) => sum + Number(found[index + 1] ?? 0) * unitMs, 0);
}

/** The shortest way to write the span that `parseDuration` reads back; `-` in front where it lies in the past. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 0) return `-${formatDuration(-durationMs)}`;
  let rest = Math.round(durationMs);
  const parts = unitsMs.map(([unit, unitMs]) => {
    const count = Math.floor(rest / unitMs);
    rest -= count * unitMs;
    return count === 0 ? '' : `${count}${unit}`;
  });
  return parts.join('') || '0s';
}
