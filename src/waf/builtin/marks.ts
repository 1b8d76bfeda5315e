/**
 * The prefilter: one pass over a text says which rule families could match it at all.
 *
 * Method: one table gives every byte its class bits and a 5-bit symbol; a second one, indexed by the last three
 * symbols, knows pieces of the words that attacks need. The result is two sets of bits; a family tests a few of them,
 * and nearly every ordinary value ends there. Linear, two table lookups a byte, no allocation.
 *
 * Marks err on one side only, towards a closer look: whatever a family finds has set the marks that it asks for.
 * The property tests hold every family to that.
 */
import { SCANNER_NAMES } from './scanner-names.ts';

/** What a text consists of. */
export interface Marks {
  /** Which single bytes occur: the constants from PERCENT to HIGH. */
  classes: number;
  /** Which pieces of words occur: the constants from DOT_DOT on. */
  words: number;
}

/** `%`: the text may be encoded. */
export const PERCENT = 1 << 0;
/** `+`: a blank in queries and forms. */
export const PLUS = 1 << 1;
export const AMPERSAND = 1 << 2;
/** `<`. */
export const ANGLE = 1 << 3;
/** `'` or `"`. */
export const QUOTE = 1 << 4;
export const BACKTICK = 1 << 5;
/** `(`. */
export const PAREN = 1 << 6;
/** `=`, `<`, `>` or `!`. */
export const COMPARISON = 1 << 7;
export const SEMICOLON = 1 << 8;
export const PIPE = 1 << 9;
export const DOLLAR = 1 << 10;
export const BACKSLASH = 1 << 11;
export const COLON = 1 << 12;
export const HASH = 1 << 13;
/** A byte from 0x80 on. */
export const HIGH = 1 << 14;
/** A control character, line breaks and tabs among them. */
export const CONTROL = 1 << 15;
/** `{`. */
export const BRACE = 1 << 16;
/** `_`. */
export const UNDERSCORE = 1 << 17;
/** The blank itself. */
export const BLANK = 1 << 18;

/** Two dots in a row. */
export const DOT_DOT = 1 << 0;
/** What begins a SQL comment. */
export const COMMENT = 1 << 1;
/** A word that SQL injection uses and that is rare elsewhere. */
export const SQL_WORD = 1 << 2;
/** A word that begins another SQL statement. */
export const STATEMENT_WORD = 1 << 3;
/** How a word begins that adds a condition to a SQL statement, or a sign or clause that does. */
export const LOGIC_START = 1 << 4;
/** How such a word ends; "brand" has but this mark, "Android" but the first. */
export const LOGIC_END = 1 << 5;
/** A piece of a word that joins or ends a condition in another way, or two operators. */
export const LOGIC_WORD = 1 << 17;
/** A quotation mark with an operator behind it. */
export const QUOTED_OPERATOR = 1 << 6;
/** A URL scheme that runs script. */
export const SCHEME_WORD = 1 << 7;
/** An event attribute or a function that attack scripts call. */
export const SCRIPT_WORD = 1 << 8;
/** A file or folder that attackers ask for. */
export const FILE_WORD = 1 << 9;
/** The name of a scanner. */
export const AGENT_WORD = 1 << 10;
/** The authority of an address: two slashes behind a sign that is no slash. */
export const ADDRESS = 1 << 11;
/** A function or class by which languages run commands, read files or load code. */
export const CODE_WORD = 1 << 12;
/** A page that only those ask for who look for mistakes of operators. */
export const PROBE_WORD = 1 << 13;
/** A hexadecimal number in the notation of programming languages. */
export const HEX_WORD = 1 << 14;
/** How serialised objects and base64 forms of attacks begin. */
export const SERIAL_WORD = 1 << 15;

/** A name by which languages reach into their objects. */
export const OBJECT_WORD = 1 << 16;

const CLASSES: Readonly<Record<string, number>> = {
  '%': PERCENT,
  '+': PLUS,
  '&': AMPERSAND,
  '<': ANGLE | COMPARISON,
  '>': COMPARISON,
  '=': COMPARISON,
  '!': COMPARISON,
  "'": QUOTE,
  '"': QUOTE,
  '`': BACKTICK,
  '(': PAREN,
  ';': SEMICOLON,
  '|': PIPE,
  $: DOLLAR,
  '\\': BACKSLASH,
  ':': COLON,
  '#': HASH,
  '{': BRACE,
  _: UNDERSCORE,
  ' ': BLANK,
};

/**
 * Symbols 1 to 26 are the letters in either case, these follow, and 0 is everything else. In the pieces below `'`
 * stands for a quotation mark, `=` for an operator, a blank for a character of symbol 0, `_` for any symbol that is
 * no letter and `?` for any symbol.
 */
const SYMBOL_GROUPS: readonly (readonly [string, number])[] = [
  ['.', 27],
  ['-', 28],
  ['/', 29],
  ['\'"`', 30],
  ['=<>!#*&|@', 31],
];
const NO_LETTER = '_';
const ANY_SYMBOL = '?';

/** Pieces of three symbols, as rare in ordinary text as the words that they stand for allow; commas separate. */
const PIECES: readonly (readonly [number, string])[] = [
  [DOT_DOT, '?..'],
  [COMMENT, '?--,?/='],
  [SQL_WORD, 'sel,sle,chm,xtr,exm,d f,dbm,utl,cmd'],
  [STATEMENT_WORD, 'dro,tru,alt,cre,ins,rep,del,upd,exe,dec,wai,shu'],
  [LOGIC_START, '_or,_an,_xo'],
  [LOGIC_END, 'or_,nd_'],
  [LOGIC_WORD, '?==,ord,gro,hav,lik,reg,out,dum,wai'],
  [QUOTED_OPERATOR, "?'=,' ="],
  [SCHEME_WORD, 'jav,vbs,dat,esc,jsc,och'],
  [SCRIPT_WORD, '_on,ale,con,pro,eva,set,fun,fet,imp,doc,loc,w.o,adw,sty,ipt'],
  [
    FILE_WORD,
    'tc/,sr/,oc/,/va,/op,/bi,ot/,.lo,.in,s l,r l,d.c,x.c,mpp,n.i,t.i,p.i,cnf,b-i,b.c,.ss,hta,htp,.ba,swd,cp/,dp/',
  ],
  [AGENT_WORD, SCANNER_NAMES.map(({ piece }) => piece).join(',')],
  [ADDRESS, ' //,=//'],
  [
    CODE_WORD,
    'eva,exe,xec,sys,pas,she,ope,ass,cre,cal,inc,req,imp,run,cla,pri,ech,spa,sub,fil,unl,inf,roc,chi,new,var,thr,fun,php,hig,sou,rea,get,gzi,str,bas,ini,pos,mov,arr,usl,fso,sca,chm,md ,hr ,rd ,die,exi,bui,glo,mro,cod,rin,que,env,whi,con,spo,ser,rna',
  ],
  [OBJECT_WORD, 'rot,ssl,ogn,va.,rg.,om.'],
  [PROBE_WORD, '.en,.gi,.sv,.hg,.aw,.ds,hpi,p-c,.ba,.ol,.sq,.sw,cgi'],
  [HEX_WORD, 'x e,x f,x c'],
  [SERIAL_WORD, 'ro ,phn,pgl,pd ,aae,yws'],
];

const LETTER_SYMBOLS = 26;
const SYMBOL_BITS = 5;
const SYMBOL_MASK = (1 << SYMBOL_BITS) - 1;
const PIECE_MASK = (1 << (3 * SYMBOL_BITS)) - 1;

/** Both tables are written here and never again. */
const BYTES = createByteTable();
const PIECE_MARKS = createPieceTable();

/**
 * Finds the marks of a text, where every character stands for one byte.
 *
 * @param text bytes as latin-1 text
 * @param marks where to put them
 */
export function markText(text: string, marks: Marks): void {
  let classes = 0;
  let words = 0;
  let last = 0;
  for (let index = 0; index < text.length; index += 1) {
    const entry = BYTES[text.charCodeAt(index) & 0xff]!;
    classes |= entry;
    last = ((last << SYMBOL_BITS) | (entry & SYMBOL_MASK)) & PIECE_MASK;
    words |= PIECE_MARKS[last]!;
  }
  marks.classes = classes >>> SYMBOL_BITS;
  marks.words = words;
}

function createByteTable(): Uint32Array {
  const table = new Uint32Array(256);
  for (let byte = 0; byte < table.length; byte += 1) {
    const character = String.fromCharCode(byte);
    let classes = CLASSES[character] ?? 0;
    if (byte < 0x20 || byte === 0x7f) classes |= CONTROL;
    if (byte >= 0x80) classes |= HIGH;
    table[byte] = (classes << SYMBOL_BITS) | symbolOf(character);
  }
  return table;
}

function createPieceTable(): Uint32Array {
  const table = new Uint32Array(PIECE_MASK + 1);
  for (const [mark, pieces] of PIECES) {
    for (const piece of pieces.split(',')) {
      for (const index of pieceIndexes(piece)) table[index]! |= mark;
    }
  }
  return table;
}

/** The indexes of a piece; several, where a character stands for several symbols. */
function pieceIndexes(piece: string): number[] {
  let indexes = [0];
  for (const character of piece) {
    const symbols = symbolsOf(character);
    indexes = indexes.flatMap((index) => symbols.map((symbol) => (index << SYMBOL_BITS) | symbol));
  }
  return indexes;
}

function symbolsOf(character: string): number[] {
  const all = Array.from({ length: 1 << SYMBOL_BITS }, (_, symbol) => symbol);
  if (character === ANY_SYMBOL) return all;
  if (character === NO_LETTER) return all.filter((symbol) => symbol === 0 || symbol > LETTER_SYMBOLS);
  return [symbolOf(character)];
}

function symbolOf(character: string): number {
  if (/[a-z]/i.test(character)) return character.toLowerCase().charCodeAt(0) - 0x60;
  return SYMBOL_GROUPS.find(([members]) => members.includes(character))?.[1] ?? 0;
}
