/**
 * One exception from the firewall's rules, as a line of text: `RULE`, `RULE PART` or `RULE PART PATH`.
 *
 *   xss-script-tag query:comment /admin/posts
 *   942100 * /search
 *   tag:attack-sqli
 *
 * RULE is a rule's id or `tag:` and a tag. PART is the part of the request as logs name it, `*` for all; blanks and
 * other signs in it may be written as `%20`. PATH is a prefix of the path by whole segments.
 */
import { fail, ok, type Result } from '../core/result.ts';
import type { RuleException } from '../core/rule-exception.ts';
import type { ValueFault } from './fault.ts';

const RULE = /^(?:tag:([^\s]{1,100})|[a-z0-9][a-z0-9._-]{0,63})$/i;
const PART = /^(?:\*|[a-z]{1,16}(?:[:.][^\s]{1,100})?)$/i;

/** Reads the line; a fault says which word is wrong. */
export function parseException(line: string): Result<RuleException, ValueFault> {
  const [rule = '', part = '*', path, ...rest] = line.trim().split(/\s+/);
  const match = RULE.exec(rule);
  if (match === null) return refuse(`must begin with the id of a rule or tag:NAME`, 'such as xss-script-tag');
  if (!PART.test(part)) return refuse(`must name a part of the request or *`, 'such as query:comment');
  if (path !== undefined && !path.startsWith('/')) return refuse('must have a path that begins with /', null);
  if (rest.length > 0) return refuse('has more than three words', 'RULE PART PATH');
  return ok({
    ruleId: match[1] === undefined ? rule : null,
    tag: match[1] ?? null,
    part: part === '*' ? null : decodePart(part),
    path: path ?? null,
  });
}

/** The line that makes an exception of one match: what `parseException` reads back. */
export function formatException(ruleId: string, part: string, path: string | null): string {
  const words = [ruleId, part.replace(/[^\x21-\x24\x26-\x7e]/g, encodeCharacter)];
  if (path !== null && /^\/[\x21-\x7e]*$/.test(path)) words.push(path);
  return words.join(' ');
}

function encodeCharacter(character: string): string {
  return `%${(character.charCodeAt(0) & 0xff).toString(16).padStart(2, '0')}`;
}

function decodePart(part: string): string {
  return part.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function refuse(message: string, suggestion: string | null): Result<never, ValueFault> {
  return fail({ message, suggestion });
}
