/** JSON text to values, one document after another, and where it is broken: line and column, and what should stand there. */

export class JsonProblem extends Error {
  constructor(
    readonly line: number,
    readonly column: number,
    readonly got: string,
    readonly expected: string,
  ) {
    super(`broken JSON at line ${line}, column ${column}, got ${got}, expected ${expected}`);
    this.name = 'JsonProblem';
  }
}

const blanks = /[ \t\r\n]*/y;
/** Everything but quotes, backslashes and control characters, and escapes between. */
const text = /"[ !#-[\]-\uffff]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[ !#-[\]-\uffff]*)*"/y;
const plain = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;

/** All documents of the text: `aws ... >> file` in a loop leaves several. Throws JsonProblem. */
export function parseJsonDocuments(source: string): unknown[] {
  try {
    return [JSON.parse(source)];
  } catch {
    // Either several documents or a broken one: the scanner tells which, and where.
    return new Scanner(source).documents().map(([start, end]) => JSON.parse(source.slice(start, end)));
  }
}

type Awaited = 'value' | 'first value' | 'first name' | 'name' | 'colon' | 'after member' | 'after element';

const expectations: Readonly<Record<Awaited, string>> = {
  value: 'a value',
  'first value': 'a value or ]',
  'first name': 'a name in quotes or }',
  name: 'a name in quotes',
  colon: 'a colon',
  'after member': 'a comma or }',
  'after element': 'a comma or ]',
};

/** Walks the grammar with a stack of its own, so that no depth of nesting overflows another. */
class Scanner {
  private position = 0;
  private readonly open: ('{' | '[')[] = [];

  constructor(private readonly source: string) {}

  documents(): [number, number][] {
    const found: [number, number][] = [];
    this.take(blanks);
    while (this.position < this.source.length) {
      const start = this.position;
      this.document();
      found.push([start, this.position]);
      this.take(blanks);
    }
    return found;
  }

  private document(): void {
    let awaited: Awaited | undefined = 'value';
    while (awaited !== undefined) {
      this.take(blanks);
      awaited = this.step(awaited);
    }
  }

  /** Takes what is awaited and says what comes next; undefined at the end of the document. */
  private step(awaited: Awaited): Awaited | undefined {
    const character = this.source[this.position];
    switch (awaited) {
      case 'value':
      case 'first value':
        if (character === ']' && awaited === 'first value') return this.close();
        if (character === '{' || character === '[') {
          this.open.push(character);
          this.position++;
          return character === '{' ? 'first name' : 'first value';
        }
        if (this.take(text) || this.take(plain)) return this.afterValue();
        throw this.problem(awaited);
      case 'first name':
      case 'name':
        if (character === '}' && awaited === 'first name') return this.close();
        if (this.take(text)) return 'colon';
        throw this.problem(awaited);
      case 'colon':
        if (character !== ':') throw this.problem(awaited);
        this.position++;
        return 'value';
      case 'after member':
      case 'after element':
        if (character === (awaited === 'after member' ? '}' : ']')) return this.close();
        if (character !== ',') throw this.problem(awaited);
        this.position++;
        return awaited === 'after member' ? 'name' : 'value';
    }
  }

  private close(): Awaited | undefined {
    this.position++;
    this.open.pop();
    return this.afterValue();
  }

  private afterValue(): Awaited | undefined {
    const around = this.open.at(-1);
    if (around === undefined) return undefined;
    return around === '{' ? 'after member' : 'after element';
  }

  private take(pattern: RegExp): boolean {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.source);
    this.position += found?.[0].length ?? 0;
    return found !== null;
  }

  private problem(awaited: Awaited): JsonProblem {
    const before = this.source.slice(0, this.position).split('\n');
    const found = /^[\w.+-]{1,20}|./.exec(this.source.slice(this.position, this.position + 20))?.[0];
    const got = found === undefined ? 'the end of the file' : `'${found}'`;
    return new JsonProblem(before.length, (before.at(-1) ?? '').length + 1, got, expectations[awaited]);
  }
}
