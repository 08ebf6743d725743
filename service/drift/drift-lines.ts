/** Drift and accuracy as EMF lines. What is not known is not told: a zero would be a claim. */
import { worstFeatures } from '../../lib/catalog/metrics';
import { EmfWriter, type Identity, type Samples } from '../telemetry/emf';
import type { AccuracyState } from './accuracy';
import { type Judgement, largestPsi, type Verdict } from './verdict';

export const driftLevels: Readonly<Record<Verdict, number | undefined>> = {
  none: 0,
  'cannot tell': undefined,
  monitor: 1,
  investigate: 2,
  retrain: 3,
};

/** Once a minute: what holds now, so that an alarm of a minute's period always has its data. */
export function stateLines(
  timestamp: number,
  writer: EmfWriter,
  judgement: Judgement | undefined,
  accuracy: AccuracyState | undefined,
): readonly string[] {
  return writer.lines(timestamp, { ...samplesOf(judgement), ...accuracySamples(accuracy) });
}

function samplesOf(judgement: Judgement | undefined): Samples {
  const level = judgement === undefined ? undefined : driftLevels[judgement.verdict];
  if (judgement === undefined || level === undefined) return {};
  return {
    driftLevel: level,
    driftedFeatures: judgement.features.filter(({ drifted }) => drifted).length,
    worstPsi: rounded(largestPsi(judgement)),
  };
}

function accuracySamples(state: AccuracyState | undefined): Samples {
  if (state?.accuracy === undefined || state.dropPoints === undefined) return {};
  return { accuracy: rounded(100 * state.accuracy), accuracyDrop: rounded(Math.max(0, state.dropPoints)) };
}

/** Once a window: the features that moved most, each as a series of its own. */
export function featureLines(
  timestamp: number,
  identity: Identity,
  { features }: Judgement,
): readonly string[] {
  return features
    .filter(({ size }) => size !== 'cannot tell')
    .toSorted((a, b) => b.psi - a.psi)
    .slice(0, worstFeatures)
    .flatMap(({ name, psi }) => {
      const ofFeature = { ...identity, Feature: asDimension(name) };
      return new EmfWriter(ofFeature).lines(timestamp, { featurePsi: rounded(psi) });
    });
}

/** CloudWatch's limit for the value of a dimension. */
const longestDimension = 1024;

/** A dimension's value is ASCII without control characters, and no colon begins it; anything else is refused with its line. */
const asDimension = (name: string): string =>
  name
    .replace(/[^\x20-\x7e]/g, '_')
    .replace(/^[: ]/, '_')
    .slice(0, longestDimension);

/** Four digits are more than any limit has. */
const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;
