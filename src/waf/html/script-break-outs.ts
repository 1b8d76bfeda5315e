/**
 * Ways out of a script's string, template or statement into a call: `";alert(1)//`, `'-alert(1)-'`, `${alert(1)}`.
 *
 * Method: reads the text as script from inside a string of each kind and from between statements on; what attacks
 * call counts if a sign that joins stands in front, at the place where the string or statement ends. Four linear
 * passes over texts that hold a word of interest at all.
 */
import { isBlank } from '../characters.ts';
import { bracketProgramStart } from './bracket-program.ts';
import { findScript } from './script-evidence.ts';
import {
  DISGUISED_SCRIPT,
  NO_SCRIPT,
  PROVING_SCRIPT,
  type ScriptEvidence,
  STRONG_SCRIPT,
  WEAK_SCRIPT,
} from './script-strength.ts';
import { SCRIPT_CALL, SCRIPT_CODE, type XssFindings } from './xss-finding.ts';

const QUOTES: readonly string[] = ['"', "'", '`'];

/** Signs that end a value or statement of the page at the beginning of a text. */
const STATEMENT_ENDS = ')]};,-+*/|&^?:%';
/** How many tokens may stand between that and the call. */
const DISTANCE_MAX = 24;
/** The same for what pages say as well. */
const NEAR_MAX = 6;
/** What hides the rest of the page's line. */
const HIDES_REST = /(?:\/\/|\/\*|<!--)\s*$/;
/** A text that is the proof of a hole from its beginning on. */
const PROOF =
  /^[\0-\x20]{0,8}(?:(?:window|self|top|parent)\.)?(?:alert|confirm|prompt|eval)[\0-\x20]{0,8}[(`]/i;
const TAIL_CHARACTERS_MAX = 64;
const CODE_CHARACTERS_MAX = 256;
const TELLING = /\b(?:alert|confirm|prompt|eval)\b|document\s{0,4}\.\s{0,4}cookie|fromcharcode|data:text\//i;
const LEADING_KEYWORD = /\b(?:new|var|let|const|throw|function|return|typeof|await|void) {1,8}/g;
const SIDE_BY_SIDE = /[\w'"] {1,8}[\w'"]|[.,:!?] {1,8}[a-z]|[\r\n\x80-\xff]/i;

/** Adds what leads out of strings and statements, and script that stands by itself. */
export function findBreakOuts(text: string, findings: XssFindings): void {
  for (const quote of QUOTES) {
    if (!text.includes(quote) && !(quote === '`' && text.includes('${'))) continue;
    const evidence = findScript(text, quote.charCodeAt(0), false, findings);
    // Without its own back-quote a text with `${` may be a template of something else.
    const strengthMin = text.includes(quote) ? STRONG_SCRIPT : PROVING_SCRIPT;
    if (evidence.isJoined) addBreakOut(text, evidence, strengthMin, findings);
    if (findings.isDecided) return;
  }
  const evidence = findScript(text, 0, true, findings);
  if (evidence.strength > WEAK_SCRIPT) {
    findings.add(SCRIPT_CODE, gradeCode(text, evidence), 'script', evidence.start, evidence.end);
  }
  const start = bracketProgramStart(text);
  if (start !== -1) findings.add(SCRIPT_CODE, 5, 'script', start, text.length);
}

function addBreakOut(
  text: string,
  evidence: ScriptEvidence,
  strengthMin: number,
  findings: XssFindings,
): void {
  if (evidence.strength === NO_SCRIPT) return;
  const isStrong = evidence.strength >= strengthMin;
  const score = isStrong ? 5 : hidesRest(text) && evidence.tokensBefore <= DISTANCE_MAX ? 3 : 0;
  findings.add(SCRIPT_CALL, score, 'script-string', evidence.start, evidence.end);
}

/** Script without a string to leave: at the end of a statement, disguised, or just there, as in any program text. */
function gradeCode(text: string, { strength, tokensBefore }: ScriptEvidence): number {
  if (strength === DISGUISED_SCRIPT) return 5;
  // Program text may begin with a semicolon, too: `;(function () {`.
  const isNear = tokensBefore <= (strength >= PROVING_SCRIPT ? DISTANCE_MAX : NEAR_MAX);
  if (isNear && (endsStatement(text) || hidesRest(text))) return 5;
  if (PROOF.test(text)) return 4;
  return strength >= PROVING_SCRIPT && isCodeAlone(text) ? 4 : 3;
}

/** Whether a short text is nothing but program text that proves a hole: in prose, words stand side by side. */
function isCodeAlone(text: string): boolean {
  if (text.length > CODE_CHARACTERS_MAX || !TELLING.test(text)) return false;
  return !SIDE_BY_SIDE.test(text.replace(LEADING_KEYWORD, ''));
}

function endsStatement(text: string): boolean {
  let at = 0;
  while (at < text.length && isBlank(text.charCodeAt(at))) at += 1;
  return at < text.length && STATEMENT_ENDS.includes(text[at]!);
}

function hidesRest(text: string): boolean {
  return HIDES_REST.test(text.slice(-TAIL_CHARACTERS_MAX));
}
