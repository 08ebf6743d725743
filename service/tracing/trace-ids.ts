/** New ids in X-Ray's form: the second of the request first, so that X-Ray can file it, then 96 random bits. */

export interface TraceIds {
  /** `1-<8 hex: seconds since the epoch>-<24 hex: random>`. */
  traceId(): string;
  /** 16 hex digits. */
  spanId(): string;
}

/** Randomness costs by the call, not by the byte: one call serves a few hundred requests. */
const poolBytes = 12 * 341;

/**
 * @param now milliseconds since the epoch
 * @param fill fills a buffer with random bytes
 */
export function createTraceIds(now: () => number, fill: (bytes: Buffer) => void): TraceIds {
  const bytes = Buffer.allocUnsafe(poolBytes);
  let pool = '';
  let used = 0;
  let second = -1;
  let prefix = '';
  const take = (digits: number): string => {
    if (used + digits > pool.length) {
      fill(bytes);
      pool = bytes.toString('hex');
      used = 0;
    }
    used += digits;
    return pool.slice(used - digits, used);
  };
  return {
    traceId() {
      const seconds = Math.floor(now() / 1000);
      if (seconds !== second) {
        second = seconds;
        prefix = `1-${seconds.toString(16).padStart(8, '0')}-`;
      }
      return prefix + take(24);
    },
    spanId() {
      const id = take(16);
      // All zeros means "no span" to every reader.
      return id === '0000000000000000' ? '0000000000000001' : id;
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
