/**
 * Purpose: paths that climb out of their folder, and values that name files an attacker wants.
 * Input: the decoded path; decoded arguments, header values and texts.
 * Result: `path-traversal` for a `..` segment of the path, or for a value that is nothing but a path and climbs
 *   twice; `path-sensitive-file` for a value that names a system file, or a stream that wraps files.
 * Example: `/static/..;/admin`, `?file=..\..\windows\win.ini`, `?page=php://filter/resource=index`.
 * Known misses: a value that climbs once to an ordinary file (`?next=../home` is what honest links look like),
 *   climbing inside strings of a JSON document unless it ends at a system file, archives with such entries.
 */
import { isBlank } from '../characters.ts';
import { DOT_DOT, FILE_WORD } from '../marks.ts';
import type { Family, Finding, Place, Rule } from './family.ts';

const TRAVERSAL: Rule = { id: 'path-traversal', label: 'PATH_TRAVERSAL' };
const SENSITIVE_FILE: Rule = { id: 'path-sensitive-file', label: 'PATH_TRAVERSAL' };

const DOT = 0x2e;
const SLASH = 0x2f;
const SEMICOLON = 0x3b;
const BACKSLASH = 0x5c;

/** Two climbing segments in a row, or the form that is left of one when `../` is deleted from it once. */
const CLIMBS_TWICE = /(?:^|[/\\=:,])(?:\.\.(?:;[^/\\\s]{0,32})?[/\\]{1,4}){2}|(?:^|[/\\=])\.{4}[/\\]{2}/;
/** Texts with a scheme are addresses of pages and scripts, which may hold climbing segments honestly. */
const ADDRESS = /^[a-z][a-z0-9+.-]{1,20}:/i;
const BLANK_INSIDE = /[\s"'<>{}]/;

const SENSITIVE =
  /(?:^|[/\\=:])(?:etc[/\\]{1,4}(?:passwd|shadow|group|hosts|issue|crontab)|proc[/\\]{1,4}(?:self|version|cpuinfo)|win\.ini|boot\.ini|web-inf[/\\]{1,4}web\.xml|\.ssh[/\\]{1,4}(?:id_|authorized))(?![a-z0-9-])/i;
const CLIMBS = /\.\.[/\\]/;
const WRAPPER = /^(?:php:\/\/(?:filter|input|fd|memory|temp)|phar:\/\/|expect:\/\/)/i;

export const pathTraversal: Family = {
  rules: [TRAVERSAL, SENSITIVE_FILE],

  mayMatch(marks: number): boolean {
    return (marks & (DOT_DOT | FILE_WORD)) !== 0;
  },

  find(text: string, place: Place, marks: number): Finding | null {
    if (place === 'path') return findSegment(text);
    return (marks & DOT_DOT) !== 0 && place === 'argument'
      ? (findClimb(text) ?? findFile(text, place))
      : findFile(text, place);
  },
};

/** The first segment of a path that an origin may read as `..`. */
function findSegment(path: string): Finding | null {
  let start = 0;
  for (let index = 0; index <= path.length; index += 1) {
    const code = index < path.length ? path.charCodeAt(index) : SLASH;
    if (code !== SLASH && code !== BACKSLASH) continue;
    if (isParentSegment(path, start, index)) return { rule: TRAVERSAL, start, end: index };
    start = index + 1;
  }
  return null;
}

/**
 * `..`, with path parameters behind it (servlet containers cut them off) or with blanks (Windows cuts them off);
 * or `....` before an empty segment, which becomes `..` where `../` is deleted once.
 */
function isParentSegment(path: string, start: number, end: number): boolean {
  if (path.charCodeAt(start) !== DOT || path.charCodeAt(start + 1) !== DOT || end < start + 2) return false;
  let index = start + 2;
  if (path.startsWith('..', index) && end === start + 4) {
    const next = path.charCodeAt(end + 1);
    return next === SLASH || next === BACKSLASH;
  }
  while (index < end && isBlank(path.charCodeAt(index))) index += 1;
  return index === end || path.charCodeAt(index) === SEMICOLON;
}

function findClimb(text: string): Finding | null {
  if (BLANK_INSIDE.test(text) || ADDRESS.test(text)) return null;
  return toFinding(TRAVERSAL, CLIMBS_TWICE.exec(text));
}

/** A system file; in running text only if the path to it climbs. */
function findFile(text: string, place: Place): Finding | null {
  if (place === 'argument') {
    const wrapper = WRAPPER.exec(text);
    if (wrapper !== null) return toFinding(SENSITIVE_FILE, wrapper);
  }
  const isPath = place === 'argument' && !BLANK_INSIDE.test(text);
  if (!isPath && !CLIMBS.test(text)) return null;
  return toFinding(SENSITIVE_FILE, SENSITIVE.exec(text));
}

function toFinding(rule: Rule, match: RegExpExecArray | null): Finding | null {
  return match === null ? null : { rule, start: match.index, end: match.index + match[0].length };
}
