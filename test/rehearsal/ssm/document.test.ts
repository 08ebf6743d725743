/** Command documents: what is read, what is refused, what callers may pass, what each step will run. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bindParameters, planSteps, readDocument, stepEnvironment } from '../../../rehearsal/ssm/document';

const step = (inputs: Record<string, unknown> = {}, more: Record<string, unknown> = {}) => ({
  action: 'aws:runShellScript',
  name: 'one',
  inputs: { runCommand: ['true'], ...inputs },
  ...more,
});
const document = (content: Record<string, unknown> = {}) =>
  readDocument('doc', { schemaVersion: '2.2', mainSteps: [step()], ...content });

describe('a document', () => {
  it('may come as text or as data', () => {
    const content = { schemaVersion: '2.2', mainSteps: [step()] };
    assert.deepEqual(readDocument('doc', JSON.stringify(content)).mainSteps, [step()]);
    assert.deepEqual(readDocument('doc', content).parameters, {});
  });

  it('of another schema is refused', () => {
    assert.throws(
      () => readDocument('doc', { schemaVersion: '0.3' }),
      /^NotRehearsable: doc: schema 0\.3; use a command document/,
    );
  });

  it('is refused with everything in it that cannot be honoured, by name', () => {
    const content = {
      variables: {},
      parameters: { Many: { type: 'StringList' }, Short: { type: 'String', maxChars: 3 } },
      mainSteps: [
        step({ finallyStep: true, workingDirectory: '/opt' }, { precondition: { NotEquals: [] } }),
        { name: 'two', action: 'aws:runDocument', isEnd: true },
      ],
    };
    assert.throws(
      () => document(content),
      (error: Error) => {
        const named = [
          'variables',
          'parameter Many type StringList',
          'parameter Short maxChars',
          'step one finallyStep before the last step',
          'step one precondition NotEquals',
          'step one input workingDirectory',
          'step two action aws:runDocument',
          'step two isEnd',
        ];
        assert.equal(error.message, `doc: ${named.join(', ')} cannot be honoured; say it in another way`);
        return true;
      },
    );
  });
});

describe('parameters', () => {
  const parameters = {
    Unit: { type: 'String', allowedPattern: '[a-z]+\\.service' },
    Level: { type: 'String', default: 'low', allowedValues: ['low', 'high'] },
    Count: { type: 'Integer', default: 3, allowedValues: [3, 4] },
  };
  const bind = (given: Record<string, string[]>) => bindParameters(document({ parameters }), given);

  it('are given, or the default', () => {
    assert.deepEqual(bind({ Unit: ['a.service'] }), { Unit: 'a.service', Level: 'low', Count: '3' });
    assert.deepEqual(bind({ Unit: ['a.service'], Level: ['high'], Count: ['4'] }).Level, 'high');
  });

  const refusals: readonly [string, Record<string, string[]>, string][] = [
    ['that are missing', {}, 'Parameter "Unit" requires a value'],
    ['that are empty lists', { Unit: [] }, 'Parameter "Unit" requires a value'],
    [
      'that are not declared',
      { Unit: ['a.service'], Other: ['x'] },
      'Parameter "Other" is not defined in the document',
    ],
    [
      'with a name every object has',
      { Unit: ['a.service'], constructor: ['x'] },
      'Parameter "constructor" is not defined in the document',
    ],
    [
      'outside the allowed values',
      { Unit: ['a.service'], Level: ['none'] },
      'Parameter "Level" must be one of low, high',
    ],
    ...['x a.service', 'a.service; rm -rf x', 'a.service\n', '\na.service', '', 'A.service'].map(
      (value): [string, Record<string, string[]>, string] => [
        `that do not match in full: ${JSON.stringify(value)}`,
        { Unit: [value] },
        'Parameter "Unit" must match the pattern [a-z]+\\.service',
      ],
    ),
  ];
  for (const [name, given, message] of refusals) {
    it(`${name} are refused as the API refuses them`, () => {
      assert.throws(() => bind(given), { code: 'InvalidParameters', message });
    });
  }
});

describe('steps', () => {
  const parameters = { Text: { type: 'String' }, Safe: { type: 'String', interpolationType: 'ENV_VAR' } };
  const plan = (inputs: Record<string, unknown>, more = {}) => {
    const [first] = planSteps(document({ parameters, mainSteps: [step(inputs, more)] }), {
      Text: 'a b',
      Safe: '$(x)',
    });
    assert.ok(first !== undefined);
    return first;
  };

  it('have text parameters pasted in, and the others named as variables', () => {
    const { runCommand } = plan({ runCommand: ['echo {{Text}} {{ Text }} "{{Safe}}" {{unknown}}'] });
    assert.deepEqual(runCommand, ['echo a b a b "$SSM_Safe" {{unknown}}']);
  });

  it('run an hour unless they say otherwise within the range that is taken', () => {
    const seconds = (timeoutSeconds?: unknown) =>
      plan(timeoutSeconds === undefined ? {} : { timeoutSeconds }).timeoutSeconds;
    assert.deepEqual(
      [seconds(), seconds('5'), seconds(20), seconds('4'), seconds('172801'), seconds('soon')],
      [3600, 5, 20, 3600, 3600, 3600],
    );
  });

  it('go on after a failure unless told to end', () => {
    const { onFailure, onSuccess, finallyStep, skipped } = plan({});
    assert.deepEqual(
      { onFailure, onSuccess, finallyStep, skipped },
      { onFailure: 'continue', onSuccess: 'continue', finallyStep: false, skipped: false },
    );
    assert.equal(plan({ onFailure: 'exit' }).onFailure, 'exit');
    assert.equal(plan({ finallyStep: 'true' }).finallyStep, true);
  });

  it('are skipped when their precondition is false', () => {
    const skipped = (...operands: string[]) => plan({}, { precondition: { StringEquals: operands } }).skipped;
    assert.equal(skipped('platformType', 'Linux'), false);
    assert.equal(skipped('Linux', 'platformType'), false);
    assert.equal(skipped('platformType', 'Windows'), true);
    assert.equal(skipped('{{Text}}', 'a b'), false);
    assert.equal(skipped('{{Text}}', 'other'), true);
  });
});

describe('the environment of a step', () => {
  it('has the variables of ENV_VAR parameters and the identity of the command, nothing else', () => {
    const parameters = { Text: { type: 'String' }, Safe: { type: 'String', interpolationType: 'ENV_VAR' } };
    const environment = stepEnvironment(
      document({ parameters }),
      { Text: 'a', Safe: 'b' },
      { commandId: 'c', instanceId: 'i', region: 'r' },
    );
    assert.deepEqual(environment, {
      SSM_Safe: 'b',
      SSM_COMMAND_ID: 'c',
      AWS_SSM_INSTANCE_ID: 'i',
      AWS_SSM_REGION_NAME: 'r',
    });
  });
});
