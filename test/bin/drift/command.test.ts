/** `vigia drift` as a shell starts it: verdict, exit code, JSON to the letter, the page, and mistakes told in one line. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { seededRandom } from '../../../rehearsal/traffic';
import { bell } from '../../service/drift/samples';
import { type Ended, type Workplace, workplace } from './workplace';

let place: Workplace;
const write = (name: string, text: string): string => place.write(name, text);
const drift = (...words: readonly string[]): Promise<Ended> => place.drift(...words);
before(() => {
  place = workplace();
  write('reference.csv', table(1, 2000, 0));
  write('same.csv', table(2, 1000, 0));
  write('moved.csv', table(3, 1000, 0.8));
});
after(() => place.remove());

/** A number that can move, one that stays, a category, an id and a time. */
function table(seed: number, rows: number, shift: number): string {
  const random = seededRandom(seed);
  const lines = Array.from({ length: rows }, (_, row) => {
    const at = new Date(Date.UTC(2026, 0, 5, 0, row * 7)).toISOString();
    return `${at},id-${seed}-${row},${(bell(random) + shift).toFixed(4)},${random().toFixed(4)},${random() < 0.3 ? '"a, b"' : 'c'}`;
  });
  return `at,id,size,score,kind\n${lines.join('\n')}\n`;
}

const pair = (current: string): string[] => ['--reference', 'reference.csv', '--current', current];

describe('vigia drift', () => {
  it('ends with 0 without drift, and says so', async () => {
    const { status, stdout } = await drift(...pair('same.csv'));
    assert.equal(status, 0);
    assert.match(stdout, /^NO DRIFT {2}0 of 3 features drifted\n/);
    assert.match(stdout, /id is left out: nearly each row has another text/);
    assert.match(stdout, /at holds times/);
  });

  it('ends with 1 with drift, prints exactly the documented JSON, and writes it with the page', async () => {
    const { status, stdout } = await drift(...pair('moved.csv'), '--json', '--out', 'report');
    assert.equal(status, 1);
    const found = JSON.parse(stdout);
    assert.deepEqual(Object.keys(found), ['drift', 'driftShare', 'verdict', 'features']);
    assert.deepEqual(
      [found.drift, found.driftShare.toFixed(3), found.verdict],
      [true, '0.333', 'investigate'],
    );
    const [first] = found.features;
    assert.deepEqual(Object.keys(first), ['name', 'kind', 'psi', 'ks', 'drifted', 'reason']);
    assert.deepEqual([first.name, first.kind, first.drifted], ['size', 'number', true]);
    assert.deepEqual(Object.keys(first.ks), ['statistic', 'pValue']);
    assert.equal(found.features.find(({ name }: { name: string }) => name === 'kind').ks, null);
    assert.equal(place.read('report/drift.json'), stdout);
    const page = place.read('report/drift.html');
    assert.match(page, /<h1 class="alarm">.*Investigate<\/h1>/);
    assert.equal(page.match(/<section class="feature/g)?.length, 3);
    assert.equal(page.match(/role="img" aria-label="[^"]+"/g)?.length, 3);
    assert.doesNotMatch(page, /<script|https?:\/\/(?!www\.w3\.org)/, 'the page loads and runs nothing');
  });

  it('writes names into the page as text', async () => {
    const hostile = (text: string): string => text.replace('size', '"<img src=x onerror=alert(1)>"');
    write('hostile-a.csv', hostile(table(1, 500, 0)));
    write('hostile-b.csv', hostile(table(2, 500, 0)));
    const { status } = await drift(
      '--reference',
      'hostile-a.csv',
      '--current',
      'hostile-b.csv',
      '--out',
      'hostile',
    );
    assert.equal(status, 0);
    assert.doesNotMatch(place.read('hostile/drift.html'), /<img/);
  });

  it('takes codes as categories and leaves out what it is told to', async () => {
    const codes = (from: number): string =>
      `code,other\n${Array.from({ length: 400 }, (_, row) => `${from + (row % 3)},${row % 7}`).join('\n')}\n`;
    write('codes-a.csv', codes(10));
    write('codes-b.csv', codes(11));
    const words = ['--reference', 'codes-a.csv', '--current', 'codes-b.csv', '--json'];
    const found = JSON.parse((await drift(...words, '--category', 'code', '--ignore', 'other')).stdout);
    assert.deepEqual(
      found.features.map(({ name, kind }: { name: string; kind: string }) => [name, kind]),
      [['code', 'category']],
    );
    assert.match(found.features[0].reason, /category \("13"\) that the reference does not have/);
  });
});

describe('vigia drift refuses with exit 2', () => {
  const good = 'a,b\n1,x\n2,y\n3,x\n';
  const refusals: readonly {
    readonly what: string;
    readonly reference?: string;
    readonly current?: string;
    readonly words?: readonly string[];
    readonly says: RegExp;
  }[] = [
    {
      what: 'a file that is not there',
      words: ['--reference', 'no.csv', '--current', 'same.csv'],
      says: /^no\.csv: cannot be read, got ENOENT/,
    },
    { what: 'an empty file', reference: '', says: /^r\.csv:1: no header, got an empty file/ },
    { what: 'a header alone', reference: 'a,b\n', says: /^r\.csv:2: no rows/ },
    {
      what: 'a header of numbers',
      reference: '1,2\n3,4\n',
      says: /^r\.csv:1: the header is a row of data, got '1'/,
    },
    { what: 'a name twice', reference: 'a,a\n1,2\n', says: /^r\.csv:1, a: the column is there twice/ },
    {
      what: 'a row that is too long',
      current: 'a,b\n1,x\n2,y,z\n',
      says: /^c\.csv:3: another number of cells than the header has, got 3, expected 2/,
    },
    {
      what: 'text where the reference has numbers',
      current: 'a,b\n1,x\nmany,y\n',
      says: /^c\.csv:3, a: no number, got 'many', expected a decimal number as in the reference/,
    },
    {
      what: 'one text among numbers of the reference',
      reference: `a\n${'1\n'.repeat(30)}oops\n`,
      current: 'a\n1\n',
      says: /^r\.csv:32, a: no number, got 'oops'.*--category a/,
    },
    {
      what: 'a column that is missing',
      current: 'a\n1\n',
      says: /^c\.csv:1, b: the column is missing, .*--ignore b/,
    },
    { what: 'a quote that does not end', current: 'a,b\n1,"x\n2,y\n', says: /^c\.csv:\d: no CSV/ },
    {
      what: 'an option for no column',
      words: ['--reference', 'r.csv', '--current', 'c.csv', '--ignore', 'z'],
      says: /^--ignore: no such column, got 'z'/,
    },
    {
      what: 'no current file',
      words: ['--reference', 'r.csv'],
      says: /^--current: is missing/,
    },
  ];
  for (const { what, reference = good, current = good, words, says } of refusals) {
    it(what, async () => {
      write('r.csv', reference);
      write('c.csv', current);
      const { status, stdout, stderr } = await drift(
        ...(words ?? ['--reference', 'r.csv', '--current', 'c.csv']),
      );
      assert.equal(status, 2, stderr);
      assert.equal(stdout, '');
      assert.match(stderr.replace(/^error: /, ''), says);
      assert.doesNotMatch(stderr, /\n {4}at /, 'no stack trace');
    });
  }
});
