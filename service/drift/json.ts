/** A judgement as programs read it, from a command or from the service. */
import type { JudgedFeature } from './judge';
import type { Judgement } from './verdict';

/** What programs rely on; nothing else is in it. */
export function judgementJson({ drift, driftShare, verdict, features }: Judgement) {
  return { drift, driftShare, verdict, features: features.map(featureJson) };
}

export function featureJson({ name, kind, psi, ks, drifted, reason }: JudgedFeature) {
  return { name, kind, psi, ks, drifted, reason };
}
