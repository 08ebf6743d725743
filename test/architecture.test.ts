/** The design's section 4 as law: who may import whom, who may touch the outside, and how large a file may be. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { refusal } from './architecture/arrows';
import { bannedCalls } from './architecture/edges';
import { findCycle, importsOf, readProject, root } from './architecture/project';

/** Longer than this and a file has a second subject. */
const mostLines = 300;

/** Data and the model's own script are as long as what they hold. */
const mayBeLonger = [/^service\/model\//, /\.(json|onnx)$/];

/** Names that say nothing; what is in such a file belongs beside what it is for. */
const forbiddenName = /(^|[-.])(utils?|helpers?|common|manager|misc)([-.]|$)/;

const files = readProject();
const shipped = files.filter(({ path }) => !path.startsWith('test/'));
const none: readonly string[] = [];

function expectNone(problems: readonly string[]): void {
  assert.deepEqual(problems, none, `\n${problems.join('\n')}\n`);
}

describe('imports', () => {
  it('follow the arrows of the design, types and computed imports included', () => {
    const problems = shipped.flatMap(({ path, imports }) =>
      imports
        .filter(({ target }) => target !== 'computed')
        .map((item) => refusal(path, item))
        .filter((problem) => problem !== undefined),
    );
    expectNone(problems);
  });

  it('of bin, test and generated exist in no other folder', () => {
    const problems = shipped
      .filter(({ path }) => !path.startsWith('bin/'))
      .flatMap(({ path, imports }) =>
        imports
          .filter(({ target }) => /^(bin|test|generated|agent-config)\//.test(target))
          .map(({ target }) => `${path}: imports ${target}, which nothing may; move what is shared`),
      );
    expectNone(problems);
  });

  it('of the AWS SDK are in the one adapter of each function, and where recorded data is asked for', () => {
    const users = shipped
      .filter(({ imports }) => imports.some(({ target }) => target.startsWith('@aws-sdk/')))
      .map(({ path }) => path);
    assert.deepEqual(users.toSorted(), ['bin/from-cloudwatch.ts', 'lambda/remediation/aws.ts']);
  });

  it('lead to files that exist', () => {
    const problems = files.flatMap(({ path, imports }) =>
      imports
        .filter(({ isProject, target }) => isProject && !existsSync(join(root, target)))
        .map(({ target }) => `${path}: imports ${target}, which is not there`),
    );
    expectNone(problems);
  });

  it('have no cycle', () => {
    assert.equal(findCycle(files)?.join(' -> '), undefined);
  });
});

describe('the reader of imports', () => {
  const targets = (text: string): string[] =>
    importsOf('lib/config/config.ts', text).map(
      ({ target, isTypeOnly }) => `${isTypeOnly ? 'type ' : ''}${target}`,
    );

  it('sees every way to import', () => {
    assert.deepEqual(targets("import { a,\n  b } from './schema';"), ['lib/config/schema.ts']);
    assert.deepEqual(targets("import type { A } from 'aws-cdk-lib/aws-ec2';"), ['type aws-cdk-lib']);
    assert.deepEqual(targets("export * from '../catalog/names';"), ['lib/catalog/names.ts']);
    assert.deepEqual(targets("import 'node:fs';"), ['node:fs']);
    assert.deepEqual(targets("const a = await import('zod');"), ['zod']);
    assert.deepEqual(targets("const a = require('@aws-sdk/client-ssm/x');"), ['@aws-sdk/client-ssm']);
    assert.deepEqual(targets('const a = require(name);'), ['computed']);
    assert.deepEqual(targets("let a: import('zod').ZodType;"), ['type zod']);
    assert.deepEqual(targets("// const a = require('zod');"), []);
  });

  it('sees a cycle, and none where there is none', () => {
    const file = (path: string, ...imported: string[]) => ({
      path,
      imports: imported.map((target) => ({ target, isProject: true, isTypeOnly: false })),
    });
    assert.deepEqual(findCycle([file('a', 'b'), file('b', 'c'), file('c', 'b')]), ['b', 'c', 'b']);
    assert.equal(findCycle([file('a', 'b', 'c'), file('b', 'c'), file('c')]), undefined);
  });
});

describe('the outside', () => {
  for (const { name, pattern, instead, exceptions } of bannedCalls) {
    it(`is not reached by ${name} elsewhere than listed, and no listed file has stopped needing it`, () => {
      const users = shipped.filter(({ code }) => pattern.test(code)).map(({ path }) => path);
      expectNone([
        ...users
          .filter((path) => exceptions[path] === undefined)
          .map((path) => `${path}: uses ${name}, got it outside the edges; ${instead}`),
        ...Object.keys(exceptions)
          .filter((path) => !users.includes(path))
          .map((path) => `${path}: needs ${name} no longer; take it off the list in architecture/edges.ts`),
      ]);
    });
  }
});

describe('connections to others', () => {
  // See docs/adr/0017: one of them slows down every answer of the same thread.
  const opening =
    /import \{[^}]*\b(request|get|connect|createConnection|Agent|Socket)\b[^}]*\} from 'node:(https?|http2|net|tls)'|\bfetch\(/;
  const ownProgram = 'service/ready.ts';

  it('are opened in service/outgoing, and nowhere else in the service', () => {
    const openers = shipped
      .filter(({ path }) => path.startsWith('service/'))
      .filter(({ text }) => opening.test(text.replace(/\btype \w+/g, '')))
      .map(({ path }) => path);
    assert.deepEqual(openers.sort(), ['service/outgoing/calls.ts', ownProgram]);
  });
});

describe('files', () => {
  it(`have at most ${mostLines} lines`, () => {
    const problems = files
      .filter(({ path }) => !mayBeLonger.some((pattern) => pattern.test(path)))
      .map(({ path, text }) => ({ path, lines: text.replace(/\n$/, '').split('\n').length }))
      .filter(({ lines }) => lines > mostLines)
      .map(({ path, lines }) => `${path}: too long, got ${lines} lines, expected ${mostLines}; split it`);
    expectNone(problems);
  });

  it('have names that say what is in them, in kebab case', () => {
    const problems = files
      .map(({ path }) => path)
      .filter((path) => !path.startsWith('lib/catalog/runbooks/'))
      .filter((path) => {
        const parts = path.split('/');
        return (
          parts.some((part) => forbiddenName.test(part)) || parts.some((part) => !/^[a-z0-9.-]+$/.test(part))
        );
      })
      .filter((path) => !/\/(README|LICENSE)(\.md)?$/.test(path));
    expectNone(problems);
  });

  it('say in their first line what they are for', () => {
    const problems = files
      // A test's own sentences say what it is for; the configuration belongs to the user.
      .filter(({ path }) => /\.[jt]s$/.test(path) && !/(\.test|\.config)\.ts$/.test(path))
      .filter(({ text }) => !/^(#!.*\n)?(\/\*\*|\/\/)/.test(text))
      .map(({ path }) => `${path}: opens without a sentence on its purpose; write one`);
    expectNone(problems);
  });

  it('name no partition where the partition is only known at deployment', () => {
    const problems = files
      .filter(({ path }) => /^(lib|lambda|service)\//.test(path))
      .filter(({ text }) => /\barn:aws\b/.test(text))
      .map(({ path }) => `${path}: names the partition aws; use formatArn or the ARN that AWS sent`);
    expectNone(problems);
  });
});

describe('docs/architecture.md', () => {
  it('names every top-level folder, and no other', () => {
    const ignored = readFileSync(join(root, '.gitignore'), 'utf8')
      .split('\n')
      .map((line) => line.replace(/^\/|\/$/g, ''));
    const folders = readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !ignored.includes(entry.name))
      .map(({ name }) => name);
    const section =
      readFileSync(join(root, 'docs/architecture.md'), 'utf8')
        .split(/^## /m)
        .find((part) => part.startsWith('Folders')) ?? '';
    const named = [...section.matchAll(/^\| `([a-z-]+)` *\|/gm)].map((match) => match[1] ?? '');
    assert.deepEqual(named.sort(), folders.sort());
  });
});
