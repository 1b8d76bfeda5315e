/** Bracketed classes: `[a-z]`, `[^\s,]`, `[[:alpha:]_]`. */
import { fail, ok, type Result } from '../../core/result.ts';
import { addAll, addRange, type ByteSet, complement, emptySet, foldCase, POSIX_CLASSES } from './byte-set.ts';
import { parseEscape } from './parse-escape.ts';

interface ClassItem {
  /** The byte, where the item is one, so that a range can begin or end with it. */
  readonly byte: number | null;
  readonly set: ByteSet | null;
  readonly end: number;
}

interface ParsedClass {
  readonly set: ByteSet;
  readonly end: number;
}

/** What may need more of the source than the class to be understood. */
const NAMED = /.\[[:.=]/s;

/** Reads the classes of a pattern, which repeats some of them often: those that are written alike share a set. */
export class ClassReader {
  readonly #known = new Map<string, ByteSet>();

  /** @param at the offset of the bracket */
  read(source: string, at: number, ignoreCase: boolean): Result<ParsedClass, string> {
    const end = source.indexOf(']', at + 2) + 1;
    const text = source.slice(at, end);
    const key = `${ignoreCase} ${text}`;
    const known = this.#known.get(key);
    if (known !== undefined) return ok({ set: known, end });
    const parsed = parseClass(source, at, ignoreCase);
    if (parsed.ok && parsed.value.end === end && !NAMED.test(text)) this.#known.set(key, parsed.value.set);
    return parsed;
  }
}

function parseClass(source: string, at: number, ignoreCase: boolean): Result<ParsedClass, string> {
  const set = emptySet();
  const negated = source[at + 1] === '^';
  const first = at + (negated ? 2 : 1);
  let offset = first;
  // A bracket that comes first is a member.
  while (source[offset] !== ']' || offset === first) {
    const item = parseItem(source, offset, at);
    if (!item.ok) return item;
    const range = parseRange(source, item.value, at);
    if (!range.ok) return range;
    const { byte, set: members } = item.value;
    if (members !== null) addAll(set, members);
    else if (byte !== null) addRange(set, byte, range.value?.byte ?? byte);
    offset = range.value?.end ?? item.value.end;
  }
  const folded = ignoreCase ? foldCase(set) : set;
  return ok({ set: negated ? complement(folded) : folded, end: offset + 1 });
}

/** What ends the range that begins with the item; null where the item stands alone. */
function parseRange(source: string, item: ClassItem, at: number): Result<ClassItem | null, string> {
  const next = source[item.end + 1];
  if (item.byte === null || source[item.end] !== '-' || next === ']' || next === undefined) return ok(null);
  const last = parseItem(source, item.end + 1, at);
  // As in `[+-\s]`: the hyphen is a member, and the set comes by itself.
  if (!last.ok || last.value.byte === null) return last.ok ? ok(null) : last;
  if (last.value.byte < item.byte) return fail(`range out of order in the class, offset ${item.end}`);
  return last;
}

function parseItem(source: string, offset: number, at: number): Result<ClassItem, string> {
  const character = source[offset];
  if (character === undefined) return fail(`class without its closing bracket, offset ${at}`);
  if (character === '[') {
    const posix = /^\[:(\^?)([a-z]+):\]/.exec(source.slice(offset, offset + 16));
    if (posix !== null) return posixClass(posix[0], posix[1] === '^', posix[2]!, offset);
    if (source[offset + 1] === '.' || source[offset + 1] === '=') {
      return fail(`collating elements are not supported, offset ${offset}`);
    }
  }
  if (character !== '\\') return byteItem(source, offset);
  if (source[offset + 1] === 'Q' || source[offset + 1] === 'E') {
    return fail(`\\Q and \\E inside a class are not supported, offset ${offset}`);
  }
  const parsed = parseEscape(source, offset, true);
  if (!parsed.ok) return parsed;
  const { value } = parsed;
  if (value.kind === 'byte') return ok({ byte: value.byte, set: null, end: value.end });
  if (value.kind === 'set') return ok({ byte: null, set: value.set, end: value.end });
  return fail(`an edge inside a class, offset ${offset}`);
}

function byteItem(source: string, offset: number): Result<ClassItem, string> {
  const byte = source.charCodeAt(offset);
  if (byte > 0xff) return fail(`a character beyond a byte, offset ${offset}`);
  return ok({ byte, set: null, end: offset + 1 });
}

function posixClass(text: string, negated: boolean, name: string, offset: number): Result<ClassItem, string> {
  const set = POSIX_CLASSES.get(name);
  if (set === undefined) return fail(`unknown class ${text}, offset ${offset}`);
  return ok({ byte: null, set: negated ? complement(set) : set, end: offset + text.length });
}
