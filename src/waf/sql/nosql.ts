/**
 * Purpose: operators and script that change a query of a document database.
 * Input: a decoded value; for names the decoded name of an argument or the key of a JSON object.
 * Result: a finding with its score, or null.
 * Example: `user[$ne]=x`, the key `$gt`, `{"$gt":""}` in a value, `';return true;var x='`, `this.password.match(/^a/)`.
 * Known misses: operators that applications offer to their clients under the same names.
 *
 * Method: MongoDB's operators begin with `$` and stand where a name does. Those that compare or run script tell;
 * those that shape results ($limit, $sort) are left to applications that take them. All patterns are bounded.
 */
import { wordSet } from '../words.ts';
import { CRITICAL, ERROR, type SqlFinding, WARNING } from './sql-finding.ts';

/** Operators that make a condition true for everything, run script or reach other collections; in lower case. */
const TELLING = wordSet(`
  ne gt gte lt lte nin nor regex exists where expr jsonschema elemmatch
  function accumulator lookup unionwith graphlookup notin notlike iregexp notbetween
`);
/** Operators that applications offer for searching as well. */
const SHARED = wordSet('eq in not and or all like ilike regexp between contains overlap out merge');

/** `$ne` as a whole name, or between brackets or dots in one. */
const OPERATOR_NAME = /(?:^|[[.])['"]?\$([a-z]{2,16})['"]?(?:$|[\].[])/gi;
/** `{"$gt":`, `{$ne:`; behind a comma in quotation marks only, since `, $id:` declares a variable in GraphQL. */
const OPERATOR_KEY = /(?:[{,]\s{0,8}['"]|\{\s{0,8})\$([a-z]{2,16})['"]?\s{0,8}:/gi;
/** Script for $where: a method of `this`, a loop, a wait, behind a closed string or in a function. */
const SCRIPT: readonly RegExp[] = [
  /[,{]\s{0,8}\$where\s{0,8}:\s{0,8}(?:['"]|function\b)/i,
  /\bthis\.\w{1,40}\s{0,4}(?:[=!<>]=|\.(?:match|length|charat|substring|startswith|indexof|test)\b)/i,
  /['"]\s{0,4}(?:\|\||&&|;)\s{0,4}(?:this\.\w|sleep\(|return\b|while\s{0,4}\(|function\s{0,4}\()/i,
  /\bfunction\s{0,4}\(\)\s{0,4}\{[^}]{0,64}\b(?:this\.|sleep\(|new date\b|return (?:true|1)\b)/i,
  /\bdb\.(?:getcollectionnames|getcollection|[a-z]\w{0,31}\.(?:find|insert|drop|remove|update|aggregate))\s{0,4}\(/i,
  /\btojsononeline\s{0,4}\(|\btojson\s{0,4}\(\s{0,4}(?:this|db\.)/i,
];

/** What `$` forms need; a caller's look before the search. */
export function mayBeNoSql(text: string): boolean {
  return (
    text.includes('$') ||
    text.includes('this.') ||
    text.includes('db.') ||
    /tojson|['"]\s*(?:\|\||&&|;)/i.test(text)
  );
}

/**
 * An operator in the name of an argument or the key of an object: `filter[$ne]`, `$where`.
 *
 * @param name decoded bytes as latin-1 text
 */
export function detectNoSqlName(name: string): SqlFinding | null {
  if (!name.includes('$')) return null;
  return findOperator(name.slice(0, NAME_CHARACTERS_MAX), OPERATOR_NAME);
}

const NAME_CHARACTERS_MAX = 512;

/** Operators in JSON that was sent as a value, and script. Linear; never throws. */
export function detectNoSql(value: string): SqlFinding | null {
  if (!mayBeNoSql(value)) return null;
  return findOperator(value, OPERATOR_KEY) ?? findScript(value);
}

function findOperator(text: string, pattern: RegExp): SqlFinding | null {
  let shared: SqlFinding | null = null;
  for (const match of text.matchAll(pattern)) {
    const operator = match[1]!.toLowerCase();
    if (!TELLING.has(operator) && !SHARED.has(operator)) continue;
    const end = match.index + match[0].length;
    const isSure = TELLING.has(operator) && !isNested(text, match.index) && isAttack(text, operator, end);
    const score = isSure ? CRITICAL : WARNING;
    const finding: SqlFinding = { ...PLACE, start: match.index, end, score, form: `$${operator}` };
    if (score === CRITICAL) return finding;
    shared ??= finding;
  }
  return shared;
}

const PLACE = { context: 'plain', rule: 'nosql-operator' } as const;

/** Operators by which script runs, or other collections are read. */
const RUNNING = wordSet('where function accumulator expr lookup unionwith graphlookup');
/** What makes a condition true for everything: an honest search compares with something. */
const EMPTY_OPERAND =
  /^\s{0,8}(?:["']?(?:null|true|false|undefined|-?[01])?["']?|\[\s{0,4}\]|\{\s{0,4}\}|["'](?:\^|\.[*+])[^"']{0,8}["'])\s{0,8}(?:[,}\]]|$)/i;
const OPERAND_CHARACTERS_MAX = 64;

/** In a document the operand tells; the name of an argument is all there is. */
function isAttack(text: string, operator: string, end: number): boolean {
  if (text.charAt(end - 1) !== ':' || RUNNING.has(operator)) return true;
  return EMPTY_OPERAND.test(text.slice(end, end + OPERAND_CHARACTERS_MAX));
}

/** `filters[price][$lt]`: an interface for searching, where an attack replaces a field: `password[$ne]`. */
function isNested(text: string, at: number): boolean {
  return text.charAt(at) === '[' && text.indexOf('[') < at;
}

function findScript(text: string): SqlFinding | null {
  for (const pattern of SCRIPT) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const isWhole = match.index === 0 || /['"]/.test(match[0].charAt(0));
    const score = isWhole ? ERROR : WARNING;
    return {
      start: match.index,
      end: match.index + match[0].length,
      score,
      form: 'script',
      context: 'anywhere',
      rule: 'nosql-script',
    };
  }
  return null;
}
