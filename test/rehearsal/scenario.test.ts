/** Scenarios: those that are shipped, and what a mistake in one is told as. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { alarmKeys, alarms } from '../../lib/catalog/alarms';
import { documents } from '../../lib/catalog/documents';
import { type Happening, loadScenario, ScenarioError, scenarioNames } from '../../rehearsal/scenario';

const shipped = join(__dirname, '..', '..', 'scenarios');
const scenarios = scenarioNames(shipped).map((name) => loadScenario(shipped, name));
const directory = mkdtempSync(join(tmpdir(), 'vigia-scenarios-'));
after(() => rmSync(directory, { recursive: true }));

const happenings = (kind: 'must' | 'mustNot'): { scenario: string; what: Happening }[] =>
  scenarios.flatMap((scenario) => scenario[kind].map(({ what }) => ({ scenario: scenario.name, what })));
const alarmsOf = (kind: 'must' | 'mustNot'): string[] =>
  happenings(kind).flatMap(({ what }) => ('alarm' in what && what.to === 'ALARM' ? [what.alarm] : []));

describe('the shipped scenarios', () => {
  it('are all there and say what must or must not happen', () => {
    const promised = [
      'bad-release',
      'crash',
      'error-burst',
      'false-alarm',
      'hang',
      'lambda-broken',
      'refused-release',
      'restart-does-not-help',
      'slow',
    ];
    for (const name of promised) assert.ok(scenarioNames(shipped).includes(name), name);
    for (const { name, must, mustNot } of scenarios) assert.ok(must.length + mustNot.length >= 3, name);
  });

  it('name only alarms of the catalog, and the remediation', () => {
    const known: readonly string[] = alarmKeys;
    const documentNames: readonly string[] = Object.values(documents).map(({ name }) => name);
    for (const { scenario, what } of [...happenings('must'), ...happenings('mustNot')]) {
      if ('alarm' in what) assert.ok(known.includes(what.alarm), `${scenario}: ${what.alarm}`);
      if ('function' in what) assert.equal(what.function, 'remediation', scenario);
      if ('command' in what) assert.ok(documentNames.includes(what.command), `${scenario}: ${what.command}`);
    }
  });

  it('fire each paging alarm that has a remedy, and show each keeping quiet', () => {
    const remedied = alarmKeys.filter(
      (key) => alarms[key].severity === 'page' && alarms[key].remedy !== null,
    );
    assert.ok(remedied.length > 0);
    for (const key of remedied) {
      assert.ok(alarmsOf('must').includes(key), `no scenario in which ${key} must fire`);
      assert.ok(alarmsOf('mustNot').includes(key), `no scenario in which ${key} must not fire`);
    }
  });

  it('leave enough time for everything that must happen', () => {
    for (const { name, must, timeoutSeconds } of scenarios) {
      for (const { withinSeconds } of must) assert.ok((withinSeconds ?? 0) <= timeoutSeconds, name);
    }
  });
});

function load(text: string) {
  writeFileSync(join(directory, 'draft.yaml'), text);
  return loadScenario(directory, 'draft');
}
const usual = (...lines: string[]): string =>
  ['title: t', 'story: s', 'timeoutSeconds: 10', 'faults: [{ service: { kind: errors } }]', ...lines].join(
    '\n',
  );

describe('a scenario', () => {
  it('gets its name from the file and defaults for the rest', () => {
    assert.deepEqual(load(usual()), {
      name: 'draft',
      title: 't',
      story: 's',
      timeoutSeconds: 10,
      observeSeconds: 5,
      faults: [{ service: { kind: 'errors' }, repeat: 'once' }],
      must: [],
      mustNot: [],
    });
  });

  it("keeps the details of a fault, which are the service's own affair", () => {
    const [fault] = load(usual().replace('kind: errors', 'kind: errors, rate: 0.5')).faults;
    assert.deepEqual(fault, { service: { kind: 'errors', rate: 0.5 }, repeat: 'once' });
  });
});

describe('a mistake in a scenario is told in one line', () => {
  const mistakes: readonly [string, string, RegExp][] = [
    [
      'broken YAML',
      'title: [',
      /^scenario draft: not YAML, got .* at line 1, column \d+, expected YAML; correct .*draft\.yaml$/,
    ],
    ['an empty file', '', /not understood, got \(whole file\): /],
    ['a missing part', usual().replace('story: s', ''), /got story: /],
    ['an unknown key', usual('musts: []'), /got \(whole file\): .*musts/],
    ['no fault', usual().replace(/faults: .*/, 'faults: []'), /got faults: /],
    [
      'an unknown fault',
      usual().replace('kind: errors', 'kind: fire'),
      /got faults\.0: expected \{ service: \{ kind: errors \| slow/,
    ],
    [
      'an unknown happening',
      usual('must: [{ what: { alarm: x, to: RED } }]'),
      /got must\.0\.what: expected \{ alarm, to: OK \| ALARM/,
    ],
    [
      'a time that is none',
      usual('must: [{ what: { mail: x }, withinSeconds: soon }]'),
      /got must\.0\.withinSeconds: /,
    ],
    [
      'a prohibition without a reason',
      usual('mustNot: [{ what: { mail: x } }]'),
      /got mustNot\.0\.because: /,
    ],
    [
      'two mistakes',
      usual('must: [{ what: { mail: x }, times: 0 }]', 'observeSeconds: -1'),
      /observeSeconds: .* \| must\.0\.times: |must\.0\.times: .* \| observeSeconds: /,
    ],
  ];
  for (const [name, text, message] of mistakes) {
    it(name, () => {
      assert.throws(
        () => load(text),
        (error: Error) => {
          assert.ok(error instanceof ScenarioError);
          assert.match(error.message, message);
          assert.ok(!error.message.includes('\n'), error.message);
          return true;
        },
      );
    });
  }

  it('an unknown name, with those that there are', () => {
    assert.throws(
      () => loadScenario(shipped, 'fire'),
      /^Error: scenario: unknown, got 'fire', expected one of bad-release, crash, error-burst, .*; correct the name$/,
    );
  });
});
