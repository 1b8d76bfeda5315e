/** A rule's match as a line of an error log, for the tests that look at its text. */
import type { RuleMatch } from '../../src/core/verdict.ts';

/** Control characters are escaped: a value cannot begin a line of its own. */
export function logLine(match: RuleMatch): string {
  const { details } = match;
  if (details === null) return `[id "${match.ruleId}"]`;
  const fields = [
    ['id', match.ruleId],
    ['msg', details.message],
    ['data', details.data],
  ];
  const line = `${details.match} ${fields.map(([name, value]) => `[${name} "${value}"]`).join(' ')}`;
  return line.replace(CONTROLS, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROLS = /[\x00-\x1f\x7f]/g;
