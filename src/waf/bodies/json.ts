/**
 * Takes a JSON document apart (RFC 8259, strictly: it accepts what JSON.parse accepts) into named values.
 *
 * A machine without recursion reads character by character. Every string, number and word becomes a field under the
 * name of json-names.ts; duplicate keys stay. A list is a field of its own as well, with the number of its items, and
 * a list or object without content one with an empty value, so that each key shows up as a name. At a fault or a limit, what is left becomes the value of a field `json`.
 */
import { isBlank } from './blanks.ts';
import { type BodyParser, bodyFault, cutFault, fieldsBody, showText } from './body-parser.ts';
import { JsonNames } from './json-names.ts';
import { decodeJsonText } from './json-text.ts';
import type { BodyFault, BodyField, BodyLimits, ParsedBody } from './parsed-body.ts';

/** What is expected next, or what is being read. */
type State = 'value' | 'item' | 'key' | 'first-key' | 'colon' | 'after' | 'done' | 'text' | 'word' | 'failed';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
const WORD = /^(?:true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)$/;

export class JsonParser implements BodyParser {
  readonly #limits: BodyLimits;
  readonly #fields: BodyField[] = [];
  readonly #names: JsonNames;
  #state: State = 'value';
  #isKey = false;
  /** A backslash stands before the next character of the string. */
  #escaped = false;
  /** The string (not decoded), number or word being read; after a fault, all that is left. */
  #pending = '';
  #fault: BodyFault | null = null;

  constructor(limits: BodyLimits) {
    this.#limits = limits;
    this.#names = new JsonNames(limits.argumentsMax);
  }

  write(text: string): void {
    let index = 0;
    while (index < text.length && this.#state !== 'failed') {
      if (this.#state === 'text') index = this.#readText(text, index);
      else if (this.#state === 'word') index = this.#readWord(text, index);
      else {
        this.#readMark(text.charCodeAt(index));
        if (this.#fault === null && !this.#isWord()) index += 1;
      }
    }
    if (this.#state === 'failed') this.#pending += text.slice(index);
  }

  end(complete: boolean): ParsedBody {
    if (this.#state === 'word' && complete) this.#endWord();
    if (this.#state === 'text') this.#cutText();
    if (this.#state === 'word' || this.#state === 'failed') {
      const name = this.#state === 'word' ? this.#names.current : 'json';
      this.#fields.push({ name, value: this.#pending });
    }
    if (this.#state !== 'done') this.#fault ??= bodyFault('truncated', 'The JSON document has no end.');
    return fieldsBody('JSON', this.#fields, this.#fault ?? (complete ? null : cutFault()));
  }

  #isWord(): boolean {
    return this.#state === 'word';
  }

  #readText(text: string, start: number): number {
    let escaped = this.#escaped;
    let index = start;
    for (; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (code < 0x20) break;
      if (escaped) escaped = false;
      else if (code === BACKSLASH) escaped = true;
      else if (code === QUOTE) break;
    }
    this.#escaped = escaped;
    this.#pending += text.slice(start, index);
    if (index === text.length) return index;
    if (text.charCodeAt(index) === QUOTE) this.#endText();
    else this.#fail('syntax', 'A JSON string has a control character.');
    return this.#fault === null ? index + 1 : index;
  }

  #endText(): void {
    const value = decodeJsonText(this.#pending);
    if (value === null) {
      this.#fail('syntax', 'A JSON string has an escape that does not exist.');
      return;
    }
    this.#pending = '';
    if (this.#isKey) {
      this.#names.key(value);
      this.#state = 'colon';
    } else this.#emit(value);
  }

  /** A string without an end is a value, or a name without one. */
  #cutText(): void {
    const value = decodeJsonText(this.#pending) ?? this.#pending;
    if (this.#isKey) this.#names.key(value);
    this.#pending = '';
    this.#emit(this.#isKey ? '' : value);
    if (this.#fault === null) this.#state = 'after';
    else this.#pending = value;
  }

  #readWord(text: string, index: number): number {
    let end = index;
    while (end < text.length && isWordCharacter(text.charCodeAt(end))) end += 1;
    this.#pending += text.slice(index, end);
    if (end < text.length) this.#endWord();
    return end;
  }

  #endWord(): void {
    const word = this.#pending;
    if (WORD.test(word)) {
      this.#pending = '';
      this.#emit(word);
    } else this.#fail('syntax', `JSON has no value like ${showText(word)}.`);
  }

  /** Adds a value under the current name; over the limit, keeps it as the first of what is left. */
  #emit(value: string): void {
    if (this.#fields.length >= this.#limits.argumentsMax) {
      this.#fail('limit', `The JSON document has more than ${this.#limits.argumentsMax} values.`);
    } else if (!this.#names.spend()) {
      this.#fail('limit', 'The names in the JSON document are too long altogether.');
    }
    if (this.#fault !== null) {
      this.#pending = value;
      return;
    }
    this.#fields.push({ name: this.#names.current, value });
    this.#state = this.#names.depth === 0 ? 'done' : 'after';
  }

  /** Reads a character outside of strings, numbers and words. */
  #readMark(code: number): void {
    if (isBlank(code)) return;
    const state = this.#state;
    if (state === 'after') this.#readAfter(code);
    else if (code === QUOTE && (state === 'key' || state === 'first-key')) this.#startText(true);
    else if (code === COLON && state === 'colon') this.#state = 'value';
    else if (state === 'item' && code === CLOSING_BRACKET) this.#close(true);
    else if (state === 'first-key' && code === CLOSING_BRACE) this.#close(true);
    else if (state === 'value' || state === 'item') this.#startValue(code);
    else this.#unexpected(code);
  }

  #startValue(code: number): void {
    if (code === QUOTE) this.#startText(false);
    else if (code === OPENING_BRACE) this.#open(false);
    else if (code === OPENING_BRACKET) this.#open(true);
    else if (isWordCharacter(code)) this.#state = 'word';
    else this.#unexpected(code);
  }

  #startText(isKey: boolean): void {
    this.#isKey = isKey;
    this.#state = 'text';
    this.#escaped = false;
  }

  #readAfter(code: number): void {
    const { inArray } = this.#names;
    if (code === (inArray ? CLOSING_BRACKET : CLOSING_BRACE)) this.#close(false);
    else if (code === COMMA) {
      if (inArray) this.#names.nextItem();
      this.#state = inArray ? 'value' : 'key';
    } else this.#unexpected(code);
  }

  #open(isArray: boolean): void {
    if (this.#names.depth >= this.#limits.depthMax) {
      this.#fail('limit', `The JSON document is nested deeper than ${this.#limits.depthMax} levels.`);
      return;
    }
    this.#names.open(isArray);
    this.#state = isArray ? 'item' : 'first-key';
  }

  #close(isEmpty: boolean): void {
    const items = this.#names.close();
    this.#state = this.#names.depth === 0 ? 'done' : 'after';
    if (this.#names.depth === 0) return;
    if (isEmpty) this.#emit('');
    else if (items > 0) this.#emit(String(items));
  }

  #unexpected(code: number): void {
    const message =
      this.#state === 'done'
        ? 'The JSON document goes on behind its end.'
        : `The JSON document has ${showText(String.fromCharCode(code))} where that may not be.`;
    this.#fail('syntax', message);
  }

  #fail(kind: BodyFault['kind'], message: string): void {
    this.#fault = bodyFault(kind, message);
    this.#state = 'failed';
  }
}

/** What numbers and words consist of; whether they do so rightly is seen at their end. */
function isWordCharacter(code: number): boolean {
  if (code >= 0x30 && code <= 0x39) return true;
  const lower = code | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || code === 0x2d || code === 0x2b || code === 0x2e;
}
