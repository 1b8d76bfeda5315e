/**
 * Shows a text to the families that its marks call for, in every reading that an origin may give it.
 *
 * Readings: percent encoding undone once, twice and three times, then over-long UTF-8, mark-up entities, escapes of
 * programming languages and base64, each only where the marks of the reading before ask for it and the text changes
 * by it; eight at most. The text as received is not read by itself: undoing escapes takes nothing away that a rule
 * looks for.
 *
 * One judge serves all requests of a worker, since judging never waits; what it finds goes to the matches of the
 * request at hand. Nothing is allocated for a text that has no suspicious marks.
 */
import { CleanValues } from './clean-values.ts';
import { decodeBase64 } from './decoders/base64.ts';
import { decodeEntities } from './decoders/entities.ts';
import { decodeEscapes } from './decoders/escapes.ts';
import { foldOverlong } from './decoders/overlong.ts';
import { decodePercent } from './decoders/percent.ts';
import type { Family, Place } from './family.ts';
import {
  AGENT_WORD,
  AMPERSAND,
  BACKSLASH,
  CODE_WORD,
  COLON,
  COMPARISON,
  CONTROL,
  HASH,
  HIGH,
  LOGIC_END,
  LOGIC_START,
  type Marks,
  markText,
  PERCENT,
  PLUS,
  QUOTED_OPERATOR,
  SCHEME_WORD,
  SCRIPT_WORD,
  SERIAL_WORD,
  SQL_WORD,
  STATEMENT_WORD,
  UNDERSCORE,
} from './marks.ts';
import { Matches } from './matches.ts';
import { type Decoding, Reading } from './reading.ts';

const READINGS_MAX = 8;
const PERCENT_ROUNDS_MAX = 3;
const NO_DECODINGS: readonly Decoding[] = [];
const PERCENT_DECODING: readonly Decoding[] = ['url'];

/** Bytes that undoing percent encoding once may change. */
const ENCODED = PERCENT | CONTROL;
/** Bytes that the further decodings need. */
const HIDING = HIGH | AMPERSAND | BACKSLASH;
const HIDING_WORDS = SERIAL_WORD | SCHEME_WORD;

/** Marks on which no family matches unless others come with them, a blank at least. */
const HARMLESS = COLON | COMPARISON | HASH | UNDERSCORE;
const HARMLESS_WORDS =
  LOGIC_START |
  LOGIC_END |
  QUOTED_OPERATOR |
  SCRIPT_WORD |
  STATEMENT_WORD |
  SQL_WORD |
  AGENT_WORD |
  CODE_WORD;

export class Judge {
  readonly #families: readonly Family[];
  readonly #seesAll: boolean;
  readonly #marks: Marks = { classes: 0, words: 0 };
  readonly #cleanHeaders = new CleanValues();
  readonly #cleanAgents = new CleanValues();
  #matches = new Matches([], '');

  /** @param seesAll whether there are families whose patterns no marks stand for, so that they see every text */
  constructor(families: readonly Family[], seesAll: boolean) {
    this.#families = families;
    this.#seesAll = seesAll;
  }

  /** Whatever is found from now on goes to these matches. */
  turnTo(matches: Matches): void {
    this.#matches = matches;
  }

  /** Whether nothing more will be collected. */
  get isFull(): boolean {
    return this.#matches.isFull;
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
    if (isHarmless(marks, 0, telling) && !this.#seesAll) return;
    const isEncoded = (marks.classes & (plusIsSpace ? ENCODED | PLUS : ENCODED)) !== 0;
    if (!isEncoded && !this.#isWorthReading(marks, place)) return;
    const decoded = isEncoded ? decodePercent(text, plusIsSpace) : text;
    const first = new Reading(decoded, decoded === text ? NO_DECODINGS : PERCENT_DECODING);
    if (isHarmless(first, 0, telling) && !this.#seesAll) return;
    this.#judgeReadings(first, place, area, name);
  }

  /** The same for a header field's value, which is likely to have been seen before. */
  judgeRecurring(value: string, place: 'agent' | 'header', name: string): void {
    const clean = place === 'agent' ? this.#cleanAgents : this.#cleanHeaders;
    if (clean.has(value)) return;
    const before = this.#matches.found;
    this.judge(value, place, 'header', name, false);
    if (this.#matches.found === before && !this.isFull) clean.add(value);
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
    let next = nextReadings(first, 0);
    if (next.length === 0) return;
    const readings = [first];
    for (let round = 1; next.length > 0 && readings.length < READINGS_MAX; round += 1) {
      const further: Reading[] = [];
      for (const reading of next) {
        if (this.isFull || readings.length >= READINGS_MAX) return;
        if (readings.some(({ text }) => text === reading.text)) continue;
        readings.push(reading);
        this.#show(reading, place, area, name);
        further.push(...nextReadings(reading, round));
      }
      next = further;
    }
  }

  #show(reading: Reading, place: Place, area: string, name: string): void {
    const { classes, words } = reading;
    const matches = this.#matches;
    matches.look(reading, area, name);
    for (const family of this.#families) {
      if (family.mayMatch(classes, words, place)) family.find(reading, place, matches);
    }
  }
}

/** @param telling words that tell something in this place */
function isHarmless({ classes, words }: Marks, separators: number, telling: number): boolean {
  if ((classes & ~(HARMLESS | separators)) !== 0) return false;
  // An address that runs script has a colon.
  const harmless = (classes & COLON) === 0 ? HARMLESS_WORDS | SCHEME_WORD : HARMLESS_WORDS;
  return (words & (~harmless | telling)) === 0;
}

/** What one further decoding makes of a reading; none for nearly all. */
function nextReadings(reading: Reading, round: number): readonly Reading[] {
  const { text, classes, words, decodings } = reading;
  const isCoded = (classes & (PERCENT | HIDING)) !== 0 || (words & HIDING_WORDS) !== 0;
  if (!isCoded) return NO_READINGS;
  const next: Reading[] = [];
  const read = (decoded: string, decoding: Decoding): void => {
    if (decoded !== text) next.push(new Reading(decoded, [...decodings, decoding]));
  };
  if ((classes & PERCENT) !== 0 && round < PERCENT_ROUNDS_MAX) read(decodePercent(text, false), 'url');
  if ((classes & HIGH) !== 0) read(foldOverlong(text), 'overlong');
  if ((classes & AMPERSAND) !== 0) read(decodeEntities(text), 'html');
  if ((classes & BACKSLASH) !== 0) read(decodeEscapes(text), 'escapes');
  if ((words & HIDING_WORDS) !== 0) read(decodeBase64(text), 'base64');
  return next;
}

const NO_READINGS: readonly Reading[] = [];
