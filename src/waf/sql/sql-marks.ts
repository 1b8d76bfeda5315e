/**
 * What a text needs to be worth the detector's look: one pass, one table lookup a character; words are looked up
 * only where their first three letters are those of a listed one.
 *
 * `marksAllowSql` says which marks a finding needs, and the property tests hold the detector to that, so that callers
 * may look for the same in passes of their own.
 */
import { isBlank, isLetter, isWordCharacter } from '../characters.ts';
import { wordSet } from '../words.ts';

/** `'`, `"` or a back quote. */
export const MARK_QUOTE = 1;
/** An opening bracket, or a brace with a word in it, which every call and every nested selection has. */
export const MARK_CALL = 1 << 1;
/** `--`, `#` or the opening of a block comment. */
export const MARK_COMMENT = 1 << 2;
export const MARK_SEMICOLON = 1 << 3;
/** `||`, `&&`, or one of the words OR, AND, XOR with no letter on either side. */
export const MARK_LOGIC = 1 << 4;
/** One of WORDS with no letter on either side, or `@@`. */
export const MARK_WORD = 1 << 5;
/** A character of the signs that compare, or one of COMPARING with no letter on either side. */
export const MARK_COMPARISON = 1 << 6;
/** A character of the signs that compute, or a comma. */
export const MARK_SIGN = 1 << 7;
/** A closing bracket. */
export const MARK_CLOSE = 1 << 8;

/** The words that begin statements and clauses. */
const WORDS = wordSet(`
  select insert replace merge upsert update delete drop create alter truncate rename exec execute call declare waitfor
  shutdown commit rollback reconfigure vacuum checkpoint if while begin goto do start grant revoke deny copy load bulk
  backup attach detach restore prepare handler import show describe explain use pragma kill dbcc print with set values
  order group having limit offset fetch where into procedure case union except intersect minus
`);
/** The words that compare or compute, or go on behind a value in another way. */
const COMPARING = wordSet(`
  like rlike regexp ilike glob match similar sounds overlaps member is in between isnull notnull div mod not on
  collate escape separator over uescape as for using from desc asc
`);

const LETTER = 1 << 15;
const MARKS = LETTER - 1;
const WORD_CHARACTERS_MAX = 12;

/** By character code. */
const CLASSES = Uint16Array.from({ length: 256 }, (_, code) => classOf(code));
/** By the first three letters of a word, five bits each; shorter words by all their letters. */
const BEGINNINGS = createBeginnings();

/** The marks of a text; linear. */
export function markSql(text: string): number {
  let marks = 0;
  let run = 0;
  let letters = 0;
  let last = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    const kind = CLASSES[code & 0xff]!;
    if (kind === LETTER) {
      if (run < 3) letters = (letters << 5) | (code & 0x1f);
      run += 1;
    } else {
      if (run > 0) {
        if (run > 1 && BEGINNINGS[letters] !== 0) marks |= markWord(text, index - run, index);
        run = 0;
        letters = 0;
      }
      marks |= kind;
      if (code === last) marks |= doubledMark(code);
      else if (code === 0x2a && last === 0x2f) marks |= MARK_COMMENT;
      if (code === 0x7b && opensCall(text.charCodeAt(index + 1))) marks |= MARK_CALL;
    }
    last = code;
  }
  if (run > 1 && BEGINNINGS[letters] !== 0) marks |= markWord(text, text.length - run, text.length);
  return marks;
}

/** Whether the detector may find anything in a text with these marks; a few bit operations. */
export function marksAllowSql(marks: number): boolean {
  if ((marks & (MARK_CALL | MARK_WORD)) !== 0) return true;
  if ((marks & MARK_LOGIC) !== 0 && (marks & (MARK_COMPARISON | MARK_COMMENT | MARK_QUOTE)) !== 0)
    return true;
  if ((marks & MARK_COMMENT) !== 0 && (marks & (MARK_COMPARISON | MARK_CLOSE | MARK_SEMICOLON)) !== 0)
    return true;
  return (marks & MARK_QUOTE) !== 0 && (marks & (MARK_COMMENT | MARK_COMPARISON | MARK_SIGN)) !== 0;
}

function markWord(text: string, start: number, end: number): number {
  if (end - start > WORD_CHARACTERS_MAX) return 0;
  const word = text.slice(start, end).toLowerCase();
  if (word === 'or' || word === 'and' || word === 'xor') return MARK_LOGIC;
  if (WORDS.has(word)) return MARK_WORD;
  return COMPARING.has(word) ? MARK_COMPARISON : 0;
}

/** Whether a brace with this behind it is one of ODBC's calls, `{fn now()}`, rather than one of JSON. */
function opensCall(next: number): boolean {
  return isWordCharacter(next) || isBlank(next) || next >= 0x80;
}

function doubledMark(code: number): number {
  if (code === 0x2d) return MARK_COMMENT;
  if (code === 0x40) return MARK_WORD;
  return code === 0x7c || code === 0x26 ? MARK_LOGIC : 0;
}

function classOf(code: number): number {
  if (isLetter(code)) return LETTER;
  const character = String.fromCharCode(code);
  let marks = 0;
  if (`'"\``.includes(character)) marks |= MARK_QUOTE;
  if (character === '(') marks |= MARK_CALL;
  if (character === '#') marks |= MARK_COMMENT;
  if (character === ';') marks |= MARK_SEMICOLON;
  if ('=<>!~?@'.includes(character)) marks |= MARK_COMPARISON;
  if ('+-*/%|&^,:'.includes(character)) marks |= MARK_SIGN;
  if (')}'.includes(character)) marks |= MARK_CLOSE;
  return marks & MARKS;
}

function createBeginnings(): Uint8Array {
  const table = new Uint8Array(1 << 15);
  for (const word of [...WORDS, ...COMPARING, 'or', 'and', 'xor']) {
    let packed = 0;
    for (const letter of word.slice(0, 3)) packed = (packed << 5) | (letter.charCodeAt(0) & 0x1f);
    table[packed] = 1;
  }
  return table;
}
