/** What a caller passes to a document, in a real shell: a variable stays data, whatever it holds. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { documentOf, type Ran, runner } from './run';

const open: Ran[] = [];
function given(document: unknown): Ran {
  const ran = runner(document);
  open.push(ran);
  return ran;
}
afterEach(async () => {
  for (const each of open.splice(0)) await each.dispose();
});

describe('a value', () => {
  const variable = { Value: { type: 'String', interpolationType: 'ENV_VAR' } };
  const hostile = [
    '; rm -rf .',
    '$(touch owned)',
    '`touch owned`',
    '"; touch owned; "',
    "'; touch owned; '",
    'two\nlines\n\n',
    '$HOME {{Value}} \\ * ~',
    '-n',
    '',
  ];

  for (const value of hostile) {
    it(`passed as a variable stays data: ${JSON.stringify(value)}`, async () => {
      const ran = given(documentOf({ show: { lines: ['printf %s "{{Value}}" > value'] } }, variable));
      const { plugins, command } = await ran.run({ Value: [value] });
      assert.deepEqual(
        plugins.map(({ status, responseCode }) => [status, responseCode]),
        [['Success', 0]],
      );
      const directory = join(ran.directory, command.commandId, 'show');
      assert.equal(readFileSync(join(directory, 'value'), 'utf8'), value);
      assert.deepEqual(readdirSync(directory).sort(), ['_script.sh', 'value']);
    });
  }

  it('of any characters passed as a variable stays data', async () => {
    const ran = given(documentOf({ show: { lines: ['printf "%s." "$SSM_Value"'] } }, variable));
    const text = fc.string({ unit: fc.constantFrom(...'abc;$()`"\'\\\n \t{}*&|<>é'), maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(text, async (value) => {
        const { plugins } = await ran.run({ Value: [value] });
        assert.equal(plugins[0]?.output, `${value}.`);
      }),
      { numRuns: 25 },
    );
  });

  it('passed as text is pasted, as on AWS: that is why the pattern matters', async () => {
    const ran = given(documentOf({ show: { lines: ['echo {{Value}}'] } }, { Value: { type: 'String' } }));
    assert.equal((await ran.run({ Value: ['a; echo b'] })).plugins[0]?.output, 'a\nb\n');
  });
});
