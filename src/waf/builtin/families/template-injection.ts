/**
 * Purpose: expressions that template engines, expression languages and logging libraries evaluate.
 * Input: any decoded text.
 * Result: `template-lookup` for look-ups of logging libraries that load classes, and nested ones; `template-arithmetic`
 *   for an expression that only probes whether it is evaluated; `template-escape` for one that leaves the template for
 *   the language beneath; `template-call` for one that calls a function with a literal; `template-block` for a
 *   statement of a template language.
 * Example: `${${lower:j}ndi:ldap://host}`, `{{7*7}}`, `{{''.__class__.__mro__}}`, `<%= system('id') %>`.
 * Known misses: expressions that read a plain variable (`{{user.name}}`, `${AUCTION_PRICE}`): pages and advertisements
 *   send those when they forget to fill them in.
 */
import { CRITICAL, type Rule, WARNING } from '../family.ts';
import { ANGLE, BRACE, DOLLAR, HASH, PAREN } from '../marks.ts';
import {
  ALL_PLACES,
  type PatternRule,
  patternFamily,
  SHORT_TEXTS,
  VALUES,
  VALUES_AND_HEADERS,
} from './pattern-family.ts';

const LOOKUP = rule('template-lookup', CRITICAL, 'a look-up of a logging library');
const ARITHMETIC = rule('template-arithmetic', CRITICAL, 'an expression that probes whether it is evaluated');
const ESCAPE = rule('template-escape', CRITICAL, 'a template expression that reaches the language beneath');
const PHP_EXPRESSION = rule('template-php', CRITICAL, 'a call inside an expression of a PHP string');
const CALL = rule('template-call', WARNING, 'a template expression that calls a function');
const BLOCK = rule('template-block', WARNING, 'a statement of a template language');

const LOOKUPS =
  /\$\{\s{0,4}jndi\s{0,4}:|\$\{[^{}]{0,48}\$\{\s{0,4}(?:(?:lower|upper|env|sys|java|date|base64|main|bundle|ctx|docker|k8s|log4j|map|marker|spring|sd|web):|[^{}:]{0,24}::?-)|\$\{[\w.:]{0,24}:-[\w$./]{0,24}\}|\$\{\s{0,4}(?:lower|upper):\s{0,4}[^{}]{1,24}\}|\$\{(?:env|sys|java|ctx|docker|k8s|main|base64|script|dns|url|file|const):[\w.:/\\=+|-]{1,64}\}/i;
/** Opens a template expression; what stands in it is left to the rules. */
const OPEN = String.raw`(?:\{\{[{=!%-]?|[$#*@%~]\{{1,2}|<%[=#-]?|\{%|\{#|\{=|@\()\s{0,8}`;
const SUM = String.raw`\(?["']?\d{1,12}["']?\s{0,4}[*+%^/-]{1,2}\s{0,4}["']?\d{1,12}["']?\)?\s{0,8}(?:[}%\]|)]|\.)`;
const DANGEROUS =
  'self\\b|config\\b|request\\b|application\\b|session\\b|settings\\b|_self\\b|cycler|lipsum|joiner|namespace|url_for|get_flashed_messages|app\\.|dump\\(|phpinfo|system|exec\\b|passthru|eval\\b|include\\b|import\\b|open\\(|file\\b|global|process\\.|require\\b|constructor\\b|new\\b|class\\b|java|t\\(|\\$(?:class|runtime|smarty|context|request|response|session|input)\\b|php\\b|const\\b|debug\\b';

const PROBE = new RegExp(OPEN + SUM);
const LANGUAGE =
  /(?:\{\{|\{%|[$#*@]\{|<%)[^{}%]{0,96}(?:__\w{3,24}__|\|\s{0,4}(?:attr|filter|map|reduce|sort|system|exec|passthru|safe)\b|\.constructor\b|\bfreemarker\b|getruntime|registerundefinedfiltercallback|\.getfilter\b|\$smarty\b|popen\b|\bsystem\s{0,4}\(|\bexec\s{0,4}\(|\beval\s{0,4}\()/i;
const SCOPES =
  /\$\{\s{0,4}(?:t\s{0,2}\(|#|@java|class\b|application\b|applicationscope|sessionscope|requestscope|pagecontext|facescontext|param\.|header\b|cookie\b)|__\$\{[^{}]{1,96}\}__::/i;
const OGNL = /[%$]\{\s{0,4}\(?\s{0,4}#|\(#[\w.'[\]]{1,32}\s{0,4}=|@ognl\.|#_?memberaccess/i;
const ERB =
  /<#assign\b|<#include\b|<%[=-]?\s{0,4}`|<%[=-]?[^%]{0,64}\b(?:system|exec|eval|file\.|io\.|dir\.|response\.|request\b|runtime)/i;

export const templateInjection = patternFamily([
  on(LOOKUP, LOOKUPS, DOLLAR | BRACE, ALL_PLACES),
  on(ARITHMETIC, PROBE, BRACE, SHORT_TEXTS),
  on(ARITHMETIC, PROBE, ANGLE, SHORT_TEXTS),
  on(ARITHMETIC, /(?:^|[^\w\\])\{\s{0,4}\d{1,6}\s{0,4}\*\s{0,4}\d{1,6}\s{0,4}\}/, BRACE, VALUES),
  on(ARITHMETIC, /@\(\s{0,4}\d{1,6}\s{0,4}[*+]\s{0,4}\d{1,6}\s{0,4}\)/, PAREN, VALUES),
  on(ESCAPE, LANGUAGE, BRACE, VALUES_AND_HEADERS),
  on(ESCAPE, SCOPES, DOLLAR | BRACE, VALUES_AND_HEADERS),
  on(ESCAPE, OGNL, HASH | PAREN, VALUES_AND_HEADERS),
  on(
    ESCAPE,
    /#set\s{0,4}\(\s{0,4}\$\w{1,16}\s{0,4}=|#foreach\s{0,4}\(|\$class\.(?:inspect|forname)/i,
    DOLLAR | PAREN,
    VALUES_AND_HEADERS,
  ),
  on(ESCAPE, /\{php\}/i, BRACE, VALUES),
  on(ESCAPE, ERB, ANGLE, VALUES_AND_HEADERS),
  on(
    PHP_EXPRESSION,
    /\$\{\s{0,4}@?[a-z_]\w{1,24}\s{0,4}\(\s{0,4}(?:["'`$]|[a-z_]\w{1,24}\s{0,4}\()/i,
    DOLLAR | BRACE | PAREN,
    VALUES,
  ),
  on(CALL, new RegExp(`${OPEN}(?:${DANGEROUS})`, 'i'), BRACE, VALUES),
  on(
    CALL,
    /\{\{\s{0,4}["'[(][^{}]{1,96}\}\}|\{\{[^{}]{0,64}\([^{}()]{0,4}["'][^{}]{0,96}\}\}/,
    BRACE,
    VALUES,
  ),
  on(
    BLOCK,
    /\{%-?\s{0,8}(?:for|if|import|include|set|extends|macro|debug|load|raw|call|filter|block)\b/i,
    BRACE,
    VALUES,
  ),
  on(BLOCK, /<#(?:if|list|macro)\b|<%[=@!-]?\s{0,8}\w[^%]{0,96}%>/i, ANGLE, VALUES),
  on(BLOCK, /#(?:if|include|parse|evaluate)\s{0,4}\(/i, HASH | PAREN, VALUES),
  on(BLOCK, /#\{\s{0,4}\w{1,24}[.([][^{}]{0,64}\}/, HASH | BRACE, VALUES),
]);

function rule(id: string, score: number, message: string): Rule {
  return { id, label: 'TEMPLATE_INJECTION', message, score };
}

function on(found: Rule, pattern: RegExp, classes: number, places: PatternRule['places']): PatternRule {
  return { rule: found, pattern, classes, words: 0, places };
}
