/**
 * Purpose: vulnerability scanners that say who they are, and pages that only those ask for who look for mistakes.
 * Input: the value of User-Agent; the decoded path.
 * Result: `scanner-agent` for a name of scanner-names.ts that stands as a word of its own; `scanner-probe` for a path
 *   that ends at a private file of a version control system, of a server or of an installation.
 * Example: `sqlmap/1.8#stable (https://sqlmap.org)`, `/.git/config`, `/wp-config.php.bak`.
 * Known misses: scanners that claim to be a browser, which is one option away in all of them.
 */
import { isLetter } from '../../characters.ts';
import { CRITICAL, type Family, type Findings, type Place, type Rule } from '../family.ts';
import { AGENT_WORD, FILE_WORD, PROBE_WORD } from '../marks.ts';
import type { Reading } from '../reading.ts';
import { SCANNER_NAMES } from '../scanner-names.ts';

const AGENT: Rule = {
  id: 'scanner-agent',
  label: 'SUSPICIOUS_USER_AGENT',
  message: 'a vulnerability scanner that says who it is',
  score: CRITICAL,
};
const PROBE: Rule = {
  id: 'scanner-probe',
  label: 'SCANNER_PROBE',
  message: 'a page that only those ask for who look for mistakes of operators',
  score: CRITICAL,
};

const PROBES =
  /\/(?:\.env(?:\.(?:local|prod|production|dev|development|bak|old|backup|save|staging|example))?|\.git\/(?:config|head|index|logs\/\S{0,64}|refs\/\S{0,64}|objects\/\S{0,64})|\.svn\/(?:entries|wc\.db|all-wcprops)|\.hg\/\S{0,32}|\.bzr\/\S{0,32}|\.aws\/\S{1,32}|\.ssh\/\S{1,32}|\.ht(?:passwd|access)\S{0,8}|\.ds_store|\.(?:bash|zsh|mysql)_history|phpinfo\.php|wp-config\.(?:php)?[.~_-]?(?:bak|old|txt|save|swp|orig|php~|zip|sql|1)?|wp-config\.php~|web-inf\/\S{1,64}|(?:[\w.-]{1,32}\.(?:php|asp|aspx|jsp|conf|config|ini|inc|py|rb|yml))(?:\.(?:bak|old|swp|save|orig)|~)|web\.config|cgi-bin\/(?:\.\S{0,64}|php\d?(?:\.cgi)?|bash|sh|test-cgi))\/?$/i;

export const scanners: Family = {
  rules: [AGENT, PROBE],

  mayMatch(_classes: number, words: number, place: Place): boolean {
    if (place === 'agent') return (words & AGENT_WORD) !== 0;
    return place === 'path' && (words & (PROBE_WORD | FILE_WORD)) !== 0;
  },

  find({ text }: Reading, place: Place, findings: Findings): void {
    if (place === 'agent') findAgent(text.toLowerCase(), findings);
    const probe = place === 'path' ? PROBES.exec(text) : null;
    if (probe !== null) findings.add(PROBE, probe.index, probe.index + probe[0].length);
  },
};

function findAgent(agent: string, findings: Findings): void {
  for (const { name } of SCANNER_NAMES) {
    const start = agent.indexOf(name);
    const end = start + name.length;
    if (start === -1 || isLetter(agent.charCodeAt(start - 1)) || isLetter(agent.charCodeAt(end))) continue;
    findings.add(AGENT, start, end);
    return;
  }
}
