/** What to do about the features together: nothing, monitor, investigate or retrain, with the reason in one sentence. */
import type { JudgedFeature } from './judge';
import { counted } from './words';

export type Verdict = 'none' | 'cannot tell' | 'monitor' | 'investigate' | 'retrain';

/** When this share of the features is far away, the world has moved and not a single source. */
const broadShare = 0.3;
/** With fewer features than this, half of them is one, and one feature is one source. */
const broadFeatures = 3;
/** From this share on, even moderate changes are no longer a matter of single features. */
const severalShare = 0.3;
/** More names than these are a list and no sentence. */
const mostNames = 3;

export interface Judgement {
  readonly drift: boolean;
  /** Drifted features of those that could be judged. */
  readonly driftShare: number;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly todo: string;
  /** The worst first. */
  readonly features: readonly JudgedFeature[];
}

export interface Circumstances {
  /** Features that differ from the whole reference, and not from its rows of the same season. */
  readonly seasonal?: { readonly by: string; readonly names: readonly string[] } | undefined;
  /** The season is known and the reference holds too few rows of it to compare with. */
  readonly unmatched?: { readonly by: string } | undefined;
  /** What the model answers: its classes and its confidence. They count apart from its inputs. */
  readonly outputs?: readonly JudgedFeature[] | undefined;
  /** What late labels say: the accuracy is below the validation's, and that is no chance. */
  readonly accuracyFell?: string | undefined;
}

type Words = Pick<Judgement, 'verdict' | 'reason' | 'todo'>;

/** The whole judgement over features that have been judged together. */
export function conclude(judged: readonly JudgedFeature[], circumstances: Circumstances = {}): Judgement {
  const features = ranked(judged);
  const drifted = features.filter((feature) => feature.drifted);
  const told = features.filter(({ size }) => size !== 'cannot tell');
  const outputs = (circumstances.outputs ?? []).filter((output) => output.drifted);
  return {
    drift: drifted.length > 0 || outputs.length > 0,
    driftShare: told.length === 0 ? 0 : drifted.length / told.length,
    ...words(features, drifted, outputs, circumstances),
    features,
  };
}

/** The largest PSI of a feature that is judged; what says when a row is from has a large one by nature. */
export function largestPsi({ features }: Pick<Judgement, 'features'>): number {
  return features.reduce(
    (worst, { psi, size }) => (size === 'cannot tell' ? worst : Math.max(worst, psi)),
    0,
  );
}

/** Drifted ones first, then by how far apart they are. */
function ranked(features: readonly JudgedFeature[]): readonly JudgedFeature[] {
  return features.toSorted((a, b) => Number(b.drifted) - Number(a.drifted) || b.psi - a.psi);
}

function words(
  features: readonly JudgedFeature[],
  drifted: readonly JudgedFeature[],
  outputs: readonly JudgedFeature[],
  circumstances: Circumstances,
): Words {
  const { accuracyFell } = circumstances;
  if (accuracyFell !== undefined) return fellShort(accuracyFell, drifted);
  if (drifted.length === 0)
    return outputs.length === 0 ? quiet(features, circumstances) : onlyAnswers(outputs);
  const told = features.filter(({ size }) => size !== 'cannot tell').length;
  const faults = drifted.filter(({ cause }) => cause !== 'values');
  const major = drifted.filter(({ size }) => size === 'major');
  const isBroad = major.length >= broadFeatures && major.length >= broadShare * told;
  if (faults.length > 0) return dataFault(faults, drifted);
  if (isBroad) {
    return {
      verdict: 'retrain',
      reason: `${major.length} of ${counted(told, 'feature')} are far from the reference (${names(major)}): the model answers about another world than the one it learned.`,
      todo: 'Make sure that the change is real and will stay, then retrain on recent data and compare both models on recent labels.',
    };
  }
  if (major.length > 0 || (drifted.length >= broadFeatures && drifted.length >= severalShare * told)) {
    return {
      verdict: 'investigate',
      reason: `${counted(drifted.length, 'feature')} of ${told} drifted (${names(drifted)}), ${major.length === 0 ? 'none far' : `${major.length} far`}: most often one source has changed, not the world.`,
      todo: `Find out what fills ${names(drifted)} and what changed there; retrain only when the change is real and stays.`,
    };
  }
  return {
    verdict: 'monitor',
    reason: `${names(drifted)} moved a little: enough to see, too little to act on.`,
    todo: 'Look again in the next window; act when it grows, or when accuracy falls.',
  };
}

function fellShort(accuracyFell: string, drifted: readonly JudgedFeature[]): Words {
  const moved = drifted.length === 0 ? 'no input drifted' : `${names(drifted)} drifted`;
  return {
    verdict: 'retrain',
    reason: `${accuracyFell}, and ${moved}.`,
    todo:
      drifted.length === 0
        ? 'Check that the labels mean what they meant; then retrain: what the inputs mean has changed.'
        : 'Exclude a fault in the data first; then retrain on recent data with these labels.',
  };
}

function onlyAnswers(outputs: readonly JudgedFeature[]): Words {
  return {
    verdict: 'investigate',
    reason: `The answers moved (${names(outputs)}) and no input did: the model, or how inputs belong together, has changed.`,
    todo: 'Check which model is loaded and how its inputs are made; then look at pairs of features.',
  };
}

function dataFault(faults: readonly JudgedFeature[], drifted: readonly JudgedFeature[]): Words {
  const missing = faults.filter(({ cause }) => cause === 'missing');
  const fresh = faults.filter(({ cause }) => cause === 'new category');
  const what = [
    ...(missing.length === 0 ? [] : [`values are missing in ${names(missing)}`]),
    ...(fresh.length === 0 ? [] : [`there are categories that the model never saw in ${names(fresh)}`]),
  ].join(', and ');
  const others = drifted.length - faults.length;
  return {
    verdict: 'investigate',
    reason: `${what.charAt(0).toUpperCase()}${what.slice(1)}${others === 0 ? '' : `, ${counted(others, 'other feature')} drifted`}: how the data is made has changed.`,
    todo: `Ask whoever fills ${listed(faults)} what changed; correct it there. Retraining on such data would teach the fault.`,
  };
}

function quiet(features: readonly JudgedFeature[], { seasonal, unmatched }: Circumstances): Words {
  if (features.every(({ size }) => size === 'cannot tell')) {
    return {
      verdict: 'cannot tell',
      reason: features[0]?.reason ?? 'There is no feature to compare.',
      todo: 'Collect more rows and compare again; until then nothing is known.',
    };
  }
  if (unmatched !== undefined) {
    return {
      verdict: 'monitor',
      reason: `The current rows are of a part of ${unmatched.by} of which the reference holds too few rows: season and drift cannot be told apart.`,
      todo: `Compare rows that cover ${unmatched.by} as the reference does.`,
    };
  }
  if (seasonal !== undefined && seasonal.names.length > 0) {
    return {
      verdict: 'monitor',
      reason: `The current rows cover only a part of ${seasonal.by}; beside the reference's rows of the same part nothing drifted.`,
      todo: 'Nothing now; compare again when the current rows cover as much as the reference does.',
    };
  }
  return {
    verdict: 'none',
    reason: 'No feature differs from the reference by more than chance and by enough to matter.',
    todo: 'Nothing.',
  };
}

function names(features: readonly { readonly name: string }[]): string {
  const shown = features.slice(0, mostNames).map(({ name }) => name);
  const more = features.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}

/** The same inside a sentence that goes on: `a`, `a and b`, `a, b and 3 more`. */
function listed(features: readonly { readonly name: string }[]): string {
  const shown = features.slice(0, mostNames).map(({ name }) => name);
  const more = features.length - shown.length;
  const parts = more > 0 ? [...shown, `${more} more`] : shown;
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
}
