/** New ids in X-Ray's form: the second of the request first, so that X-Ray can file it, then 96 random bits. */

export interface TraceIds {
  /** `1-<8 hex: seconds since the epoch>-<24 hex: random>`. */
  traceId(): string;
  readonly putSpanId: PutSpanId;
}

/** Puts the eight bytes of a new span's id there. */
export type PutSpanId = (bytes: Buffer, at: number) => void;

/** Randomness costs by the call, not by the byte: one call serves a few hundred ids. */
const idsTogether = 341;
const traceIdBytes = 12;
const spanIdBytes = 8;

/**
 * @param now milliseconds since the epoch
 * @param fill fills a buffer with random bytes
 */
export function createTraceIds(now: () => number, fill: (bytes: Buffer) => void): TraceIds {
  const bytes = Buffer.allocUnsafe(traceIdBytes * idsTogether);
  let digits = '';
  let used = 0;
  let second = -1;
  let prefix = '';
  const spans = Buffer.allocUnsafe(spanIdBytes * idsTogether);
  let usedOfSpans = spans.length;
  return {
    traceId() {
      const seconds = Math.floor(now() / 1000);
      if (seconds !== second) {
        second = seconds;
        prefix = `1-${seconds.toString(16).padStart(8, '0')}-`;
      }
      if (used === digits.length) {
        fill(bytes);
        digits = bytes.toString('hex');
        used = 0;
      }
      used += 2 * traceIdBytes;
      return prefix + digits.slice(used - 2 * traceIdBytes, used);
    },
    putSpanId(to, at) {
      if (usedOfSpans === spans.length) {
        fill(spans);
        usedOfSpans = 0;
      }
      let any = 0;
      for (let place = at; place < at + spanIdBytes; place += 1) {
        const byte = spans[usedOfSpans] as number;
        to[place] = byte;
        any |= byte;
        usedOfSpans += 1;
      }
      // All zeros means "no span" to every reader.
      if (any === 0) to[at + spanIdBytes - 1] = 1;
    },
  };
}

/** Eight digits are four billion steps: far finer than any share that a person writes. */
const shareDigits = 8;
const steps = 16 ** shareDigits;

/**
 * Whether a trace belongs to a share of all traces. The same id falls the same way everywhere, and a trace in a small
 * share is in every larger one too: so what is traced is also what is logged.
 */
export function isInShare(traceId: string, share: number): boolean {
  if (share <= 0) return false;
  return share >= 1 || fractionAt(traceId, traceId.length - shareDigits) < share;
}

/** As `isInShare`, by other digits of the id: for a second choice that must not follow from the first. */
export function isInOtherShare(traceId: string, share: number): boolean {
  if (share <= 0) return false;
  return share >= 1 || fractionAt(traceId, traceId.length - 2 * shareDigits) < share;
}

/** Lower-case hex digits as a number from 0 up to 1; by hand, because a piece of text for each request would be one too many. */
function fractionAt(traceId: string, start: number): number {
  let value = 0;
  for (let at = start; at < start + shareDigits; at += 1) {
    const code = traceId.charCodeAt(at);
    value = value * 16 + (code < 0x40 ? code - 0x30 : code - 0x57);
  }
  return value / steps;
}
