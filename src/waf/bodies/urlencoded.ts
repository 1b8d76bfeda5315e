/**
 * Takes forms and query strings apart: pairs in order, duplicates and empty names kept, name and value decoded once.
 *
 * A piece without `=` is a name with an empty value; an empty piece is nothing. Pairs over the limit are not
 * dropped: what is left becomes the value of one last pair without a name, and the fault says so.
 */
import { type BodyParser, bodyFault, cutFault, fieldsBody } from './body-parser.ts';
import { decodeForm } from './form-decoding.ts';
import type { BodyFault, BodyField, ParsedBody } from './parsed-body.ts';

/** Names and values in order, and why they are not all there is. */
export interface PairList {
  readonly pairs: readonly BodyField[];
  readonly fault: BodyFault | null;
}

const NO_PAIRS: PairList = { pairs: [], fault: null };

/**
 * Reads the pairs of a query string.
 *
 * @param query bytes as latin-1 text, without the question mark
 * @param separator one character, `&` as a rule
 * @param pairsMax pairs read one by one
 */
export function readPairs(query: string, separator: string, pairsMax: number): PairList {
  if (query === '') return NO_PAIRS;
  const parser = new UrlencodedParser(separator, pairsMax);
  parser.write(query);
  return parser.finish();
}

export class UrlencodedParser implements BodyParser {
  readonly #separator: string;
  readonly #pairsMax: number;
  readonly #pairs: BodyField[] = [];
  /** The piece that has no end yet, or all that follows the last pair within the limit. */
  #pending = '';
  #overLimit = false;

  constructor(separator: string, pairsMax: number) {
    this.#separator = separator;
    this.#pairsMax = pairsMax;
  }

  write(text: string): void {
    let start = 0;
    let end = this.#overLimit ? -1 : text.indexOf(this.#separator);
    while (end !== -1) {
      this.#take(this.#pending + text.slice(start, end));
      if (this.#overLimit) {
        this.#pending += text.slice(end);
        return;
      }
      this.#pending = '';
      start = end + 1;
      end = text.indexOf(this.#separator, start);
    }
    this.#pending += start === 0 ? text : text.slice(start);
  }

  end(complete: boolean): ParsedBody {
    const { pairs, fault } = this.finish();
    return fieldsBody('URLENCODED', pairs, fault ?? (complete ? null : cutFault()));
  }

  /** Like `end(true)`, for text that is no body. */
  finish(): PairList {
    if (!this.#overLimit) this.#take(this.#pending);
    if (!this.#overLimit) return { pairs: this.#pairs, fault: null };
    this.#pairs.push({ name: '', value: decodeForm(this.#pending) });
    return {
      pairs: this.#pairs,
      fault: bodyFault('limit', `There are more than ${this.#pairsMax} arguments.`),
    };
  }

  #take(piece: string): void {
    if (piece === '') return;
    if (this.#pairs.length >= this.#pairsMax) {
      this.#overLimit = true;
      this.#pending = piece;
      return;
    }
    const equals = piece.indexOf('=');
    this.#pairs.push(
      equals === -1
        ? { name: decodeForm(piece), value: '' }
        : { name: decodeForm(piece.slice(0, equals)), value: decodeForm(piece.slice(equals + 1)) },
    );
  }
}
