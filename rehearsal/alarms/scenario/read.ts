/** Reads a file of alarm tests; every mistake in it is told with its line. */
import { isNode, LineCounter, parseDocument, type Tags } from 'yaml';
import { type AlarmTest, type TestFile, testFile } from './schema';

/** A file of alarm tests that cannot be understood, or that asks for what does not exist; told without a stack trace. */
export class AlarmTestError extends Error {}

export interface ReadTest extends AlarmTest {
  /** Counted from 1. */
  readonly line: number;
  /** The line of each expectation. */
  readonly expectationLines: readonly number[];
}

export interface ReadTestFile extends Omit<TestFile, 'tests'> {
  /** As it was named; what the file refers to lies beside it. */
  readonly path: string;
  readonly tests: readonly ReadTest[];
}

/** @throws AlarmTestError naming every mistake with file and line */
export function readTestFile(path: string, text: string): ReadTestFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, customTags: withoutHexadecimal });
  const [broken] = document.errors;
  if (broken !== undefined) {
    const line = lines.linePos(broken.pos[0]).line;
    const [problem = ''] = broken.message.split('\n');
    throw new AlarmTestError(`${path}:${line}: not YAML, got ${problem.replace(/:$/, '')}; correct the file`);
  }
  const lineOf = (keys: readonly PropertyKey[]): number => {
    for (let length = keys.length; length > 0; length--) {
      const node = document.getIn(keys.slice(0, length), true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
    return 1;
  };
  const parsed = testFile.safeParse(document.toJS());
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      ({ path: keys, message }) =>
        `${path}:${lineOf(keys)}: ${written(keys)}: ${gotOf(document.getIn(keys))}${decapitalised(message)}`,
    );
    throw new AlarmTestError(problems.join('\n'));
  }
  const tests = parsed.data.tests.map((test, index) => ({
    ...test,
    line: lineOf(['tests', index]),
    expectationLines: test.expect.map((_, place) => lineOf(['tests', index, 'expect', place])),
  }));
  return { ...parsed.data, path, tests };
}

/** `0x5` is five zeros here, and no number written in base sixteen. */
const withoutHexadecimal = (tags: Tags): Tags =>
  tags.filter((tag) => typeof tag === 'string' || tag.format !== 'HEX');

/** `tests[0].expect[2].at` */
function written(keys: readonly PropertyKey[]): string {
  const text = keys.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return text.replace(/^\./, '') || 'the file';
}

/** What stands there now, where it is short enough to repeat. */
function gotOf(value: unknown): string {
  if (value === undefined) return 'missing, ';
  return value === null || typeof value === 'object' ? '' : `got '${String(value)}', `;
}

const decapitalised = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
