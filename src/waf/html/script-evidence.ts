/**
 * Tells script from prose: looks for what only script says, and attacks say first.
 *
 * Method: one pass over the tokens with the last word, the object in front of it and a bounded stack of brackets.
 * A call of any name is weak evidence. Strong are calls of the functions that attacks need, those functions handed
 * around as values, properties such as `document.body`, functions called where they stand, and assignments to the
 * address; the best known of them prove a hole (`alert`) or steal by it (`document.cookie`). Disguised are names put together from pieces or written with escapes, `constructor` of a `constructor`,
 * tagged templates of `call`, and programs of brackets and `!` and `+` alone: nobody writes those by hand.
 */

import type { WorkMeter } from '../budget/work-meter.ts';
import { characterTable } from '../characters.ts';
import { BracketStack } from './bracket-stack.ts';
import {
  DISGUISED_SCRIPT,
  NO_SCRIPT,
  PROVING_SCRIPT,
  type ScriptEvidence,
  STRONG_SCRIPT,
  WEAK_SCRIPT,
} from './script-strength.ts';
import { NOTHING, ScriptTokens, SIGN, STRING, TEMPLATE, WORD } from './script-tokens.ts';
import {
  ADDRESS_SOURCES,
  CLASSES,
  DOCUMENT_MEMBERS,
  ENGLISH_CALLS,
  GLOBAL_CALLS,
  GLOBALS,
  KEYWORDS,
  MARKUP_PROPERTIES,
  METHODS,
  PROOF_CALLS,
  PROOFS,
} from './script-words.ts';

const STRING_CHARACTERS_MAX = 32;
/** Units of work for a token. */
const TOKEN_COST = 40;

/** Flags of an open bracket. */
const COMPUTED = 1;
const OF_GLOBAL = 2;
const PIECED = 4;
const HOLDS_FUNCTION = 8;
/** Runs a text as script; and whether that text is put together from variables. */
const EVALUATES = 16;
const JOINS_NAMES = 32;

const LEFT_PAREN = 0x28;
const RIGHT_PAREN = 0x29;
const PLUS = 0x2b;
const COMMA = 0x2c;
const DOT = 0x2e;
const EQUALS = 0x3d;
const GREATER = 0x3e;
const LEFT_BRACKET = 0x5b;
const RIGHT_BRACKET = 0x5d;
const LEFT_BRACE = 0x7b;
const RIGHT_BRACE = 0x7d;

/** Signs that go on where a string or value ends. */
const JOINTS = characterTable(')]};,+-*/|&^?:%<>=.');
const OPERATOR_WORDS: ReadonlySet<string> = new Set(['in', 'instanceof']);
/** Signs behind which a value that stands alone ends. */
const VALUE_ENDS = characterTable('),;}/>]');

/** Methods that nobody calls with a template for honest reasons. */
const TAGGED_METHODS: ReadonlySet<string> = new Set(['call', 'apply', 'bind', 'constructor']);

/** Functions that run a text as script. */
const EVALUATORS: ReadonlySet<string> = new Set(['eval', 'settimeout', 'setinterval', 'execscript']);

const STRING_ESCAPE = /\\(?:x|u|[0-7])/i;

/**
 * The strongest evidence of script in a text.
 *
 * @param openString the quotation mark of the string that is open when the text begins, 0 for none: then only what stands
 *   behind its end counts
 * @param isProse whether the text may be prose, so that `import (` is none
 * @param budget null for as much time as it takes; where it ends, so does the reading
 */
export function findScript(
  text: string,
  openString: number,
  isProse: boolean,
  budget: WorkMeter | null = null,
): ScriptEvidence {
  const reader = new ScriptReader(text, new ScriptTokens(text, openString), isProse, budget);
  reader.read();
  return reader;
}

class ScriptReader implements ScriptEvidence {
  strength = NO_SCRIPT;
  start = 0;
  end = 0;
  isJoined = false;
  tokensBefore = 0;

  readonly #text: string;
  readonly #tokens: ScriptTokens;
  readonly #isProse: boolean;
  readonly #budget: WorkMeter | null;
  readonly #brackets = new BracketStack();
  #count = 0;
  #kind = NOTHING;
  #sign = 0;
  /** Whether a blank stood in front of the last token. */
  #isApart = false;
  /** The kind of the token in front of the last one. */
  #kindBefore = NOTHING;
  #word = '';
  #wordStart = 0;
  #object = '';
  #isDotted = false;
  /** A function's name that counts if it stands alone. */
  #isReference = false;
  #assignsAddress = false;

  constructor(text: string, tokens: ScriptTokens, isProse: boolean, budget: WorkMeter | null) {
    this.#budget = budget;
    this.#text = text;
    this.#tokens = tokens;
    this.#isProse = isProse;
  }

  read(): void {
    const tokens = this.#tokens;
    for (let kind = tokens.next(); kind !== NOTHING; kind = tokens.next()) {
      if (!tokens.isOut || this.#budget?.spend(TOKEN_COST) === false) return;
      if (this.#count === 0) this.isJoined = tokens.isInExpression || this.#joins(kind);
      this.#take(kind);
      if (this.strength === DISGUISED_SCRIPT) return;
      this.#count += 1;
      this.#kindBefore = this.#kind;
      this.#kind = kind;
      this.#sign = kind === SIGN ? tokens.sign : 0;
      this.#isApart = tokens.isApart;
    }
    if (this.#isReference) this.#note(STRONG_SCRIPT);
  }

  #joins(kind: number): boolean {
    if (kind === SIGN) return JOINTS[this.#tokens.sign & 0xff] === 1;
    return kind === WORD && OPERATOR_WORDS.has(this.#tokens.word());
  }

  #take(kind: number): void {
    if (this.#isReference) this.#endReference(kind);
    if (this.#assignsAddress) this.#endAddress(kind);
    if (kind === WORD) this.#takeWord();
    else if (kind === STRING) this.#takeString();
    else if (kind === TEMPLATE) this.#takeCall(true);
    else if (kind === SIGN) this.#takeSign(this.#tokens.sign);
  }

  #takeWord(): void {
    const tokens = this.#tokens;
    const word = tokens.word();
    const before = this.#word;
    this.#isDotted = this.#sign === DOT && this.#kind === SIGN;
    this.#object = this.#isDotted && this.#kindBefore === WORD ? this.#word : '';
    this.#word = word;
    this.#wordStart = tokens.start;
    if (tokens.isEscaped && (PROOF_CALLS.has(word) || GLOBALS.has(word) || word === 'document')) {
      this.#note(DISGUISED_SCRIPT);
    }
    if (this.#isDotted) this.#takeMember(word);
    else if (this.#kind === WORD && before === 'new' && CLASSES.has(word)) this.#note(STRONG_SCRIPT);
    else if (word === 'function') this.#brackets.mark(HOLDS_FUNCTION);
    else if (PROOF_CALLS.has(word)) this.#isReference = this.#mayBeReference(before);
  }

  #takeMember(word: string): void {
    if (this.#object === 'document' && DOCUMENT_MEMBERS.has(word)) this.#note(STRONG_SCRIPT);
    else if (this.#object === 'constructor' && word === 'constructor') this.#note(DISGUISED_SCRIPT);
    else if (GLOBALS.has(this.#object) && PROOF_CALLS.has(word)) this.#isReference = true;
  }

  /**
   * Behind an opening bracket, an `=` or a comma, first in an attribute, or as the expression of a template. In prose
   * such a name is a word unless a handler is set to it or a bracket that calls stands in front.
   *
   * @param before the word in front of it
   */
  #mayBeReference(before: string): boolean {
    if (this.#kind === TEMPLATE) return true;
    if (!this.#isProse && this.#kind === NOTHING) return true;
    if (!this.#isProse) return this.#sign === LEFT_PAREN || this.#sign === EQUALS || this.#sign === COMMA;
    if (this.#sign === EQUALS) return this.#kindBefore === WORD && before.startsWith('on');
    return this.#sign === LEFT_PAREN && !this.#isApart && this.#kindBefore !== NOTHING;
  }

  #endReference(kind: number): void {
    this.#isReference = false;
    if (kind === TEMPLATE || (kind === SIGN && VALUE_ENDS[this.#tokens.sign & 0xff] === 1)) {
      this.#note(STRONG_SCRIPT);
    }
  }

  #endAddress(kind: number): void {
    this.#assignsAddress = false;
    if (kind === STRING || kind === TEMPLATE) this.#note(STRONG_SCRIPT);
    else if (kind === WORD && ADDRESS_SOURCES.has(this.#tokens.word())) this.#note(STRONG_SCRIPT);
  }

  #takeString(): void {
    if ((this.#brackets.innermost & COMPUTED) === 0) return;
    const { start, end } = this.#tokens;
    const joins = this.#sign === PLUS && this.#kindBefore === STRING;
    if (joins || this.#namesFunction(start + 1, end - 1)) this.#brackets.mark(PIECED);
  }

  /** Whether a string names what attacks call, or is written with escapes. */
  #namesFunction(start: number, end: number): boolean {
    if (end - start > STRING_CHARACTERS_MAX) return false;
    const name = this.#text.slice(start, end);
    if (STRING_ESCAPE.test(name)) return true;
    const lower = name.toLowerCase();
    return PROOF_CALLS.has(lower) || lower === 'constructor' || lower === 'cookie' || lower === 'globaleval';
  }

  #takeSign(sign: number): void {
    if (sign === LEFT_PAREN) {
      this.#takeCall(false);
      this.#brackets.open(this.#kind === WORD && EVALUATORS.has(this.#word) ? EVALUATES : 0);
    } else if (sign === LEFT_BRACKET) this.#brackets.open(this.#bracketFlags());
    else if (sign === LEFT_BRACE) this.#brackets.open(0);
    else if (sign === RIGHT_PAREN) this.#closeParen();
    else if (sign === RIGHT_BRACE) this.#brackets.close();
    else if (sign === RIGHT_BRACKET) this.#closeBracket();
    else if (sign === EQUALS) this.#takeAssignment();
    else if (sign === PLUS && this.#kind === WORD) this.#takeJoint();
    else if (sign === GREATER && this.#sign === EQUALS) this.#brackets.mark(HOLDS_FUNCTION);
  }

  /** `eval(a+b+c)`: several names put together and run. */
  #takeJoint(): void {
    const flags = this.#brackets.innermost;
    if ((flags & JOINS_NAMES) !== 0) this.#note(DISGUISED_SCRIPT);
    else if ((flags & EVALUATES) !== 0) this.#brackets.mark(JOINS_NAMES);
  }

  #bracketFlags(): number {
    if (this.#kind === WORD) {
      if (!this.#isDotted && GLOBALS.has(this.#word)) return COMPUTED | OF_GLOBAL;
      return KEYWORDS.has(this.#word) ? 0 : COMPUTED;
    }
    return this.#sign === RIGHT_BRACKET || this.#sign === RIGHT_PAREN || this.#kind === STRING ? COMPUTED : 0;
  }

  /** A function that is called where it stands ends with a brace: `(function(){...})()`. */
  #closeParen(): void {
    this.#brackets.close();
    if (this.#sign !== RIGHT_BRACE) this.#brackets.closed &= ~HOLDS_FUNCTION;
  }

  #closeBracket(): void {
    this.#brackets.close();
    const isOfGlobal = (this.#brackets.closed & OF_GLOBAL) !== 0;
    if (isOfGlobal && (this.#brackets.closed & PIECED) !== 0) this.#note(DISGUISED_SCRIPT);
  }

  #takeAssignment(): void {
    if (this.#kind !== WORD) return;
    const isOwn = !this.#isDotted || GLOBALS.has(this.#object) || this.#object === 'document';
    this.#assignsAddress =
      (this.#word === 'location' && isOwn) || (this.#object === 'location' && this.#word === 'href');
    if (this.#isDotted && MARKUP_PROPERTIES.has(this.#word)) this.#note(STRONG_SCRIPT);
  }

  /** A bracket or a template behind what can be called. */
  #takeCall(isTagged: boolean): void {
    const isOptional = this.#sign === DOT && this.#kindBefore === WORD;
    if (this.#kind === WORD || isOptional) this.#takeNamedCall(isTagged);
    else if (this.#sign === RIGHT_BRACKET && (this.#brackets.closed & COMPUTED) !== 0) {
      const isPieced = (this.#brackets.closed & PIECED) !== 0;
      if (isPieced) this.#note(DISGUISED_SCRIPT);
      else this.#note((this.#brackets.closed & OF_GLOBAL) !== 0 ? STRONG_SCRIPT : WEAK_SCRIPT);
    } else if (this.#sign === RIGHT_PAREN && !isTagged) {
      this.#note((this.#brackets.closed & HOLDS_FUNCTION) !== 0 ? STRONG_SCRIPT : WEAK_SCRIPT);
    }
  }

  #takeNamedCall(isTagged: boolean): void {
    const word = this.#word;
    const isApart = this.#tokens.isApart;
    if (word === 'function') {
      // The class, not the keyword.
      if (this.#text.charCodeAt(this.#wordStart) === 0x46) this.#note(PROVING_SCRIPT);
    } else if (this.#isDotted) {
      if (isTagged && TAGGED_METHODS.has(word)) this.#note(DISGUISED_SCRIPT);
      else this.#note(this.#isStrongMethod(word) ? STRONG_SCRIPT : WEAK_SCRIPT);
    } else if (GLOBAL_CALLS.has(word)) {
      if (!(this.#isProse && isApart && ENGLISH_CALLS.has(word))) this.#note(STRONG_SCRIPT);
    } else if (!KEYWORDS.has(word) && !isApart) this.#note(WEAK_SCRIPT);
  }

  #isStrongMethod(word: string): boolean {
    if (METHODS.has(word) || word === 'constructor') return true;
    if (PROOF_CALLS.has(this.#object)) return word === 'call' || word === 'apply' || word === 'bind';
    return (GLOBALS.has(this.#object) || this.#object === 'document') && GLOBAL_CALLS.has(word);
  }

  #note(evidence: number): void {
    const strength = evidence === STRONG_SCRIPT && PROOFS.has(this.#word) ? PROVING_SCRIPT : evidence;
    if (strength <= this.strength) return;
    this.strength = strength;
    this.start = Math.min(this.#wordStart, this.#tokens.start);
    this.end = this.#tokens.end;
    this.tokensBefore = this.#count;
  }
}
