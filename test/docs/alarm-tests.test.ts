/**
 * The page that shows how to test the alarms of one's own template is right: its files are written, its commands are run.
 *
 * What of the page is tested (page-examples.ts does it):
 * - a block whose first line is `# NAME.yaml`, and a block with the info string `csv NAME`, is a file of that name;
 * - each line of an `sh` block that begins with `npx vigia alarms` is run in the directory of these files, and must end
 *   with 0, or with N where the line ends with `# exit N`;
 * - a `text` block directly after an `sh` block is what its commands print. A line `...` in it stands for any lines, a line
 *   with an elapsed time, as `0.1 s`, for any line; how many blanks there are does not matter.
 * All other blocks are for reading only.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { examplesOf, problemsOf } from './page-examples';

const page = readFileSync(join(__dirname, '../../docs/alarm-tests.md'), 'utf8');

const block = (info: string, ...lines: readonly string[]): string =>
  ['```'.concat(info), ...lines, '```', ''].join('\n');

describe('the page on tests of alarms', () => {
  it('has files, commands for each of the three subcommands, and output', () => {
    const { files, runs } = examplesOf(page);
    const commands = runs.flatMap(({ commands }) => commands.map(({ words }) => words));
    assert.ok(
      files.some(({ name }) => name.endsWith('.yaml')) && files.some(({ name }) => name.endsWith('.csv')),
    );
    for (const subcommand of ['test', 'backtest', 'explain'])
      assert.ok(
        commands.some((words) => words.startsWith(`npx vigia alarms ${subcommand} `)),
        `the page has no example of ${subcommand}`,
      );
    assert.ok(runs.some(({ shown }) => shown !== undefined));
  });

  it('is right when a reader does what it says', async () => {
    const problems = await problemsOf(page);
    assert.deepEqual(problems, [], `\n${problems.join('\n')}`);
  });
});

describe('a page that is wrong', () => {
  const test = 'npx vigia alarms test gone.yaml';

  it('is told by line: another exit code, a line that is not printed', async () => {
    const wrong = [
      block('csv gone.csv', 'timestamp'),
      block('sh', 'cd somewhere', test, `${test}  # exit 2`),
      block('text', 'alarm tests   gone.yaml: it cannot be opened, got something else', '...', '0.1 s'),
    ].join('\n');
    const [exit = '', text = '', ...others] = await problemsOf(wrong);
    assert.match(exit, /^line 7: npx vigia alarms test gone\.yaml: ended with 2, not 0$/m);
    assert.match(text, /^line 12: not printed: alarm tests gone\.yaml: .* something else$/m);
    assert.deepEqual(others, []);
  });

  it('has examples only in the blocks that the rule names', () => {
    const reading = [
      block('yaml', 'template: ../template.yaml  # optional'),
      block('sh', 'npm start'),
      block('text', 'anything'),
      block('', test),
    ].join('\n');
    assert.deepEqual(examplesOf(reading), { files: [], runs: [] });
    const apart = [block('sh', test), 'It prints', block('text', 'x')].join('\n');
    assert.deepEqual(
      examplesOf(apart).runs.map(({ shown }) => shown),
      [undefined],
    );
  });
});
