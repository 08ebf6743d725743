/** `vigia drift baseline` and `vigia drift labels` as a shell starts them. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { seededRandom } from '../../../rehearsal/traffic';
import { parseMetadata } from '../../../service/inference/metadata';
import { type Workplace, workplace } from './workplace';

const shipped = join(__dirname, '../../../service/model/model.json');
let place: Workplace;
before(() => {
  place = workplace();
});
after(() => place.remove());

const features = (JSON.parse(readFileSync(shipped, 'utf8')) as { features: { name: string }[] }).features.map(
  ({ name }) => name,
);

/** Rows of the shipped model's features, with the model's answers. */
function training(change: (cells: Record<string, string | number>, row: number) => void = () => {}): string {
  const random = seededRandom(4);
  const names = [...features, 'predicted', 'sure'];
  const rows = Array.from({ length: 300 }, (_, row) => {
    const cells: Record<string, string | number> = Object.fromEntries(
      features.map((name) => [
        name,
        /^is_/.test(name) ? Math.round(random()) : Number((random() * 20).toFixed(2)),
      ]),
    );
    cells.predicted = row % 5 === 0 ? 'fraud' : 'legitimate';
    cells.sure = Number((0.5 + random() / 2).toFixed(3));
    change(cells, row);
    return names.map((name) => cells[name] ?? '').join(',');
  });
  return `${names.join(',')}\n${rows.join('\n')}\n`;
}

function modelDirectory(name: string): string {
  mkdirSync(join(place.directory, name));
  cpSync(shipped, join(place.directory, name, 'model.json'));
  return name;
}

describe('vigia drift baseline', () => {
  it('writes a baseline that the service accepts, and changes nothing else of the file', async () => {
    const model = modelDirectory('a');
    place.write('train.csv', training());
    const words = [
      'baseline',
      '--reference',
      'train.csv',
      '--model',
      model,
      '--class',
      'predicted',
      '--confidence',
      'sure',
    ];
    const { status, stdout, stderr } = await place.drift(...words, '--source', 'a test');
    assert.equal(status, 0, stderr);
    assert.match(
      stdout,
      /^a\/model\.json: baseline of a test, 20 features\nnot judged, .*: hour_of_day, day_of_week\n$/,
    );
    const text = place.read('a/model.json');
    const { baseline, ...rest } = parseMetadata(text, 'a/model.json');
    const { baseline: _, ...before } = parseMetadata(readFileSync(shipped, 'utf8'), 'shipped');
    assert.deepEqual(rest, before);
    assert.equal(baseline?.source, 'a test');
    assert.deepEqual(baseline?.answers?.classes, { legitimate: 240, fraud: 60 });
    assert.match(text, /"counts": \[\d+(, \d+)+\]/, 'a list of numbers stands on one line');
  });

  it('refuses what gives no baseline, names the place, and leaves the file as it was', async () => {
    const model = modelDirectory('b');
    const before = place.read('b/model.json');
    place.write('good.csv', training());
    place.write(
      'word.csv',
      training((cells, row) => {
        if (row === 7) cells.amount_eur = 'many';
      }),
    );
    place.write(
      'class.csv',
      training((cells, row) => {
        if (row === 7) cells.predicted = 'maybe';
      }),
    );
    place.write('less.csv', training().replace('amount_eur', 'amount'));
    place.write('few.csv', training().split('\n').slice(0, 20).join('\n'));
    const asked = async (file: string, ...more: readonly string[]) => {
      const { status, stderr } = await place.drift(
        'baseline',
        '--reference',
        file,
        '--model',
        model,
        ...more,
      );
      assert.equal(status, 2, stderr);
      return stderr;
    };
    assert.match(await asked('word.csv'), /^word\.csv:9, amount_eur: no number, got 'many'/);
    assert.match(
      await asked('class.csv', '--class', 'predicted', '--confidence', 'sure'),
      /^class\.csv:9, predicted: a word that the model does not have, got 'maybe', expected one of legitimate, fraud/,
    );
    assert.match(await asked('less.csv'), /^less\.csv:1, amount_eur: the column is missing/);
    assert.match(await asked('few.csv'), /has too few rows, got 19, expected at least 100/);
    assert.match(
      await asked('good.csv', '--class', 'predicted'),
      /^--class, --confidence: one without the other/,
    );
    assert.match(
      await asked('good.csv', '--season', 'moon'),
      /^--season: no feature of the model, got 'moon'/,
    );
    const elsewhere = await place.drift('baseline', '--reference', 'good.csv', '--model', 'nowhere');
    assert.match(elsewhere.stderr, /^nowhere\/model\.json: cannot be read, got ENOENT/);
    assert.equal(place.read('b/model.json'), before);
  });
});

describe('vigia drift labels', () => {
  /** Right in so many of a hundred, then in so many. */
  const predictions = (
    rows: number,
    wrongOf100: (row: number) => number,
  ): { predicted: string; labels: string } => {
    const lines = Array.from({ length: rows }, (_, row) => row);
    return {
      predicted: `requestId,class\n${lines.map((row) => `r${row},legitimate`).join('\n')}\n`,
      labels: `label,requestId\n${lines
        .toReversed()
        .map((row) => `${row % 100 < wrongOf100(row) ? 'fraud' : 'legitimate'},r${row}`)
        .join('\n')}\nfraud,unknown\n`,
    };
  };

  it('tells the accuracy window by window, and ends with 1 when the last one fell', async () => {
    const { predicted, labels } = predictions(3500, (row) => (row < 2000 ? 14 : 30));
    place.write('p.csv', predicted);
    place.write('l.csv', labels);
    const model = modelDirectory('c');
    const words = ['labels', '--predictions', 'p.csv', '--labels', 'l.csv', '--model', model];
    const { status, stdout, stderr } = await place.drift(...words, '--json');
    assert.equal(status, 1, stderr);
    assert.deepEqual(JSON.parse(stdout), {
      predictions: 3500,
      labels: 3501,
      joined: 3500,
      fell: true,
      expected: 0.858,
      windows: [
        { labels: 1000, right: 860, accuracy: 0.86, fell: false },
        { labels: 1000, right: 860, accuracy: 0.86, fell: false },
        { labels: 1500, right: 1050, accuracy: 0.7, fell: true },
      ],
    });
    const told = await place.drift(...words);
    assert.match(told.stdout, /^FELL {2}Accuracy is 70 % over 1,500 labels, 86 % at validation\n/);
  });

  it('takes the first window for the measure without a model, and cannot tell from few labels', async () => {
    const { predicted, labels } = predictions(300, () => 50);
    place.write('few-p.csv', predicted);
    place.write('few-l.csv', labels);
    const { status, stdout } = await place.drift(
      'labels',
      '--predictions',
      'few-p.csv',
      '--labels',
      'few-l.csv',
    );
    assert.equal(status, 0);
    assert.match(stdout, /^CANNOT TELL {2}300 labels, at least 400 are needed/);
  });

  it('refuses files that cannot be joined', async () => {
    place.write('p1.csv', 'requestId,class\na,fraud\n');
    place.write('l1.csv', 'requestId,label\nb,fraud\n');
    place.write('l2.csv', 'id,label\na,fraud\n');
    place.write('l3.csv', 'requestId,label\na,fraud\na,legitimate\n');
    const asked = async (labels: string) => {
      const { status, stderr } = await place.drift('labels', '--predictions', 'p1.csv', '--labels', labels);
      assert.equal(status, 2);
      return stderr;
    };
    assert.match(await asked('l1.csv'), /^l1\.csv: no label belongs to a prediction/);
    assert.match(await asked('l2.csv'), /^l2\.csv:1: no column requestId, got id, label/);
    assert.match(await asked('l3.csv'), /^l3\.csv:3, requestId: a second label, got 'a'/);
  });
});
