/** An alarm that cannot be tested, by name, and why. */

export interface Refusal {
  /** AlarmName where it is known, the logical id otherwise. */
  readonly name: string;
  readonly logicalId: string;
  /** A whole message: what, why, and what to do. */
  readonly reason: string;
}
