/** Ids of rules as directives and `ctl` name them: `942100`, `942000-942999`, several after blanks or commas. */
import { fail, ok, type Result } from '../../core/result.ts';

/** Both ends belong to the range. */
export interface IdRange {
  readonly first: number;
  readonly last: number;
}

/** Digits of an id: below 2^53 whatever they are. */
const ID_DIGITS_MAX = 15;

/** Reads one id: decimal digits, above 0; null where it is none. */
export function parseId(text: string): number | null {
  if (text.length === 0 || text.length > ID_DIGITS_MAX) return null;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x30 || code > 0x39) return null;
  }
  const id = Number(text);
  return id > 0 ? id : null;
}

/** Reads ids and ranges; fails with a sentence that says what to do. */
export function parseIdRanges(text: string): Result<readonly IdRange[], string> {
  const ranges: IdRange[] = [];
  for (const part of text.split(/[ \t,]/)) {
    if (part === '') continue;
    const dash = part.indexOf('-');
    const first = parseId(dash === -1 ? part : part.slice(0, dash));
    const last = dash === -1 ? first : parseId(part.slice(dash + 1));
    if (first === null || last === null || last < first) {
      return fail(`"${part}" is neither the id of a rule nor a range such as 942000-942999: correct it.`);
    }
    ranges.push({ first, last });
  }
  return ranges.length === 0 ? fail('No id is named: write one, or a range.') : ok(ranges);
}
