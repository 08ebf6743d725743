/** YAML text with CloudFormation's short forms to values: `!Sub x` becomes `{ Fn::Sub: x }`, and so does every other tag. */
import {
  type Document,
  isAlias,
  isScalar,
  type Node,
  Pair,
  parseAllDocuments,
  Scalar,
  visit,
  YAMLMap,
} from 'yaml';

export class YamlProblem extends Error {
  constructor(
    readonly line: number,
    readonly column: number,
    problem: string,
  ) {
    super(`broken YAML at line ${line}, column ${column}, got '${problem}', expected YAML`);
    this.name = 'YamlProblem';
  }
}

const tooDeep = 'lists or objects nested too deeply';

/** All documents of the text. Throws YamlProblem. */
export function parseYamlDocuments(source: string): unknown[] {
  // Tags are turned into functions below, whatever they are called: an unknown one must be refused where it is used.
  const documents = parseAll(source);
  const list: readonly Document[] = Array.isArray(documents) ? documents : [];
  return list.map((document) => {
    const [error] = document.errors;
    if (error !== undefined) {
      const [start] = error.linePos ?? [];
      const [problem = ''] = error.message.split(' at line ');
      throw new YamlProblem(
        start?.line ?? 1,
        start?.col ?? 1,
        problem.startsWith('Maximum call stack') ? tooDeep : problem,
      );
    }
    return toValue(document);
  });
}

function parseAll(source: string): ReturnType<typeof parseAllDocuments> {
  try {
    return parseAllDocuments(source, { merge: true, logLevel: 'silent' });
  } catch (error) {
    if (error instanceof RangeError) throw new YamlProblem(1, 1, tooDeep);
    throw error;
  }
}

function toValue(document: Document): unknown {
  try {
    visit(document, { Node: (_, node) => (isScalar(node) ? asWritten(node) : functionOf(node)) });
    return document.toJS();
  } catch (error) {
    if (error instanceof RangeError) throw new YamlProblem(1, 1, tooDeep);
    // Aliases that multiply beyond all measure.
    if (error instanceof ReferenceError) throw new YamlProblem(1, 1, error.message);
    throw error;
  }
}

/** `!GetAtt a.b` and the long form mean the same; `Ref` and `Condition` alone bear no prefix. */
function functionOf(node: Node): YAMLMap | undefined {
  const name = /^!([A-Za-z]\w*)$/.exec(('tag' in node && node.tag) || '')?.[1];
  if (name === undefined || isAlias(node)) return undefined;
  const map = new YAMLMap();
  delete node.tag;
  // What refers to the anchor means the whole function.
  if (node.anchor !== undefined) map.anchor = node.anchor;
  delete node.anchor;
  map.items.push(new Pair(new Scalar(name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`), node));
  return map;
}

/**
 * Numbers stay numbers only where nothing is lost: the account 012345678901 and the version 1.10 are names.
 * CloudFormation turns either into what the property needs.
 */
function asWritten(node: Scalar): YAMLMap | undefined {
  if (typeof node.value === 'number' && node.source !== undefined && String(node.value) !== node.source)
    node.value = node.source;
  return functionOf(node);
}
