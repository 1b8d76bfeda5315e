/** Which marks leave a text alone: no family finds anything in a text that has no others. */
import {
  AGENT_WORD,
  CODE_WORD,
  COLON,
  COMPARISON,
  HASH,
  LOGIC_END,
  LOGIC_START,
  LOGIC_WORD,
  type Marks,
  QUOTED_OPERATOR,
  SCHEME_WORD,
  SCRIPT_WORD,
  SQL_WORD,
  STATEMENT_WORD,
  UNDERSCORE,
} from './marks.ts';

/** Marks on which no family matches unless others come with them, a blank at least. */
const HARMLESS = COLON | COMPARISON | HASH | UNDERSCORE;
const CONDITION = LOGIC_START | LOGIC_END;
const HARMLESS_WORDS =
  LOGIC_START |
  LOGIC_END |
  LOGIC_WORD |
  QUOTED_OPERATOR |
  SCRIPT_WORD |
  STATEMENT_WORD |
  SQL_WORD |
  AGENT_WORD |
  CODE_WORD;

/**
 * @param separators classes that separate parts of the text
 * @param telling words that tell something in this place
 */
export function isHarmless({ classes, words }: Marks, separators: number, telling: number): boolean {
  if ((classes & ~(HARMLESS | separators)) !== 0) return false;
  // A condition may do without blanks: `1or-1=-1`.
  if ((classes & COMPARISON) !== 0 && (words & CONDITION) === CONDITION) return false;
  // An address that runs script has a colon.
  const harmless = (classes & COLON) === 0 ? HARMLESS_WORDS | SCHEME_WORD : HARMLESS_WORDS;
  return (words & (~harmless | telling)) === 0;
}
