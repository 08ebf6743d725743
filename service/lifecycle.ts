/** Where the service stands between its start and its end, and the model it has by then. */
import type { Model } from './inference/model';

export type Phase = 'starting' | 'ready' | 'stopping';

export interface Lifecycle {
  readonly phase: Phase;
  /** Stays after `stop`: what is in flight may still finish. */
  readonly model: Model | undefined;
  ready(model: Model): void;
  stop(): void;
}

/** A service that has just begun. A stop is final: a model that arrives later changes nothing. */
export function createLifecycle(): Lifecycle {
  let phase: Phase = 'starting';
  let model: Model | undefined;
  return {
    get phase() {
      return phase;
    },
    get model() {
      return model;
    },
    ready(loaded) {
      if (phase !== 'starting') return;
      model = loaded;
      phase = 'ready';
    },
    stop() {
      phase = 'stopping';
    },
  };
}
