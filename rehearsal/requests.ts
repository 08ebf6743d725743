/** What the clients ask: made from the model's own description of its input, or the example that a release brings. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NotRehearsable } from './not-rehearsable';

export interface PredictionRequest {
  readonly path: string;
  readonly body: unknown;
}

interface Feature {
  readonly name: string;
  readonly type: string;
  /** A category has neither. */
  readonly min?: number;
  readonly max?: number;
}

type Value = number | string | null;

/** In the directory of a service of your own: `{ "path": "/predict", "body": ... }`, one request that it answers well. */
const exampleFile = 'example-request.json';

/**
 * Gives one request after the other; with a model each differs, and none is out of the ordinary.
 * @param random 0 to 1; the same numbers in every rehearsal when it is seeded
 * @throws NotRehearsable when the release says nothing of what may be asked
 */
export function requestsOf(releaseDirectory: string, random: () => number): () => PredictionRequest {
  const model = join(releaseDirectory, 'model', 'model.json');
  if (existsSync(model)) return ofModel(readFileSync(model, 'utf8'), random);
  const example = join(releaseDirectory, exampleFile);
  if (!existsSync(example)) {
    throw new NotRehearsable(
      'release',
      `no ${exampleFile}, so nobody could call the service`,
      'put { "path": "/predict", "body": ... } beside it',
    );
  }
  const { path = '/predict', body } = parsed(readFileSync(example, 'utf8'));
  return () => ({ path, body });
}

function parsed(text: string): Partial<PredictionRequest> {
  try {
    return JSON.parse(text) as Partial<PredictionRequest>;
  } catch (error) {
    throw new NotRehearsable(exampleFile, `is not JSON: ${(error as Error).message}`, 'correct it');
  }
}

function ofModel(text: string, random: () => number): () => PredictionRequest {
  const { features, probe } = JSON.parse(text) as {
    features: Feature[];
    probe: { instance: Readonly<Record<string, Value>> };
  };
  return () => {
    const instance = Object.fromEntries(
      features.map((feature) => {
        const example = probe.instance[feature.name];
        return [feature.name, near(example === undefined ? 0 : example, feature, random)];
      }),
    );
    return { path: '/predict', body: { instances: [instance] } };
  };
}

/** Up to a tenth away from the model's own example. */
function near(example: Value, { type, min, max }: Feature, random: () => number): Value {
  if (typeof example !== 'number' || min === undefined || max === undefined) return example;
  const moved = Math.min(max, Math.max(min, example * (0.9 + 0.2 * random())));
  return type === 'integer' ? Math.round(moved) : moved;
}
