/**
 * Predicts as one batch what arrives in one turn of the event loop. Alone, a call waits for nothing: the turn ends as
 * soon as no socket has more to read. While a batch is being predicted the next one collects.
 */
import type { EndOfTurn } from '../clock';
import type { Model, Prediction, Row } from './model';

/** More rows than this in one run would make those who come next wait longer than a batch saves. */
export const maxBatchRows = 256;

interface Call {
  readonly rows: readonly Row[];
  readonly resolve: (predictions: readonly Prediction[]) => void;
  readonly reject: (error: unknown) => void;
}

export interface BatchingOptions {
  readonly endOfTurn: EndOfTurn;
  readonly maxRows?: number;
}

/**
 * The same model for many callers at once. A batch that fails is asked again call by call, because one call's rows may
 * be what it failed on: then that call fails, with its own error, and its neighbours are answered.
 */
export function batched(model: Model, { endOfTurn, maxRows = maxBatchRows }: BatchingOptions): Model {
  let waiting: Call[] = [];
  let busy = false;

  const start = (): void => {
    busy = true;
    endOfTurn(() => void run());
  };
  const run = async (): Promise<void> => {
    const batch = takeBatch(waiting, maxRows);
    waiting = batch.length === waiting.length ? [] : waiting.slice(batch.length);
    await answer(model, batch);
    busy = false;
    if (waiting.length > 0) start();
  };
  return {
    ...model,
    predict(rows) {
      return new Promise((resolve, reject) => {
        waiting.push({ rows, resolve, reject });
        if (!busy) start();
      });
    },
  };
}

/** The first calls whose rows fit together; one that is larger than all goes alone, for it cannot be cut. */
function takeBatch(waiting: readonly Call[], maxRows: number): readonly Call[] {
  let rows = 0;
  let calls = 0;
  for (const call of waiting) {
    rows += call.rows.length;
    if (calls > 0 && rows > maxRows) break;
    calls += 1;
  }
  return calls === waiting.length ? waiting : waiting.slice(0, calls);
}

/** Settles every call of the batch. Never rejects. */
async function answer(model: Model, batch: readonly Call[]): Promise<void> {
  const [first] = batch;
  if (first === undefined) return;
  if (batch.length === 1) return answerAlone(model, first);
  const rows = batch.flatMap((call) => call.rows);
  let predictions: readonly Prediction[];
  try {
    predictions = await model.predict(rows);
    if (predictions.length !== rows.length) throw new Error(wrongNumber(predictions.length, rows.length));
  } catch {
    for (const call of batch) await answerAlone(model, call);
    return;
  }
  let from = 0;
  for (const call of batch) {
    call.resolve(predictions.slice(from, from + call.rows.length));
    from += call.rows.length;
  }
}

async function answerAlone(model: Model, { rows, resolve, reject }: Call): Promise<void> {
  try {
    const predictions = await model.predict(rows);
    if (predictions.length !== rows.length) throw new Error(wrongNumber(predictions.length, rows.length));
    resolve(predictions);
  } catch (error) {
    reject(error);
  }
}

const wrongNumber = (got: number, expected: number): string =>
  `model: wrong number of answers, got ${got}, expected ${expected}`;
