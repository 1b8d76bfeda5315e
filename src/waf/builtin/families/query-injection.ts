/**
 * Purpose: text that changes a search in a directory (LDAP) or in an XML document (XPath), or the head of a
 *   message.
 * Input: decoded names and values.
 * Result: `ldap-filter` for brackets that close a filter and open another one; `xpath-axis` for steps and functions
 *   over nodes; `xpath-union` for another path behind a closed step; `header-injection` for a line break and a header
 *   field behind it.
 * Example: `*)(uid=*))(|(uid=*`, `'] | //user/*[contains(*,'`, `x\r\nSet-Cookie: a=b`.
 * Known misses: filters changed without brackets; a whole filter in place of a name is evidence only, since
 *   applications take such.
 */
import { CRITICAL, type Rule, WARNING } from '../family.ts';
import { COLON, CONTROL, PAREN, QUOTE } from '../marks.ts';
import { type PatternRule, patternFamily, VALUES, VALUES_AND_HEADERS } from './pattern-family.ts';

const LDAP = rule('ldap-filter', 'LDAP_INJECTION', CRITICAL, 'brackets that change a directory filter');
const XPATH = rule(
  'xpath-axis',
  'XPATH_INJECTION',
  WARNING,
  'steps or functions over the nodes of a document',
);
const XPATH_UNION = rule('xpath-union', 'XPATH_INJECTION', CRITICAL, 'a closed step and another path');
const HEADER = rule(
  'header-injection',
  'HEADER_INJECTION',
  CRITICAL,
  'a line break and a header field behind it',
);

const AXIS =
  /(?:child|parent|ancestor|descendant|following|preceding|attribute|self|ancestor-or-self|descendant-or-self|following-sibling|preceding-sibling)::(?:node\(\)|text\(\)|\*|[a-z])/i;

export const queryInjection = patternFamily([
  {
    ...on(
      LDAP,
      /\*\s{0,4}\)\s{0,4}!?\s{0,4}\(|\)\s{0,4}\(\s{0,4}[|&!]\s{0,4}(?:\(|\))|\(\s{0,4}[|&!]\s{0,4}\(\s{0,4}[a-z]\w{0,31}\s{0,4}[~<>]?=|\)\s{0,4}\(\s{0,4}(?:uid|cn|sn|mail|objectclass|userpassword|samaccountname|password)\s{0,4}=/i,
      PAREN,
      VALUES,
    ),
    isHonest: isWholeFilter,
  },
  on(
    XPATH,
    /\[\s{0,4}(?:position|last)\(\)|string-length\s{0,4}\(\s{0,4}name\s{0,4}\(|count\s{0,4}\(\s{0,4}\/|doc(?:-available)?\s{0,4}\(\s{0,4}["'](?:http|file)/i,
    PAREN,
    VALUES,
  ),
  on(XPATH, AXIS, COLON, VALUES),
  on(
    XPATH_UNION,
    /["']\s{0,4}\)?\s{0,4}\]\s{0,4}(?:\||\/\/)\s{0,4}[/\w*]|(?:name|position|count|string-length|substring)\s{0,4}\([^()]{0,32}\)\s{0,4}=\s{0,4}["']/i,
    QUOTE,
    VALUES,
  ),
  on(
    HEADER,
    /[\r\n]\s{0,4}(?:(?:set-cookie|content-(?:type|length|disposition|security-policy)|x-xss-protection|access-control-allow-origin|transfer-encoding|bcc|mime-version)\s{0,4}:|location\s{0,4}:\s{0,4}(?:https?:|\/))|[\r\n]\s{0,4}(?:HTTP\/[0-9.]{1,3} \d{3}|(?:GET|POST|PUT|HEAD) \/\S{0,64} HTTP\/)/i,
    CONTROL | COLON,
    VALUES_AND_HEADERS,
  ),
]);

/** Whether a text is one filter in balanced brackets, rather than what leads out of one. */
function isWholeFilter(text: string): boolean {
  const filter = text.trim();
  let depth = 0;
  for (let index = 0; index < filter.length; index += 1) {
    const code = filter.charCodeAt(index);
    if (code === 0x28) depth += 1;
    else if (code === 0x29) depth -= 1;
    if (depth <= 0) return depth === 0 && index > 0 && index === filter.length - 1;
  }
  return false;
}

function rule(id: string, label: string, score: number, message: string): Rule {
  return { id, label, message, score };
}

function on(found: Rule, pattern: RegExp, classes: number, places: PatternRule['places']): PatternRule {
  return { rule: found, pattern, classes, words: 0, places };
}
