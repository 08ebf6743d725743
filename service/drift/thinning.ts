/**
 * Which requests the drift watch looks at. Up to a thousand predictions a second it looks at all; of more it looks at a part,
 * drawn by chance, and counts each for as many as it stands for. A window of an hour then rests on more than three million
 * rows, where a judgement asks for thousands: looking at more would cost every prediction and tell nothing.
 */

export const watchedPerSecond = 1000;

export class Thinning {
  private seen = 0;
  private every = 1;
  private skip = 0;
  /** Gaps of changing length, so that no caller's rhythm falls in step with them; a fixed sequence does for that. */
  private state = 1;

  /** How many of its like this request stands for; 0 when it is passed over. */
  weigh(predictions: number): number {
    this.seen += predictions;
    if (this.skip > 0) {
      this.skip -= 1;
      return 0;
    }
    if (this.every > 1) this.skip = this.gap();
    return this.every;
  }

  /** The end of a second: as many as it held are expected of the next. */
  turn(): void {
    this.every = Math.max(1, Math.ceil(this.seen / watchedPerSecond));
    this.seen = 0;
    this.skip = Math.min(this.skip, 2 * (this.every - 1));
  }

  /** From none up to twice the mean gap, each as likely; constants of Numerical Recipes' generator. */
  private gap(): number {
    this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.state / 2 ** 32) * (2 * this.every - 1));
  }
}
