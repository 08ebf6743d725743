/** The last traced prediction of each latency bucket: the way from a graph to one trace. */
import { latencyBounds } from './totals';

export interface Exemplar {
  readonly traceId: string;
  readonly value: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** One place for each bucket, the last for what lies above all bounds: more is never kept. */
export class Exemplars {
  private readonly places = new Array<Exemplar | undefined>(latencyBounds.length + 1).fill(undefined);

  keep(exemplar: Exemplar): void {
    const found = latencyBounds.findIndex((bound) => exemplar.value <= bound);
    this.places[found < 0 ? latencyBounds.length : found] = exemplar;
  }

  /** By bucket, in the order of the bounds. */
  read(): readonly (Exemplar | undefined)[] {
    return [...this.places];
  }
}
