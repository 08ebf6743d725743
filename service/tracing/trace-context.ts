/** What a caller's headers say of the trace that a request belongs to: X-Ray's own header, and the W3C one. */
import type { IncomingHttpHeaders } from 'node:http';

/** X-Ray's header, as Node spells names. */
export const xrayHeader = 'x-amzn-trace-id';

export interface TraceContext {
  /** X-Ray's form, `1-<8 hex>-<24 hex>`; a W3C id is the same 32 digits without the 1 and the hyphens. */
  readonly traceId: string;
  /** The caller's span; undefined when only the trace is named, as a load balancer does. */
  readonly parentId: string | undefined;
  /** The caller's decision; undefined when it left the decision to us. */
  readonly sampled: boolean | undefined;
}

/** Longer than any real header; what is longer is not worth the search. */
const longestHeader = 1024;

const xrayRoot = /^1-[0-9a-f]{8}-[0-9a-f]{24}$/;
const spanId = /^[0-9a-f]{16}$/;
/** A later version may say more behind the flags; what is known of it stays where it is. */
const traceparent = /^(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;

/**
 * The trace that the headers name, or undefined. A header that names a span wins over one that names a trace alone:
 * a load balancer adds its own X-Ray root to requests that carry a W3C parent already.
 */
export function readTraceContext(headers: IncomingHttpHeaders): TraceContext | undefined {
  const given = headers[xrayHeader];
  const parent = headers.traceparent;
  if (given === undefined && parent === undefined) return undefined;
  const xray = typeof given === 'string' ? readXray(given) : undefined;
  if (xray?.parentId !== undefined) return xray;
  return (typeof parent === 'string' ? readW3c(parent) : undefined) ?? xray;
}

/** Fields in any order; those of others (`Self`, `Lineage`) are passed over. */
function readXray(header: string): TraceContext | undefined {
  if (header.length > longestHeader) return undefined;
  const fields = new Map(
    header.split(';').map((field): [string, string] => {
      const at = field.indexOf('=');
      return [field.slice(0, at).trim().toLowerCase(), field.slice(at + 1).trim()];
    }),
  );
  const traceId = fields.get('root')?.toLowerCase() ?? '';
  if (!xrayRoot.test(traceId) || isEmpty(toW3cTraceId(traceId))) return undefined;
  const parent = fields.get('parent')?.toLowerCase() ?? '';
  const sampled = fields.get('sampled');
  return {
    traceId,
    parentId: spanId.test(parent) && !isEmpty(parent) ? parent : undefined,
    sampled: sampled === '1' ? true : sampled === '0' ? false : undefined,
  };
}

function readW3c(header: string): TraceContext | undefined {
  if (header.length > longestHeader) return undefined;
  const [, version, traceId = '', parentId = '', flags = ''] = traceparent.exec(header) ?? [];
  if (version === undefined || isEmpty(traceId) || isEmpty(parentId)) return undefined;
  // The first version has exactly four fields.
  if (version === '00' && header.length !== 55) return undefined;
  return {
    traceId: toXrayTraceId(traceId),
    parentId,
    // W3C has no word for "undecided": an unset flag is a decision against.
    sampled: (Number.parseInt(flags, 16) & 1) === 1,
  };
}

/** 32 hex digits to X-Ray's form. */
export function toXrayTraceId(traceId: string): string {
  return `1-${traceId.slice(0, 8)}-${traceId.slice(8)}`;
}

/** X-Ray's form to 32 hex digits. */
export function toW3cTraceId(traceId: string): string {
  return traceId.slice(2, 10) + traceId.slice(11);
}

/** All zeros is "no id" in both forms. */
const isEmpty = (hex: string): boolean => /^0+$/.test(hex);
