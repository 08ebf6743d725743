/** The lines that Lambda itself writes into a function's log, and what the rehearsal reads out of the function's own. */
import type { Unstamped } from '../events';
import type { Outcome } from './sandbox';
import type { FunctionTemplate } from './template';

const isJson = (template: FunctionTemplate): boolean => template.settings.LoggingConfig?.LogFormat === 'JSON';

const platform = (at: number, type: string, record: object): string =>
  JSON.stringify({ time: new Date(at).toISOString(), type: `platform.${type}`, record });

/** The line before the function's own. */
export function startLine(template: FunctionTemplate, requestId: string, at: number): string {
  if (isJson(template)) return platform(at, 'start', { requestId, version: '$LATEST' });
  return `START RequestId: ${requestId} Version: $LATEST`;
}

/** The lines after the function's own. */
export function endLines(
  template: FunctionTemplate,
  requestId: string,
  outcome: Outcome,
  at: number,
): string[] {
  const { durationMs, coldStart, initMs, memoryMegabytes, timedOut } = outcome;
  const { MemorySize, Timeout } = template.settings;
  const memoryUsed = memoryMegabytes || MemorySize;
  if (isJson(template)) {
    const status = timedOut ? 'timeout' : outcome.failed ? 'error' : 'success';
    const metrics = {
      durationMs,
      billedDurationMs: Math.ceil(durationMs),
      memorySizeMB: MemorySize,
      maxMemoryUsedMB: memoryUsed,
      ...(coldStart ? { initDurationMs: initMs } : {}),
    };
    return [platform(at, 'report', { requestId, metrics, status })];
  }
  const report = [
    `REPORT RequestId: ${requestId}`,
    `Duration: ${durationMs.toFixed(2)} ms`,
    `Billed Duration: ${Math.ceil(durationMs)} ms`,
    `Memory Size: ${MemorySize} MB`,
    `Max Memory Used: ${memoryUsed} MB`,
    ...(coldStart ? [`Init Duration: ${initMs.toFixed(2)} ms`] : []),
  ];
  return [
    `END RequestId: ${requestId}`,
    `${report.join('\t')}\t`,
    ...(timedOut
      ? [`${new Date(at).toISOString()} ${requestId} Task timed out after ${Timeout.toFixed(2)} seconds`]
      : []),
  ];
}

/** An incident's step that the function logs as `{"message":"incident","incident":{id,from,to,reason}}`. */
export function incidentIn(line: string): Unstamped | undefined {
  if (!line.startsWith('{') || !line.includes('"incident"')) return undefined;
  let parsed: { message?: unknown; incident?: Record<string, unknown> } | null;
  try {
    parsed = JSON.parse(line) as typeof parsed;
  } catch {
    return undefined;
  }
  const { id, from, to, reason } = parsed?.incident ?? {};
  if (parsed?.message !== 'incident' || typeof id !== 'string') return undefined;
  return { kind: 'incident', id, from: String(from), to: String(to), reason: String(reason ?? '') };
}

/** A failed invocation in one line: the error's type and message. */
export function errorOf(payload: string): string {
  try {
    const { errorType, errorMessage } = JSON.parse(payload) as Record<string, unknown>;
    const message = String(errorMessage ?? '').replace(/^RequestId: \S+ Error: /, '');
    return errorType === 'Sandbox.Timedout' ? message : `${String(errorType)}: ${message}`;
  } catch {
    return payload;
  }
}
