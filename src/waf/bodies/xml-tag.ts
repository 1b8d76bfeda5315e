/**
 * The inside of one start or end tag of XML. Attributes need quotation marks and names of their own; whatever else
 * stands in a tag makes it invalid, since readers differ in what they make of it. Linear.
 */

export interface XmlTag {
  readonly name: string;
  readonly kind: 'start' | 'end' | 'empty';
  /** Values in order, references not resolved. */
  readonly values: readonly string[];
}

const NAME = /[A-Za-z_:\x80-\xff][-A-Za-z0-9._:\x80-\xff]*/y;
const ATTRIBUTE =
  /[ \t\r\n]+([A-Za-z_:\x80-\xff][-A-Za-z0-9._:\x80-\xff]*)[ \t\r\n]*=[ \t\r\n]*(?:"([^"<]*)"|'([^'<]*)')/y;
const REST = /[ \t\r\n]*$/y;

/**
 * @param text what stands between `<` and `>`
 * @returns null for what is no tag
 */
export function parseXmlTag(text: string): XmlTag | null {
  const isEnd = text.startsWith('/');
  const isEmpty = !isEnd && text.endsWith('/');
  const inner = text.slice(isEnd ? 1 : 0, isEmpty ? -1 : undefined);
  NAME.lastIndex = 0;
  const name = NAME.exec(inner)?.[0];
  if (name === undefined) return null;
  const values: string[] = [];
  const end = isEnd ? name.length : readAttributes(inner, name.length, values);
  REST.lastIndex = end;
  if (end === -1 || !REST.test(inner)) return null;
  return { name, kind: isEnd ? 'end' : isEmpty ? 'empty' : 'start', values };
}

/** Adds the values to `values`; returns where the attributes end, or -1 where one stands twice. */
function readAttributes(text: string, start: number, values: string[]): number {
  let end = start;
  if (end === text.length) return end;
  const names = new Set<string>();
  ATTRIBUTE.lastIndex = start;
  for (let match = ATTRIBUTE.exec(text); match !== null; match = ATTRIBUTE.exec(text)) {
    const [, name = '', double, single] = match;
    if (names.has(name)) return -1;
    names.add(name);
    values.push(double ?? single ?? '');
    end = ATTRIBUTE.lastIndex;
  }
  return end;
}
