/**
 * Purpose: vulnerability scanners that say who they are.
 * Input: the value of User-Agent.
 * Result: `scanner-agent` for a name of scanner-names.ts that stands as a word of its own.
 * Example: `sqlmap/1.8#stable (https://sqlmap.org)`.
 * Known misses: scanners that claim to be a browser, which is one option away in all of them.
 */
import { isLetter } from '../characters.ts';
import { AGENT_WORD } from '../marks.ts';
import { SCANNER_NAMES } from '../scanner-names.ts';
import type { Family, Finding, Place, Rule } from './family.ts';

const SCANNER: Rule = { id: 'scanner-agent', label: 'SUSPICIOUS_USER_AGENT' };

export const scannerAgents: Family = {
  rules: [SCANNER],

  mayMatch(marks: number, place: Place): boolean {
    return place === 'header' && (marks & AGENT_WORD) !== 0;
  },

  find(text: string): Finding | null {
    const agent = text.toLowerCase();
    for (const { name } of SCANNER_NAMES) {
      const start = agent.indexOf(name);
      const end = start + name.length;
      if (start !== -1 && !isLetter(agent.charCodeAt(start - 1)) && !isLetter(agent.charCodeAt(end))) {
        return { rule: SCANNER, start, end };
      }
    }
    return null;
  },
};
