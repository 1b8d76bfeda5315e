/**
 * A cheap look for words of script and for handlers, before anything is read as one.
 *
 * Method: one pass over the text with a table of pieces of four characters, as rare in ordinary text as the words
 * that they stand for allow, and a small one of their last three in front of it; no allocation. What the search for script finds holds one of
 * these pieces by definition: a word without its piece is not looked for.
 */

/** The text may hold what counts as script. */
export const SCRIPT_HINT = 1;
/** The text may hold an attribute that matters without its tag. */
export const ATTRIBUTE_HINT = 2;
const LOCATION_HINT = 4;

/**
 * Symbols 1 to 26 are the letters in either case, these follow, and 0 is everything else. In the pieces below `(`
 * stands for a bracket or back-quote that calls, `)` for a bracket that closes, `?` for any symbol and `_` for any
 * that is no letter.
 */
const SYMBOL_GROUPS: readonly (readonly [string, number])[] = [
  ['.', 27],
  ['(`', 28],
  [')]', 29],
  ['[', 30],
  ['=:', 31],
];
const ANY = '?';
const NO_LETTER = '_';

/** Words of script-words.ts, each by the rarest piece of it. */
const SCRIPT_PIECES: readonly string[] = [
  ...[
    'lert',
    'nfir',
    'romp',
    'int(',
    'eval',
    'val(',
    'cscr',
    'out(',
    'timm',
    'tch(',
    'ort(',
    'tscr',
    'atob',
    'btoa',
  ],
  ...[
    'tmes',
    'sgbo',
    'pen(',
    'itel',
    'umen',
    'ion(',
    'age(',
    'lhtt',
    'bsoc',
    'ntso',
    'ker(',
    'ivex',
    'mcha',
    'mcod',
  ],
  ...[
    'teel',
    'teco',
    'tadj',
    'ndch',
    'dbea',
    'ccom',
    'ate(',
    'seht',
    'erht',
    'dow[',
    'elf[',
    'top[',
    'ent[',
    'mes[',
  ],
  ...['his[', 'ner[', 'ucto', 'all(', 'ply(', '??)(', '??)['],
];
/** Ends of `location` in front of an assignment or member; many words end so, and a pattern looks again. */
const LOCATION_PIECES: readonly string[] = ['ion=', 'ion.', 'ion['];
const LOCATION = /location[\0-\x20]{0,8}[=.[]/i;
/** Handlers, styles, documents, addresses of script and of data, constructors in attributes of frameworks. */
const ATTRIBUTE_PIECES: readonly string[] = ['_on?', 'tyle', 'cdoc', 'ipt=', 'ata=', 'nstr'];

const SYMBOL_BITS = 5;
const ENDING_MASK = (1 << (3 * SYMBOL_BITS)) - 1;
const PIECE_MASK = (1 << (4 * SYMBOL_BITS)) - 1;
const LETTERS = 26;

/** The tables are written here and never again. */
const SYMBOLS = createSymbols();
const HINTS = createHints();
const ENDINGS = createEndings(HINTS);

/** The hints of a text. */
export function scriptHints(text: string): number {
  let hints = 0;
  let last = 0;
  for (let at = 0; at < text.length; at += 1) {
    last = ((last << SYMBOL_BITS) | SYMBOLS[text.charCodeAt(at) & 0xff]!) & PIECE_MASK;
    if (ENDINGS[last & ENDING_MASK] === 1) hints |= HINTS[last]!;
  }
  if ((hints & (SCRIPT_HINT | LOCATION_HINT)) === LOCATION_HINT && LOCATION.test(text)) hints |= SCRIPT_HINT;
  return hints;
}

function createSymbols(): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, code) => symbolOf(String.fromCharCode(code)));
}

function createHints(): Uint8Array {
  const table = new Uint8Array(PIECE_MASK + 1);
  for (const piece of SCRIPT_PIECES) addPiece(table, piece, SCRIPT_HINT);
  for (const piece of LOCATION_PIECES) addPiece(table, piece, LOCATION_HINT);
  for (const piece of ATTRIBUTE_PIECES) addPiece(table, piece, ATTRIBUTE_HINT);
  return table;
}

function createEndings(hints: Uint8Array): Uint8Array {
  const endings = new Uint8Array(ENDING_MASK + 1);
  for (let index = 0; index < hints.length; index += 1) {
    if (hints[index] !== 0) endings[index & ENDING_MASK] = 1;
  }
  return endings;
}

function addPiece(table: Uint8Array, piece: string, hint: number): void {
  let indexes = [0];
  for (const character of piece) {
    const symbols = symbolsOf(character);
    indexes = indexes.flatMap((index) => symbols.map((symbol) => (index << SYMBOL_BITS) | symbol));
  }
  for (const index of indexes) table[index]! |= hint;
}

function symbolsOf(character: string): readonly number[] {
  const all = Array.from({ length: 1 << SYMBOL_BITS }, (_, symbol) => symbol);
  if (character === ANY) return all;
  if (character === NO_LETTER) return all.filter((symbol) => symbol === 0 || symbol > LETTERS);
  return [symbolOf(character)];
}

function symbolOf(character: string): number {
  if (/[a-z]/i.test(character)) return character.toLowerCase().charCodeAt(0) - 0x60;
  return SYMBOL_GROUPS.find(([members]) => members.includes(character))?.[1] ?? 0;
}
