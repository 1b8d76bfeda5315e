/**
 * Shows a text to the families that its marks call for, in every reading that an origin may give it, and collects
 * what they find.
 *
 * Readings: the text with one layer of percent encoding undone, with two layers undone, and for cross-site
 * scripting the last of these with HTML entities decoded; three at most. The text as received is not read by
 * itself: undoing escapes takes nothing away that a rule looks for.
 *
 * One judge serves one request after the other, since judging never waits. Nothing is allocated for a text that
 * has no suspicious marks.
 */
import type { RuleMatch } from '../core/verdict.ts';
import { decodeEntities, decodePercent } from './decode.ts';
import type { Family, Finding, Place } from './families/family.ts';
import { xss } from './families/xss.ts';
import { AMPERSAND, CONTROL, HIGH, markText, PERCENT, PLUS } from './marks.ts';

/** What an inspector answers for a request without matches. */
export const NO_MATCHES: readonly RuleMatch[] = Object.freeze([]);

/** More matches than these tell nobody anything new, and inspecting ends with them. */
const MATCHES_MAX = 8;
const EVIDENCE_CHARACTERS_MAX = 120;
/** Header names are the client's; the part that names one is cut to this. */
const PART_CHARACTERS_MAX = 64;

/** Bytes that decoding a text once may change. */
const ENCODED = PERCENT | HIGH | CONTROL;

/** Families for which mark-up is decoded. */
const ENTITY_FAMILIES: readonly Family[] = [xss];

export class Judge {
  readonly #families: readonly Family[];
  readonly #decodesEntities: boolean;
  readonly #custom: readonly Family[];
  #matches: RuleMatch[] = [];

  /** @param custom families whose patterns no marks stand for, so that they see every text */
  constructor(builtIn: readonly Family[], custom: readonly Family[]) {
    this.#families = [...builtIn, ...custom];
    this.#decodesEntities = builtIn.includes(xss);
    this.#custom = custom;
  }

  /** Whether a text can be left alone that has these marks, apart from harmless ones. */
  passes(marks: number): boolean {
    return marks === 0 && this.#custom.length === 0;
  }

  /** Whether nothing more will be collected. */
  get isFull(): boolean {
    return this.#matches.length >= MATCHES_MAX;
  }

  /** The matches since the last call. */
  take(): readonly RuleMatch[] {
    if (this.#matches.length === 0) return NO_MATCHES;
    const matches = this.#matches;
    this.#matches = [];
    return matches;
  }

  /**
   * @param text bytes as latin-1 text, as received
   * @param part the part of the request; in a header the field's name
   * @param plusIsSpace whether `+` is a blank
   */
  judge(text: string, place: Place, part: string, plusIsSpace: boolean): void {
    this.judgeMarked(text, markText(text), place, part, plusIsSpace);
  }

  /** The same for a text whose marks are known. */
  judgeMarked(text: string, received: number, place: Place, part: string, plusIsSpace: boolean): void {
    let marks = received;
    let reading = text;
    if ((marks & (plusIsSpace ? ENCODED | PLUS : ENCODED)) !== 0) {
      reading = decodePercent(text, plusIsSpace);
      if (reading !== text) marks = markText(reading);
    }
    this.#show(this.#families, reading, marks, place, part);
    if ((marks & PERCENT) !== 0) {
      const twice = decodePercent(reading, false);
      if (twice !== reading) {
        reading = twice;
        marks = markText(twice);
        this.#show(this.#families, reading, marks, place, part);
      }
    }
    if ((marks & AMPERSAND) !== 0 && this.#decodesEntities) this.#judgeEntities(reading, place, part);
  }

  /** Shows a text as received to the custom patterns, beside the parts that it is taken apart into. */
  judgeWhole(text: string, place: Place, part: string): void {
    if (this.#custom.length > 0) this.#show(this.#custom, text, markText(text), place, part);
  }

  #judgeEntities(text: string, place: Place, part: string): void {
    const decoded = decodeEntities(text);
    if (decoded !== text) this.#show(ENTITY_FAMILIES, decoded, markText(decoded), place, part);
  }

  #show(families: readonly Family[], text: string, marks: number, place: Place, part: string): void {
    for (const family of families) {
      if (!family.mayMatch(marks, place)) continue;
      const finding = family.find(text, place, marks);
      if (finding !== null) this.add(finding, text, place, part);
    }
  }

  /** Records what was found in `text`; a rule counts once in each part. */
  add(finding: Finding, text: string, place: Place, part: string): void {
    const { id, label } = finding.rule;
    const name = (place === 'header' ? `header:${part}` : part).slice(0, PART_CHARACTERS_MAX);
    if (this.isFull || this.#matches.some((match) => match.ruleId === id && match.part === name)) return;
    const end = Math.min(finding.end, finding.start + EVIDENCE_CHARACTERS_MAX);
    this.#matches.push({ ruleId: id, label, part: name, evidence: text.slice(finding.start, end) });
  }
}
