/** Which of several streams, each in order, comes next: a binary heap over the times of their next arrivals. */

export interface StreamHeap {
  /** The stream that comes next; -1 when all have ended. Of streams with the same time the first one. */
  top(): number;
  /** The top stream's next arrival is at `time`. */
  advance(time: number): void;
  /** The top stream has ended. */
  end(): void;
}

/** @param firstTimes the time of the first arrival of each stream; undefined for a stream that is empty */
export function createStreamHeap(firstTimes: readonly (number | undefined)[]): StreamHeap {
  const times = Float64Array.from(firstTimes, (time) => time ?? 0);
  const order = firstTimes.flatMap((time, stream) => (time === undefined ? [] : [stream]));
  order.sort((left, right) => (times[left] ?? 0) - (times[right] ?? 0) || left - right);
  // A sorted array is a heap.
  const heap = Int32Array.from(order);
  let size = heap.length;

  /** Moves the top down to its place. Reads lie within the arrays; the fallbacks are for the compiler. */
  const settle = (): void => {
    const stream = heap[0] ?? 0;
    const time = times[stream] ?? 0;
    let place = 0;
    for (let child = 1; child < size; child = 2 * place + 1) {
      let best = heap[child] ?? 0;
      let bestTime = times[best] ?? 0;
      const right = heap[child + 1] ?? 0;
      const rightTime = times[right] ?? 0;
      if (child + 1 < size && (rightTime < bestTime || (rightTime === bestTime && right < best))) {
        child += 1;
        best = right;
        bestTime = rightTime;
      }
      if (time < bestTime || (time === bestTime && stream < best)) break;
      heap[place] = best;
      place = child;
    }
    heap[place] = stream;
  };
  return {
    top: () => (size === 0 ? -1 : (heap[0] ?? -1)),
    advance: (time) => {
      times[heap[0] ?? 0] = time;
      settle();
    },
    end: () => {
      size -= 1;
      heap[0] = heap[size] ?? 0;
      if (size > 0) settle();
    },
  };
}
