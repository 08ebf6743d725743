/**
 * Which requests the drift watch looks at. Up to a thousand predictions a second it looks at all; of more it looks at a part,
 * each drawn by chance and counted for as many as it stands for. A window of an hour then rests on millions of rows, where a
 * judgement asks for thousands: looking at more would cost every prediction and tell nothing.
 */

export const watchedPerSecond = 1000;

export class Thinning {
  private seen = 0;
  /** One of so many is looked at: as the second before would have needed it, more when this one is already past that. */
  private every = 1;
  /** A fixed sequence falls in step with no caller; constants of Numerical Recipes' generator. */
  private state = 1;

  /** How many of its like this request stands for; 0 when it is passed over. */
  weigh(predictions: number): number {
    const every = Math.max(this.every, 1 + Math.floor(this.seen / watchedPerSecond));
    this.seen += predictions;
    if (every === 1) return 1;
    this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) >>> 0;
    // Each by itself: were gaps drawn instead, what comes first after a change of the rate would count too much.
    return (this.state / 2 ** 32) * every < 1 ? every : 0;
  }

  /** The end of a second: as many as it held are expected of the next. */
  turn(): void {
    this.every = Math.max(1, Math.ceil(this.seen / watchedPerSecond));
    this.seen = 0;
  }
}
