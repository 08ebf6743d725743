/** Labels that come late find their predictions, once, as long as these are remembered. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Accuracy, fallOf, minimumLabels } from '../../../service/drift/accuracy';
import { PredictionMemory } from '../../../service/drift/prediction-memory';

const idOf = (index: number): string =>
  `1-68e5${((index * 2654435761) % 2 ** 32).toString(16).padStart(8, '0')}-${index}`;

describe('the memory of predictions', () => {
  it('finds each of many predictions with its class, once', () => {
    const memory = new PredictionMemory(8192);
    for (let index = 0; index < 500; index++) {
      memory.remember(idOf(index), 0, index % 3);
      memory.remember(idOf(index), 1, (index + 1) % 3);
    }
    for (let index = 0; index < 500; index++) {
      assert.deepEqual(memory.recall(idOf(index), 0), { kind: 'class', place: index % 3 });
      assert.deepEqual(memory.recall(idOf(index), 1), { kind: 'class', place: (index + 1) % 3 });
      assert.deepEqual(memory.recall(idOf(index), 0), { kind: 'repeated' });
      assert.deepEqual(memory.recall(idOf(index), 2), { kind: 'unknown' });
    }
    assert.deepEqual(memory.recall('never', 0), { kind: 'unknown' });
  });

  it('forgets the oldest first', () => {
    const memory = new PredictionMemory(1024);
    for (let index = 0; index < 5000; index++) memory.remember(idOf(index), 0, 0);
    const known = (from: number, to: number): number => {
      let count = 0;
      for (let index = from; index < to; index++)
        if (memory.recall(idOf(index), 0).kind === 'class') count += 1;
      return count;
    };
    assert.equal(known(0, 3000), 0);
    assert.equal(known(4700, 5000), 300);
  });
});

describe('accuracy', () => {
  const labelled = (right: number, wrong: number): Accuracy => {
    const accuracy = new Accuracy(['good', 'bad'], 0.86, 24, 100);
    for (let index = 0; index < right; index++) accuracy.add(index % 2, index % 2);
    for (let index = 0; index < wrong; index++) accuracy.add(0, 1);
    return accuracy;
  };

  it('is not told from few labels', () => {
    const { accuracy, labels, labelsNeeded } = labelled(300, 99).state();
    assert.deepEqual([accuracy, labels, labelsNeeded], [undefined, 399, minimumLabels]);
    assert.equal(fallOf(labelled(200, 199).state()), undefined);
  });

  it('falls when it is well below validation', () => {
    const state = labelled(300, 100).state();
    assert.equal(state.accuracy, 0.75);
    assert.ok(Math.abs((state.dropPoints ?? 0) - 11) < 1e-9);
    assert.equal(fallOf(state), 'Accuracy is 75 % over 400 labels, 86 % at validation');
    assert.deepEqual(state.classes, [
      { name: 'good', labels: 150, recall: 1 },
      { name: 'bad', labels: 250, recall: 0.6 },
    ]);
    assert.equal(fallOf(labelled(344, 56).state()), undefined, 'as at validation');
  });

  it('forgets labels of a day ago', () => {
    const accuracy = labelled(300, 100);
    accuracy.turn(124);
    assert.equal(accuracy.state().labels, 400);
    accuracy.turn(125);
    assert.equal(accuracy.state().labels, 0);
  });
});
