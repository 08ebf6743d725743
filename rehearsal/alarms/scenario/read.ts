/** Reads a file of alarm tests; every mistake in it is told with its line. */
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument, type Tags, visit } from 'yaml';
import { excerpt, visibleLines } from '../../excerpt';
import { gotOf } from './echo';
import { defaultMessage, type Problem, problemsOf } from './problems';
import { type AlarmTest, type TestFile, testFile } from './schema';

/** A file of alarm tests that cannot be understood, or that asks for what does not exist; told without a stack trace. */
export class AlarmTestError extends Error {
  constructor(message: string) {
    super(visibleLines(message));
    this.name = 'AlarmTestError';
  }
}

export interface ReadTest extends AlarmTest {
  /** Counted from 1. */
  readonly line: number;
  /** The line of each series, and of each expectation. */
  readonly seriesLines: readonly number[];
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
  if (broken !== undefined) throw notYaml(`${path}:${lines.linePos(broken.pos[0]).line}`, broken.message);
  const lineOf = (keys: readonly PropertyKey[]): number => lineIn(document, lines, keys);
  const content = contentOf(path, document);
  refuseReservedKeys(path, document, lines);
  const parsed = testFile.safeParse(content, { error: defaultMessage });
  if (!parsed.success) {
    const problems = problemsOf(parsed.error.issues).map(
      (problem) => `${path}:${lineOf(problem.path)}: ${describeProblem(problem, content)}`,
    );
    throw new AlarmTestError(problems.join('\n'));
  }
  const tests = parsed.data.tests.map((test, index) => ({
    ...test,
    line: lineOf(['tests', index]),
    seriesLines: test.series.map((_, place) => lineOf(['tests', index, 'series', place])),
    expectationLines: test.expect.map((_, place) => lineOf(['tests', index, 'expect', place])),
  }));
  return { ...parsed.data, path, tests };
}

/** Aliases are followed here, which may lead nowhere or without end. */
function contentOf(path: string, document: Document): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw notYaml(`${path}:1`, error instanceof Error ? error.message : String(error));
  }
}

function notYaml(place: string, message: string): AlarmTestError {
  const [problem = ''] = message.split('\n');
  return new AlarmTestError(`${place}: not YAML, got ${problem.replace(/:$/, '')}; correct the file`);
}

/** The line of a key, of an entry of a list, or of what is around it. */
function lineIn(document: Document, lines: LineCounter, keys: readonly PropertyKey[]): number {
  for (let length = keys.length; length > 0; length--) {
    const parent = length === 1 ? document.contents : document.getIn(keys.slice(0, length - 1), true);
    const key = keys[length - 1];
    const pair = isMap(parent) ? parent.items.find((each) => nameOf(each.key) === key) : undefined;
    const node = pair?.key ?? document.getIn(keys.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

/** JavaScript takes this key for something else: what stands there would be lost without a word. */
const reservedKey = '__proto__';

function refuseReservedKeys(path: string, document: Document, lines: LineCounter): void {
  visit(document, {
    Pair: (_, { key }) => {
      if (nameOf(key) !== reservedKey) return;
      const line = isNode(key) && key.range ? lines.linePos(key.range[0]).line : 1;
      throw new AlarmTestError(
        `${path}:${line}: the key cannot be used, got '${reservedKey}', expected another name; rename it`,
      );
    },
  });
}

const nameOf = (key: unknown): unknown => (isScalar(key) ? key.value : key);

/** Got, expected, and what to do about it. */
function describeProblem({ path: keys, message }: Problem, content: unknown): string {
  const value = keys.reduce<unknown>(
    (inside, key) =>
      typeof inside === 'object' && inside !== null && Object.hasOwn(inside, key)
        ? Reflect.get(inside, key)
        : undefined,
    content,
  );
  const text = message.charAt(0).toLowerCase() + message.slice(1);
  const isPlain = text.startsWith('expected');
  const action = value === undefined ? 'add it' : 'correct it';
  return `${written(keys)}: ${isPlain ? gotOf(value) : ''}${text}${!isPlain || text.includes(';') ? '' : `; ${action}`}`;
}

/** `0x5` is five zeros here, and no number written in base sixteen. */
const withoutHexadecimal = (tags: Tags): Tags =>
  tags.filter((tag) => typeof tag === 'string' || tag.format !== 'HEX');

/** `tests[0].expect[2].at` */
function written(keys: readonly PropertyKey[]): string {
  const text = keys
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${excerpt(String(key))}`))
    .join('');
  return text.replace(/^\./, '') || 'the file';
}
