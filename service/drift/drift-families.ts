/** Drift and accuracy for `/metrics`. There a series costs nothing, so every feature has one. */
import type { Family } from '../telemetry/exposition';
import { driftLevels } from './drift-lines';
import type { DriftWatch } from './watch';

/** Families without a sample are left out: what is not known is not told. */
export function driftFamilies(watch: Pick<DriftWatch, 'drift' | 'accuracy'>): readonly Family[] {
  const { judgement } = watch.drift() ?? {};
  const level = judgement === undefined ? undefined : driftLevels[judgement.verdict];
  const accuracy = watch.accuracy()?.accuracy;
  const drifted = judgement?.features.filter((feature) => feature.drifted).length;
  return [
    ...gauge(
      'vigia_drift_level',
      'What to do about drift: 0 nothing, 1 monitor, 2 investigate, 3 retrain.',
      level,
    ),
    ...gauge('vigia_drifted_features', 'Features that have drifted from the baseline.', drifted),
    ...(judgement === undefined
      ? []
      : [
          {
            name: 'vigia_feature_psi',
            type: 'gauge' as const,
            help: 'Population stability index of a feature against the baseline.',
            samples: judgement.features.map(({ name, psi }) => ({ labels: { feature: name }, value: psi })),
          },
        ]),
    ...gauge('vigia_accuracy_ratio', 'Share of late labels that were predicted.', accuracy, 'ratio'),
  ];
}

function gauge(name: string, help: string, value: number | undefined, unit?: string): readonly Family[] {
  if (value === undefined) return [];
  return [
    { name, type: 'gauge', help, ...(unit === undefined ? {} : { unit }), samples: [{ labels: {}, value }] },
  ];
}
