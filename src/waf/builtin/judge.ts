/**
 * Shows a text to the families that its marks call for, in every reading that an origin may give it.
 *
 * Readings: percent encoding undone once, twice and three times, then over-long UTF-8, mark-up entities, escapes of
 * programming languages, look-alikes of quotation marks, full-width forms and base64, each only where the marks of the
 * reading before ask for it and the text changes by it; eight at most. The text as received is not read by itself:
 * undoing escapes takes nothing away that a rule looks for. A value that is a JSON document or an address with
 * arguments is judged once more by the values inside of it.
 *
 * A budget bounds the time of each phase: it is asked between values, readings, families and pieces of long texts, and
 * inside of the detectors that read a text whole.
 *
 * One judge serves all requests of a worker, since judging never waits; what it finds goes to the matches of the
 * request at hand. Nothing is allocated for a text that has no suspicious marks.
 */

import type { RuleException } from '../../core/rule-exception.ts';
import type { Budget } from '../budget/budget.ts';
import { CleanValues } from './clean-values.ts';
import { mayHideText } from './decoders/base64.ts';
import { decodePercent } from './decoders/percent.ts';
import { type Family, isArgument, type Place } from './family.ts';
import { endsOfText, placeOfText } from './free-text.ts';
import { HIDING, HIDING_WORDS, nextReadings } from './further-readings.ts';
import { isHarmless } from './harmless-marks.ts';
import {
  AGENT_WORD,
  ANGLE,
  BACKSLASH,
  BACKTICK,
  CODE_WORD,
  COMMENT,
  CONTROL,
  DOLLAR,
  DOT_DOT,
  FILE_WORD,
  HASH,
  type Marks,
  markText,
  PAREN,
  PERCENT,
  PIPE,
  PLUS,
  SEMICOLON,
} from './marks.ts';
import { Matches } from './matches.ts';
import { fieldsInside, queryInside } from './nested-values.ts';
import { type Decoding, Reading } from './reading.ts';

/** What a value costs besides its characters. */
const VALUE_COST = 128;
/** Longer texts are shown to most families in pieces of this length. */
const WINDOW_CHARACTERS = 16_384;
/** More than any pattern reaches from where its match begins. */
const OVERLAP_CHARACTERS = 2048;
/** Units of work by which a family looks at a character at most. */
const WINDOW_COST = 8;

const READINGS_MAX = 8;
const NO_DECODINGS: readonly Decoding[] = [];
const PERCENT_DECODING: readonly Decoding[] = ['url'];

/** Bytes that undoing percent encoding once may change. */
const ENCODED = PERCENT | CONTROL;
/** What the values inside of a value need to be worth taking it apart; nearly every document has other signs. */
const INNER = PAREN | BACKSLASH | BACKTICK | ANGLE | SEMICOLON | PIPE | DOLLAR | HASH | PLUS | PERCENT;
const INNER_WORDS = DOT_DOT | FILE_WORD | COMMENT | CODE_WORD;

export class Judge {
  /** Whether files are looked at for programs. */
  readonly inspectsUploads: boolean;
  readonly #families: readonly Family[];
  readonly #seesAll: boolean;
  readonly #marks: Marks = { classes: 0, words: 0 };
  readonly #cleanHeaders = new CleanValues();
  readonly #cleanAgents = new CleanValues();
  readonly #budget: Budget;
  #matches: Matches;
  #isTiming = false;
  #isInside = false;

  /**
   * @param seesAll whether there are families whose patterns no marks stand for, so that they see every text
   * @param inspectsUploads whether files are looked at
   * @param budget the time of one phase of a request
   */
  constructor(families: readonly Family[], seesAll: boolean, inspectsUploads: boolean, budget: Budget) {
    this.inspectsUploads = inspectsUploads;
    this.#families = families;
    this.#seesAll = seesAll;
    this.#budget = budget;
    this.#matches = new Matches([], '', budget);
  }

  /** Matches for one request. */
  collect(exceptions: readonly RuleException[], target: string): Matches {
    return new Matches(exceptions, target, this.#budget);
  }

  /** Whatever is found from now on goes to these matches; their time begins anew. */
  turnTo(matches: Matches): void {
    this.#matches = matches;
    if (this.#isTiming) this.#budget.restart();
    this.#isTiming = false;
  }

  /** Whether nothing more will be collected, because there is enough or the time is over. */
  get isOver(): boolean {
    return this.#matches.isOver;
  }

  /** Whether a text can be left alone as a whole, its separators being harmless. */
  passes(text: string, separators: number): boolean {
    if (this.#seesAll) return false;
    const marks = this.#marks;
    markText(text, marks);
    return isHarmless(marks, separators, 0);
  }

  /**
   * @param text bytes as latin-1 text, as received
   * @param area the part of the request: `path`, `query`, `cookie`, `header`, `body`
   * @param name what it is called there; empty where the part has no names
   * @param plusIsSpace whether `+` is a blank
   */
  judge(text: string, place: Place, area: string, name: string, plusIsSpace: boolean): void {
    const marks = this.#marks;
    markText(text, marks);
    const telling = place === 'agent' ? AGENT_WORD : 0;
    const hides = isArgument(place) && mayHideText(text, 0);
    if (isHarmless(marks, 0, telling) && !this.#seesAll && !hides) return;
    const isEncoded = (marks.classes & (plusIsSpace ? ENCODED | PLUS : ENCODED)) !== 0;
    if (!isEncoded && !hides && !this.#isWorthReading(marks, place)) return;
    const decoded = isEncoded ? decodePercent(text, plusIsSpace) : text;
    const first = new Reading(decoded, decoded === text ? NO_DECODINGS : PERCENT_DECODING);
    if (isHarmless(first, 0, telling) && !this.#seesAll && !hides) return;
    if (!this.#isTiming) this.#startTime();
    if (!this.#budget.spend(VALUE_COST + text.length)) return;
    this.#judgeReadings(first, place, area, name);
    if ((place === 'value' || place === 'text') && !this.#isInside) this.#judgeInside(first, area, name);
  }

  /** A text of a document: a value where it is short, and prose otherwise, whose ends may be values by themselves. */
  judgeDocumentText(text: string, area: string, name: string): void {
    const place = placeOfText(text);
    this.judge(text, place, area, name, false);
    if (place !== 'text' || this.isOver) return;
    for (const piece of endsOfText(text)) this.judge(piece, 'value', area, name, false);
  }

  /** The values inside of a value, by the name of that one. */
  #judgeInside({ text, classes, words }: Reading, area: string, name: string): void {
    if ((classes & INNER) === 0 && (words & INNER_WORDS) === 0) return;
    this.#isInside = true;
    for (const { name: key, value } of fieldsInside(text)) {
      if (this.isOver) break;
      // Operators in keys are found in the document as a whole, with their operands.
      if (!key.includes('$')) this.judge(key, 'name', area, name, false);
      this.judgeDocumentText(value, area, name);
    }
    const query = queryInside(text);
    for (let start = 0; start < query.length && !this.isOver; ) {
      const next = query.indexOf('&', start);
      const end = next === -1 ? query.length : next;
      this.judge(query.slice(query.indexOf('=', start) + 1 || start, end), 'value', area, name, true);
      start = end + 1;
    }
    this.#isInside = false;
  }

  /** Nearly no request gets so far that reading the clock would be worth it. */
  #startTime(): void {
    this.#isTiming = true;
    this.#budget.restart();
  }

  /** The same for a header field's value, which is likely to have been seen before. */
  judgeRecurring(value: string, place: 'agent' | 'header', name: string): void {
    const clean = place === 'agent' ? this.#cleanAgents : this.#cleanHeaders;
    if (clean.has(value)) return;
    const before = this.#matches.found;
    this.judge(value, place, 'header', name, false);
    if (this.#matches.found === before && !this.isOver) clean.add(value);
  }

  /** Shows a text as received to the families that see every text, beside the parts that it is taken apart into. */
  judgeWhole(text: string, area: string): void {
    if (this.#seesAll) this.#show(new Reading(text, NO_DECODINGS), 'text', area, '');
  }

  /** Looks at a text as received, for what is found outside of families. */
  look(text: string, area: string): Matches {
    this.#matches.look(new Reading(text, NO_DECODINGS), area, '');
    return this.#matches;
  }

  #isWorthReading({ classes, words }: Marks, place: Place): boolean {
    if ((classes & HIDING) !== 0 || (words & HIDING_WORDS) !== 0) return true;
    for (const family of this.#families) if (family.mayMatch(classes, words, place)) return true;
    return false;
  }

  #judgeReadings(first: Reading, place: Place, area: string, name: string): void {
    this.#show(first, place, area, name);
    let next = nextReadings(first, 0, place);
    if (next.length === 0) return;
    const readings = [first];
    for (let round = 1; next.length > 0 && readings.length < READINGS_MAX; round += 1) {
      const further: Reading[] = [];
      for (const reading of next) {
        if (this.isOver || readings.length >= READINGS_MAX) return;
        if (readings.some(({ text }) => text === reading.text)) continue;
        readings.push(reading);
        this.#show(reading, place, area, name);
        further.push(...nextReadings(reading, round, place));
      }
      next = further;
    }
  }

  #show(reading: Reading, place: Place, area: string, name: string): void {
    const { classes, words, text } = reading;
    const matches = this.#matches;
    const isLong = text.length > WINDOW_CHARACTERS;
    matches.look(reading, area, name);
    for (const family of this.#families) {
      if (isLong && family.readsWhole !== true) continue;
      if (!family.mayMatch(classes, words, place)) continue;
      if (!this.#budget.spend(text.length)) return;
      family.find(reading, place, matches);
    }
    if (isLong) this.#showWindows(reading, place, area, name);
  }

  /**
   * Shows a long text piece by piece, so that the time can be asked for in between. Pieces overlap by more than any
   * pattern reaches; a letter in front of all but the first tells patterns that the text does not begin there.
   */
  #showWindows({ text, decodings }: Reading, place: Place, area: string, name: string): void {
    const step = WINDOW_CHARACTERS - OVERLAP_CHARACTERS;
    for (let start = 0; start + OVERLAP_CHARACTERS < text.length && !this.isOver; start += step) {
      const piece = text.slice(start, start + WINDOW_CHARACTERS);
      const reading = new Reading(start === 0 ? piece : `x${piece}`, decodings);
      this.#matches.look(reading, area, name);
      for (const family of this.#families) {
        if (family.readsWhole === true || !family.mayMatch(reading.classes, reading.words, place)) continue;
        if (!this.#budget.spend(WINDOW_CHARACTERS * WINDOW_COST)) return;
        family.find(reading, place, this.#matches);
      }
    }
  }
}
