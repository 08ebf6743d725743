/** Memory that grows with what is written into it. */

/** The same memory where `more` bytes fit behind the used ones, else a larger one that begins with these. */
export function withRoom(bytes: Buffer<ArrayBuffer>, used: number, more: number): Buffer<ArrayBuffer> {
  if (used + more <= bytes.length) return bytes;
  const grown = Buffer.allocUnsafeSlow(2 * bytes.length + more);
  grown.set(bytes.subarray(0, used));
  return grown;
}
