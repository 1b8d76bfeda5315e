/**
 * detectXSS: whether the value would run a script in a page that it is put into. Captures the text that would, as
 * TX.0.
 *
 *     @detectXSS    on "<svg onload=alert(1)>": matches
 */
import { ok } from '../../core/result.ts';
import { detectXss as findXss } from '../html/detect-xss.ts';
import type { CompiledOperator, OperatorDefinition } from './operator.ts';
import { spanMatch } from './operator-match.ts';

const COMPILED: CompiledOperator = {
  needed: null,
  test: (value) => findXss(value) !== null,
  match: (value) => {
    const finding = findXss(value);
    return finding === null ? null : spanMatch(value, finding.start, finding.end);
  },
};

export const detectXss: OperatorDefinition = { name: 'detectxss', compile: () => ok(COMPILED) };
