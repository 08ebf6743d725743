/** A strict reader of plain XML, so that a test notices what a lenient one would let pass. */
import assert from 'node:assert/strict';

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const illegal = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

/** The root element; fails on anything that is not well-formed. */
export function readXml(text: string): XmlElement {
  assert.doesNotMatch(text, illegal, 'a character that XML does not have');
  const declaration = /^<\?xml version="1\.0" encoding="UTF-8"\?>\s*/.exec(text);
  assert.ok(declaration !== null, 'no declaration');
  const [root, end] = readElement(text, declaration[0].length);
  assert.equal(text.slice(end).trim(), '', 'something after the root');
  return root;
}

function readElement(text: string, start: number): readonly [XmlElement, number] {
  const open = /<([A-Za-z]\w*)((?:\s+[A-Za-z]\w*="[^"<]*")*)\s*(\/?)>/y;
  open.lastIndex = start;
  const found = open.exec(text);
  assert.ok(found !== null, `no element at ${start}: ${text.slice(start, start + 40)}`);
  const [, name = '', list = '', slash] = found;
  const attributes = readAttributes(list);
  if (slash === '/') return [{ name, attributes, children: [], text: '' }, open.lastIndex];
  const children: XmlElement[] = [];
  let own = '';
  let position = open.lastIndex;
  while (!text.startsWith('</', position)) {
    const next = text.indexOf('<', position);
    assert.ok(next >= 0, `${name} is not closed`);
    own += decoded(text.slice(position, next));
    position = next;
    if (text.startsWith('</', position)) break;
    const [child, end] = readElement(text, position);
    children.push(child);
    position = end;
  }
  const close = `</${name}>`;
  assert.ok(text.startsWith(close, position), `${name} is closed by ${text.slice(position, position + 20)}`);
  return [{ name, attributes, children, text: own }, position + close.length];
}

function readAttributes(list: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [, key = '', value = ''] of list.matchAll(/([A-Za-z]\w*)="([^"]*)"/g)) {
    assert.ok(!(key in attributes), `${key} twice`);
    // A reader makes blanks of what is not escaped.
    attributes[key] = decoded(value.replaceAll(/[\t\n\r]/g, ' '));
  }
  return attributes;
}

function decoded(text: string): string {
  assert.ok(!text.includes(']]>'), 'the end of a section that never began');
  return text.replaceAll(/&([^;]*);?/g, (whole, name: string) => {
    const value = name.startsWith('#') ? String.fromCodePoint(Number(name.slice(1))) : entities[name];
    assert.ok(value !== undefined && whole.endsWith(';'), `${whole} stands for nothing`);
    return value;
  });
}
