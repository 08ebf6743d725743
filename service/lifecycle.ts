/** Where the service stands between its start and its end, and the model it has by then. */
import type { Model } from './inference/model';

/** `draining` is still serving, and no longer ready: whoever sends requests is given the time to notice. */
export type Phase = 'starting' | 'ready' | 'draining' | 'stopping';

export interface Lifecycle {
  readonly phase: Phase;
  /** Stays after `stop`: what is in flight may still finish. */
  readonly model: Model | undefined;
  /** Whether requests are answered as ever: ready, or draining. */
  readonly serving: boolean;
  ready(model: Model): void;
  /** Only a service that is ready has anybody to wait for. */
  drain(): void;
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
    get serving() {
      return phase === 'ready' || phase === 'draining';
    },
    ready(loaded) {
      if (phase !== 'starting') return;
      model = loaded;
      phase = 'ready';
    },
    drain() {
      if (phase === 'ready') phase = 'draining';
    },
    stop() {
      phase = 'stopping';
    },
  };
}
