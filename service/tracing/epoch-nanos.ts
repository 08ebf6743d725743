/** Times as OTLP has them: nanoseconds since the epoch in 64 bits, which are more digits than a number holds. */

const nanosPerSecond = 1_000_000_000;
const half = 2 ** 32;

export class EpochNanos {
  private second = Number.NaN;
  private low = 0;
  private high = 0;

  /**
   * Writes a time over eight bytes, the lowest first. Many times share their second, so its halves are kept.
   * @param epochMs with fractions, from 1970 to 2554
   */
  put(bytes: Uint8Array, at: number, epochMs: number): void {
    const second = Math.floor(epochMs / 1000);
    if (second !== this.second) {
      const nanos = BigInt(second) * BigInt(nanosPerSecond);
      this.second = second;
      this.low = Number(nanos & 0xffff_ffffn);
      this.high = Number(nanos >> 32n);
    }
    const rest = Math.min(nanosPerSecond - 1, Math.round((epochMs - second * 1000) * 1e6));
    const low = this.low + rest;
    putWord(bytes, at, low);
    putWord(bytes, at + 4, low < half ? this.high : this.high + 1);
  }
}

/** @param value of which the lower 32 bits are written */
function putWord(bytes: Uint8Array, at: number, value: number): void {
  const word = value | 0;
  bytes[at] = word;
  bytes[at + 1] = word >> 8;
  bytes[at + 2] = word >> 16;
  bytes[at + 3] = word >> 24;
}
