/**
 * Expressions of client-side template engines that leave their sandbox: `{{constructor.constructor('...')()}}`.
 *
 * Engines evaluate what stands between `{{` and `}}` with the page's own objects in reach, so that calls of browser
 * functions and every way to a `constructor` count, while names, filters and calls of helpers are what honest
 * templates consist of. Linear: every pair of braces is looked at once, up to a bounded length.
 */
import { findScript } from './script-evidence.ts';
import { PROVING_SCRIPT } from './script-strength.ts';
import { TEMPLATE_CODE, type XssFindings } from './xss-finding.ts';

const EXPRESSION_CHARACTERS_MAX = 2048;
const EXPRESSIONS_MAX = 64;

/** Ways from an object to its class, in any notation but computed ones. */
const CLASS_ACCESS =
  /constructor\s{0,8}[.([`'"\]]|\$(?:on|eval|new|emit|watch|parent|root)\b.{0,64}constructor|__proto__|\.prototype\b|\$event\.(?:view|path|composedpath)|\borderby\b.{0,256}[=(]/i;

/** Adds what is found in template expressions. */
export function findTemplateCode(text: string, findings: XssFindings): void {
  let start = text.indexOf('{{');
  for (let count = 0; start !== -1 && count < EXPRESSIONS_MAX && !findings.isDecided; count += 1) {
    const close = text.indexOf('}}', start + 2);
    const end = Math.min(close === -1 ? text.length : close, start + EXPRESSION_CHARACTERS_MAX);
    if (isActiveExpression(text.slice(start + 2, end))) {
      findings.add(TEMPLATE_CODE, 5, 'text', start, Math.min(end + 2, text.length));
    }
    if (close === -1) return;
    start = text.indexOf('{{', close + 2);
  }
}

/** Whether an expression of a template or of a framework's attribute reaches beyond its data. */
export function isActiveExpression(code: string): boolean {
  const calls = code.includes('(') || code.includes('`');
  if (calls && CLASS_ACCESS.test(code)) return true;
  return findScript(code, 0, true).strength >= PROVING_SCRIPT;
}
