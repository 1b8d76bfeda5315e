/**
 * detectXSS: whether the value would run a script in a page that it is put into. Captures the text that would, as
 * TX.0.
 *
 *     @detectXSS    on "<svg onload=alert(1)>": matches
 */
import { ok } from '../../core/result.ts';
import { detectXss as findXss, XSS_CHARACTERS } from '../html/detect-xss.ts';
import type { CompiledOperator, OperatorDefinition } from './operator.ts';
import { spanMatch } from './operator-match.ts';

/** Characters of mark-up and script, bytes beyond ASCII, and a bracket in UTF-7 whose plus sign became a blank. */
const NEEDED = [
  ...XSS_CHARACTERS,
  ...Array.from({ length: 128 }, (_, byte) => String.fromCharCode(0x80 + byte)),
  ' adw',
];

const COMPILED: CompiledOperator = {
  needed: NEEDED,
  test: (value) => findXss(value) !== null,
  match: (value) => {
    const finding = findXss(value);
    return finding === null ? null : spanMatch(value, finding.start, finding.end);
  },
};

export const detectXss: OperatorDefinition = { name: 'detectxss', compile: () => ok(COMPILED) };
