/** Writes answers in the XML of the query protocols. */

export interface XmlStyle {
  /** The element around each entry of a list. */
  readonly item: 'member' | 'item';
  readonly flattened: Readonly<Record<string, string>>;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text that is safe between tags; control characters, which XML cannot hold at all, are dropped. */
export function escapeXml(text: string): string {
  const printable = [...text].filter(
    (char) => char >= ' ' || char === '\n' || char === '\r' || char === '\t',
  );
  return printable.join('').replace(/[&<>"]/g, (char) => entities[char] ?? char);
}

function mapEntries(name: string, map: ReadonlyMap<unknown, unknown>, style: XmlStyle): string {
  const flat = style.flattened[name];
  const [key, value] = flat === undefined ? ['key', 'value'] : ['Name', 'Value'];
  const entries = [...map].map(
    ([k, v]) =>
      `<${flat ?? 'entry'}>${element(key, k, style)}${element(value, v, style)}</${flat ?? 'entry'}>`,
  );
  return flat === undefined ? `<${name}>${entries.join('')}</${name}>` : entries.join('');
}

/** One element with everything in it; nothing for undefined. */
export function element(name: string, value: unknown, style: XmlStyle): string {
  if (value === undefined || value === null) return '';
  if (value instanceof Date) return `<${name}>${value.toISOString()}</${name}>`;
  if (value instanceof Map) return mapEntries(name, value, style);
  if (Array.isArray(value)) {
    const flat = style.flattened[name];
    const items = value.map((one: unknown) => element(flat ?? style.item, one, style)).join('');
    return flat === undefined ? `<${name}>${items}</${name}>` : items;
  }
  if (typeof value === 'object') return `<${name}>${members(value, style)}</${name}>`;
  return `<${name}>${escapeXml(String(value))}</${name}>`;
}

/** The elements of an object's members, one after the other. */
export function members(value: object, style: XmlStyle): string {
  return Object.entries(value)
    .map(([name, inner]) => element(name, inner, style))
    .join('');
}
