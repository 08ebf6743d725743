/** `vigia alarms test` on files: templates, series files, reports, exit codes, and again when a file changes. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { type AlarmsTestOptions, alarmsTest } from '../../../../bin/alarms-test';
import { watchFiles } from '../../../../bin/watch-files';
import { systemClock } from '../../../../rehearsal/clock';
import { ordersFail } from './shop';
import { readXml } from './xml-reader';

const directory = mkdtempSync(join(tmpdir(), 'vigia-alarms-test-'));
after(() => rmSync(directory, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

const { type: Type, properties: Properties } = ordersFail;
file('shop.json', JSON.stringify({ Resources: { OrdersFail: { Type, Properties } } }));
file(
  'trace.csv',
  [
    'timestamp,namespace,metric,dimensions,value,unit',
    ...Array.from(
      { length: 6 },
      (_, minute) => `2026-03-04T10:0${minute}:30Z,Shop,FailedOrders,Site=eu,${minute * 5},Count`,
    ),
  ].join('\n'),
);

const tests = (...lines: readonly string[]): string => ['template: shop.json', 'tests:', ...lines].join('\n');
const passing = tests(
  '  - name: a trace has its own time, from the minute of its first sample on',
  '    series: [{ file: trace.csv }]',
  '    expect: [{ at: 4m, ordersFail: OK }, { at: 5m, ordersFail: ALARM }]',
);

async function run(
  path: string,
  options: Partial<AlarmsTestOptions> = {},
): Promise<[code: number, output: string]> {
  const usual = {
    template: [],
    parameters: {},
    resources: {},
    skip: [],
    coverage: false,
    json: false,
    watch: false,
  };
  let output = '';
  const code = await alarmsTest([path], { ...usual, ...options }, (text) => {
    output += text;
  });
  return [code, output];
}

describe('the command', () => {
  it('plays series files against the template beside the test file, and ends with 0', async () => {
    const [code, output] = await run(file('pass.yaml', passing));
    assert.equal(code, 0, output);
    assert.match(output, /^PASS .*pass\.yaml {2}1 test$/m);
  });

  it('ends with 1 when a test fails, and writes JSON and JUnit', async () => {
    const junit = join(directory, 'out', 'junit.xml');
    const failing = file('fail.yaml', passing.replace('at: 4m, ordersFail: OK', 'at: 4m, ordersFail: ALARM'));
    const [code, output] = await run(failing, { json: true, junit });
    assert.equal(code, 1);
    assert.equal(JSON.parse(output).files[0].tests[0].failures[0].at, '2026-03-04T10:04:00.000Z');
    assert.equal(readXml(readFileSync(junit, 'utf8')).attributes.failures, '1');
  });

  it('refuses a trace of which no alarm reads anything, as one in another unit', async () => {
    const text = readFileSync(join(directory, 'trace.csv'), 'utf8');
    file('seconds.csv', text.replaceAll(',Count', ',Seconds'));
    const strange = passing.replace('trace.csv', 'seconds.csv');
    await assert.rejects(
      run(file('strange.yaml', strange)),
      /:4: no alarm reads this series, got .* in Seconds, /,
    );
    const meant = strange.replace('seconds.csv', 'seconds.csv, unread: true').replace('ALARM }', 'OK }');
    const [code] = await run(file('strange.yaml', meant));
    assert.equal(code, 0);
  });

  it('ends with 1 when coverage is lacking', async () => {
    const [code, output] = await run(file('pass.yaml', passing), { coverage: true });
    assert.equal(code, 1);
    assert.match(output, /shop-ordersFail lacks/);
    assert.match(output, /1 test passed, 1 of 1 alarms lack a case/);
  });

  it('takes the template of the command line before that of the file', async () => {
    const path = file('other.yaml', passing.replace('shop.json', 'gone.json'));
    await assert.rejects(run(path), { name: 'TemplateError' });
    const [code] = await run(path, { template: [join(directory, 'shop.json')] });
    assert.equal(code, 0);
  });

  it('reads every test file of a folder, and says when there is none', async () => {
    const [, output] = await run(directory, { template: [join(directory, 'shop.json')] });
    assert.match(output, /pass\.yaml/);
    assert.match(output, /fail\.yaml/);
    await assert.rejects(run(join(directory, 'nowhere')), /no such file or folder/);
  });
});

describe('watching', () => {
  it('runs at once, again after a change, and no more after the end', async () => {
    const path = file('watched.yaml', passing);
    const ending = new AbortController();
    let runs = 0;
    await watchFiles({
      clock: systemClock(),
      watched: () => [path],
      run: async () => {
        runs += 1;
        if (runs === 2) ending.abort();
      },
      onWaiting: () => writeFileSync(path, `${passing}\n`),
      signal: ending.signal,
    });
    assert.equal(runs, 2);
  });
});
